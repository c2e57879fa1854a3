import zlib
from dataclasses import replace

import pytest

from hanazora.world import affordances, splits, vocabulary
from hanazora.world.captions import write_caption
from hanazora.world.frames_of_speech import FRAME_NAMES
from hanazora.world.prompts import has_held_out_words, held_out_phrases_in
from hanazora.world.sampling import sample_spec
from hanazora.world.spec import CameraSpec, SceneSpec, SubjectSpec

NUM_LEAK_SAMPLES = 3000


@pytest.fixture(scope="module")
def training():
    specs = [
        sample_spec(seed, num_frames=17 if seed % 2 else 33) for seed in range(NUM_LEAK_SAMPLES)
    ]
    return [(spec, write_caption(spec, 7 * seed)) for seed, spec in enumerate(specs)]


def test_no_training_spec_holds_a_held_out_combination(training):
    for spec, _ in training:
        assert not splits.held_out_by(spec)
        for subject in spec.subjects:
            assert (subject.kind, subject.colour) not in splits.HELD_OUT_PAIRS
            assert subject.count <= 4


def test_no_training_caption_holds_a_held_out_word_or_frame(training):
    for _, caption in training:
        assert caption.frame not in splits.HELD_OUT_FRAMES
        assert not held_out_phrases_in(caption.text), caption.text


def test_the_leak_test_can_fail():
    spec = sample_spec(0, split="pair")
    assert splits.held_out_by(spec) == {"pair"}
    caught = [has_held_out_words(write_caption(spec, s, split="words")) for s in range(50)]
    assert sum(caught) > 40


def test_stored_lists_are_what_the_seeds_draw():
    assert splits.draw_held_out_pairs() == splits.HELD_OUT_PAIRS
    assert splits.draw_held_out_phrases() == splits.HELD_OUT_PHRASES
    assert splits.draw_held_out_frames() == splits.HELD_OUT_FRAMES


def test_shares_are_as_specified():
    pairs = len(vocabulary.KINDS) * len(vocabulary.COLOURS)
    assert len(splits.HELD_OUT_PAIRS) / pairs == pytest.approx(0.12, abs=0.005)
    phrases = {phrase for group in splits.synonym_groups() for phrase in group}
    assert len(splits.HELD_OUT_PHRASES) / len(phrases) == pytest.approx(0.20, abs=0.01)
    assert len(splits.HELD_OUT_FRAMES) / len(FRAME_NAMES) == pytest.approx(0.25, abs=0.03)


def test_every_meaning_keeps_a_word_in_training():
    for group in splits.synonym_groups():
        assert set(group) - splits.HELD_OUT_PHRASES


def test_every_kind_and_colour_of_a_held_out_pair_is_trained():
    for kind, colour in splits.HELD_OUT_PAIRS:
        assert sum(pair[0] == kind for pair in splits.HELD_OUT_PAIRS) <= 2
        assert sum(pair[1] == colour for pair in splits.HELD_OUT_PAIRS) <= 3


def test_held_out_triples_are_few_fixed_and_leave_every_pair():
    triples = sorted(
        (kind, action, move)
        for kind in vocabulary.KINDS
        for action in vocabulary.ACTIONS
        for move in vocabulary.CAMERA_MOVES
        if splits.is_held_out_triple(kind, action, move)
    )
    total = len(vocabulary.KINDS) * len(vocabulary.ACTIONS) * len(vocabulary.CAMERA_MOVES)
    assert 0.03 < len(triples) / total < 0.06
    assert zlib.crc32(repr(triples).encode()) == 1308044453
    afforded = {
        (kind, action)
        for setting in vocabulary.SETTINGS
        for kind in affordances.KIND_WEIGHTS[setting]
        for action in affordances.action_weights(kind, setting)
    }
    for kind, action, move in triples:
        if (kind, action) in afforded:
            assert not splits.is_held_out_triple(kind, action, "static")
            assert any((k, a, move) not in triples for k, a in afforded if k == kind)


def test_held_out_by_names_every_reason():
    subject = SubjectSpec(kind="dog", colour="red", count=5)
    spec = SceneSpec(seed=0, setting="beach", weather="snow", subjects=(subject,))
    assert ("dog", "red") in splits.HELD_OUT_PAIRS
    assert splits.held_out_by(spec) == {"pair", "count", "scene"}
    kind, action, move = next(
        (k, a, m)
        for k in vocabulary.KINDS
        for a in ("walk", "drive", "swim")
        for m in vocabulary.CAMERA_MOVES
        if splits.is_held_out_triple(k, a, m)
    )
    moving = SubjectSpec(kind=kind, colour="black", action=action)
    plain = SceneSpec(seed=0, setting="park", subjects=(moving,))
    assert "triple" in splits.held_out_by(replace(plain, camera=CameraSpec(move=move)))
    assert splits.is_held_out(spec)


def test_plain_words():
    assert splits.plain_words("A red-hot Car, *go{d}.") == " a red-hot car go "
