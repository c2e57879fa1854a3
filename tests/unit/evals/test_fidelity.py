import pytest
import torch

from hanazora.evals.fidelity import (
    METRICS,
    Tally,
    estimate,
    evaluate_fidelity,
    score_prompt,
    score_readings,
    shuffle,
)
from hanazora.world.captions import Caption
from hanazora.world.speech.noun_phrases import CLIP, Fact

CAR = (Fact(0, "kind", "car"), Fact(0, "colour", "red"), Fact(0, "direction", "left"))
PLACE = (Fact(CLIP, "setting", "road"), Fact(CLIP, "camera", "static"))


def caption(*facts):
    return Caption(text="x", asserted=facts, length="short", frame="short/1")


def test_everything_right(reading, reader):
    found = reading([("car", "red", "left")], setting="road", camera="static")
    scores = score_prompt(found, CAR + PLACE, reader)
    assert set(scores) == {"setting", "camera", "object", "binding", "direction", "all"}
    assert all(tally == Tally(1.0, 0.0) for tally in scores.values())


def test_another_colour_is_missed_and_false(reading, reader):
    found = reading([("car", "blue", "left")], setting="road", camera="static")
    scores = score_prompt(found, CAR + PLACE, reader)
    assert scores["object"] == Tally(1.0, 0.0)
    assert scores["binding"] == Tally(0.0, 2.0)
    assert scores["direction"] == Tally(0.0, 2.0)  # bound: the red car goes nowhere
    assert scores["all"] == Tally(0.0, 2.0)


def test_swapped_colours_are_wrong_though_all_words_are_there(reading, reader):
    asserted = (*CAR[:2], Fact(1, "kind", "bus"), Fact(1, "colour", "blue"))
    right = reading([("car", "red", "left"), ("bus", "blue", "none")])
    swapped = reading([("car", "blue", "left"), ("bus", "red", "none")])
    assert score_prompt(right, asserted, reader)["binding"] == Tally(2.0, 0.0)
    assert score_prompt(swapped, asserted, reader)["binding"] == Tally(0.0, 4.0)


def test_what_the_caption_leaves_open_is_free(reading, reader):
    found = reading(
        [("car", "red", "left"), ("dog", "white", "none"), ("car", "blue", "none")],
        setting="park", camera="static",
    )  # fmt: skip
    scores = score_prompt(found, (Fact(0, "kind", "car"),), reader)
    assert set(scores) == {"object"}
    open_colour = (*CAR[:2], Fact(1, "kind", "car"))
    assert score_prompt(found, open_colour, reader)["binding"] == Tally(1.0, 0.0)


def test_facts_of_one_shot_are_not_asked_of_the_clip(reading, reader):
    found = reading([], setting="park", camera="static")
    assert score_prompt(found, (Fact(CLIP, "setting", "road", 1),), reader) == {}


def test_a_couple_without_a_kind_has_a_direction(reading, reader):
    found = reading([("woman", "red", "away")])
    scores = score_prompt(found, (Fact(0, "direction", "away"),), reader)
    assert scores["direction"] == Tally(1.0, 0.0)


def test_the_interval_holds_the_score_and_shrinks(reading):
    few = estimate([{"setting": Tally(1, 0)}, {"setting": Tally(0, 2)}, {}] * 5, "setting")
    many = estimate([{"setting": Tally(1, 0)}, {"setting": Tally(0, 2)}] * 200, "setting")
    assert few.value == many.value == 0.5
    assert (few.num_prompts, many.num_prompts) == (10, 400)
    assert few.low < many.low < 0.5 < many.high < few.high


def test_f1_counts_missed_and_false_ones():
    # 3 right, 1 missed, 2 false: 6 / 9.
    assert estimate([{"binding": Tally(3, 3)}], "binding").value == pytest.approx(2 / 3)


def test_every_prompt_gets_the_video_of_another():
    order = shuffle(20)
    assert sorted(order) == list(range(20))
    assert all(index != other for index, other in enumerate(order))
    assert shuffle(1) == [0]


def test_a_generator_is_asked_once_per_prompt(reader):
    asked, finished = [], []

    def generate(prompt, seed):
        asked.append((prompt, seed))
        return torch.zeros(1, 3, 2, 32, 48)

    captions = [caption(*CAR, *PLACE)] * 3
    report, shuffled = evaluate_fidelity(
        generate, captions, reader, name="grey", first_seed=7, on_prompt=finished.append
    )
    assert asked == [("x", 7), ("x", 8), ("x", 9)]
    assert finished == [1, 2, 3]
    assert report.name == "grey"
    assert list(report.estimates) == [m for m in METRICS if m in report.estimates]
    assert shuffled.estimates == report.estimates  # every video is the same


def test_metrics_nobody_asserts_are_absent(reading, reader):
    report = score_readings("x", [reading([])], [caption(Fact(0, "kind", "car"))], reader)
    assert set(report.estimates) == {"object"}
    assert report.estimates["object"].value == 0.0
