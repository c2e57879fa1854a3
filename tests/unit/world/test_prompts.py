import pytest

from hanazora.world import splits
from hanazora.world.captions import all_facts
from hanazora.world.frames_of_speech import SHOWCASE_TEXTS
from hanazora.world.prompts import (
    MUST_SAY,
    has_held_out_words,
    held_out_phrases_in,
    held_out_prompts,
    showcase,
    tokenizer_texts,
    vocabulary_words,
)


@pytest.mark.parametrize("split", sorted(MUST_SAY))
def test_lists_are_stable_and_say_what_the_split_is_about(split):
    prompts = held_out_prompts(split, 60, 11)
    assert prompts == held_out_prompts(split, 60, 11)
    assert prompts[:20] == held_out_prompts(split, 20, 11)
    assert prompts != held_out_prompts(split, 60, 12)
    for spec, caption in prompts:
        assert splits.held_out_by(spec) == {split} & splits.HELD_OUT_BY_SPEC
        assert all(caption.says(name) for name in MUST_SAY[split])
        assert has_held_out_words(caption) == (split == "words")
    assert {caption.length for _, caption in prompts} >= {"medium", "long"}


def test_length_can_be_fixed():
    assert {c.length for _, c in held_out_prompts("seen", 10, 0, length="short")} == {"short"}


def test_training_is_not_a_held_out_split():
    with pytest.raises(ValueError, match="split is 'train'"):
        held_out_prompts("train", 1, 0)


def test_held_out_words_are_found_in_any_form():
    assert held_out_phrases_in("Two women hop about.") == [" hop "]
    assert held_out_phrases_in("a red car") == []


@pytest.mark.parametrize("name", sorted(SHOWCASE_TEXTS))
def test_showcase_scenes_are_teachable(name):
    spec, caption = showcase(name)
    assert not splits.held_out_by(spec)
    assert not held_out_phrases_in(caption.text)
    assert caption.asserted
    assert set(caption.asserted) <= set(all_facts(spec))
    known = set(vocabulary_words())
    assert set(splits.plain_words(caption.text).split()) <= known


def test_showcase_reef_has_three_shots_that_cover_the_clip():
    spec, _ = showcase("reef", num_frames=49)
    starts = [shot.start_frame for shot in spec.shots]
    assert starts == [0, 17, 33]


def test_unknown_showcase_is_refused():
    with pytest.raises(ValueError, match="showcase is 'moon'"):
        showcase("moon")


def test_vocabulary_words_cover_captions():
    known = set(vocabulary_words())
    assert len(known) > 500
    for split in MUST_SAY:
        for _, caption in held_out_prompts(split, 60, 3):
            assert set(splits.plain_words(caption.text).split()) <= known, caption.text


def test_tokenizer_texts_hold_captions_and_every_word():
    texts = tokenizer_texts(10)
    assert texts == tokenizer_texts(10)
    assert {f" {word}" for word in vocabulary_words()} <= set(texts[10:])
    assert len(texts[0].split()) > 0
