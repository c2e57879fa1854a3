import pytest

from hanazora.pipelines.expander.reading.english import understand_english
from hanazora.pipelines.expander.telling.caption_grammar import is_caption
from hanazora.pipelines.expander.telling.compose import compose
from hanazora.pipelines.expander.telling.resolve import resolve


def caption_of(prompt, seed=0):
    return compose(resolve(understand_english(prompt), prompt, seed))


@pytest.mark.parametrize(
    ("prompt", "caption"),
    [
        (
            "crimson automobile going left on the highway in a downpour at night, cinematic, "
            "static shot",
            "A red car drives to the left on a road in the rain at night. The camera stays still. "
            "Cinematic.",
        ),
        (
            "a huge yellow lorry drives past a blue road sign from left to right on the highway",
            "A large yellow truck passes in front of a blue sign from left to right on a road.",
        ),
        (
            "lovers strolling off into the distance beneath the sakura as petals and snow fly",
            "A couple walk side by side away from the camera under the cherry trees as petals and "
            "snowflakes fall.",
        ),
        (
            "a tiny green orb on top of a big red crate which stands still on the floor",
            "A large red box stands still on a table, and a small green ball is on top of it.",
        ),
    ],
)
def test_a_prompt_that_leaves_nothing_open_is_told_in_plain_words(prompt, caption):
    assert caption_of(prompt) == caption


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "prompt",
    ["some birds", "three ladies in white", "a robot and a child side by side", "an old man",
     "a cat on the beach, then cut to a striped fish", "two people in tokyo", "a kite, handheld",
     "a woman with a hat and a bag, camera follows her"],
)  # fmt: skip
def test_whatever_is_chosen_the_sentence_is_a_caption(prompt, seed):
    assert is_caption(caption_of(prompt, seed))


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        ("an empty beach in the fog at dawn, pastel",
         "On a beach in the fog at dawn. Soft pastel look."),
        ("the camera follows a snowy street", "In a snowy town. Tracking shot."),
    ],
)  # fmt: skip
def test_a_place_alone_is_told_without_anybody(prompt, text):
    assert caption_of(prompt) == text


def test_shots_tell_their_weather_and_camera():
    text = caption_of("a red car drives left in the rain, handheld, cut to a black cat on a beach")
    assert "in the rain, handheld camera. Then cut to a black cat" in text
    assert is_caption(text)
