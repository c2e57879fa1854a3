import pytest

from hanazora.pipelines.expander.telling.caption_grammar import is_caption
from hanazora.world.captions import write_caption
from hanazora.world.frames_of_speech import SHOWCASE_TEXTS
from hanazora.world.sampling import sample_spec


@pytest.mark.parametrize("split", ["train", "words", "count"])
def test_every_caption_is_one(split):
    for seed in range(60):
        text = write_caption(sample_spec(seed, split=split), seed, split=split).text
        assert is_caption(text), text


@pytest.mark.parametrize("name", ["truck", "return", "toys", "reef"])
def test_the_showcase_sentences_are_captions(name):
    assert is_caption(SHOWCASE_TEXTS[name])


@pytest.mark.parametrize(
    "text", ["A RED TRUCK", "a red truck.", " a  red truck ", "two red trucks"]
)
def test_capitals_stops_and_spaces_do_not_matter(text):
    assert is_caption(text)


@pytest.mark.parametrize(
    "text",
    ["", "...", "a truck red", "cherry blossoms in the snow", "a dog runs in the snow",
     "a man in a red hat walks", "a red truck a red truck", "please", "赤い車", "the truck"],
)  # fmt: skip
def test_anything_else_is_none(text):
    assert not is_caption(text)
