import pytest

from hanazora.world.captions import LENGTHS, all_facts, dropped_facts, write_caption
from hanazora.world.frames_of_speech import FRAME_NAMES
from hanazora.world.sampling import sample_spec
from hanazora.world.spec import CameraSpec, SceneSpec, SubjectSpec
from hanazora.world.speech.noun_phrases import CLIP, Fact

CAR = SubjectSpec(kind="car", colour="red", action="drive", direction="left")
ROAD = SceneSpec(seed=0, setting="road", subjects=(CAR,), camera=CameraSpec(move="pan_left"))


@pytest.fixture(scope="module")
def samples():
    specs = [sample_spec(seed, num_frames=17 if seed % 2 else 33) for seed in range(2000)]
    return [(spec, write_caption(spec, seed)) for seed, spec in enumerate(specs)]


def test_same_seed_same_caption():
    assert write_caption(ROAD, 3) == write_caption(ROAD, 3)


def test_one_spec_has_hundreds_of_sentences():
    assert len({write_caption(ROAD, seed).text for seed in range(1000)}) > 800


def test_nothing_is_asserted_that_the_spec_does_not_show(samples):
    for spec, caption in samples:
        assert set(caption.asserted) <= set(all_facts(spec)), caption


def test_said_and_dropped_facts_are_all_facts(samples):
    for spec, caption in samples[:500]:
        dropped = dropped_facts(spec, caption)
        assert not set(dropped) & set(caption.asserted)
        assert set(dropped) | set(caption.asserted) == set(all_facts(spec))


def test_text_is_clean(samples):
    for _, caption in samples:
        text = caption.text
        assert text.isascii()
        assert text.strip() == text != ""
        bad = ("{", "}", "[", "]", "  ", " .", "..", " ,", ",,", ",.", "*", " a a ", " an a ")
        assert not [mark for mark in bad if mark in text], text


def test_lengths_differ_as_promised():
    words = {
        length: [len(write_caption(ROAD, seed, length).text.split()) for seed in range(200)]
        for length in LENGTHS
    }
    assert max(words["tiny"]) <= 9
    assert sum(words["tiny"]) < sum(words["short"]) < sum(words["medium"]) < sum(words["long"])
    assert max(words["long"]) < 80


def test_a_large_share_drops_camera_style_and_weather(samples):
    single = [(spec, caption) for spec, caption in samples if not spec.shots]
    for name in ("camera", "style", "weather"):
        said = sum(caption.says(name) for _, caption in single) / len(single)
        assert 0.2 < said < 0.6, name


def test_invisible_facts_are_never_said(samples):
    for spec, caption in samples:
        if spec.setting in ("toys", "reef") and not spec.shots:
            assert not caption.says("time_of_day")
        if spec.setting == "toys" and not spec.shots:
            assert not caption.says("weather")


def test_training_frames_are_all_used(samples):
    used = {caption.frame for _, caption in samples}
    assert used <= set(FRAME_NAMES)
    assert len(used) >= 45


def test_clip_with_cuts_says_who_is_in_which_shot(samples):
    found = [(spec, caption) for spec, caption in samples if spec.shots]
    assert found
    for spec, caption in found:
        assert Fact(CLIP, "num_shots", len(spec.shots)) in caption.asserted
        for number, shot in enumerate(spec.shots):
            assert Fact(shot.subjects[0], "shot", number) in caption.asserted


def test_facts_match_the_words():
    for seed in range(300):
        caption = write_caption(ROAD, seed, "medium")
        text = caption.text.lower()
        left = "left" in text.replace("pans left", "").replace("pan left", "")
        camera = any(word in text for word in ("camera", "view", "pan ", "leftward pan", "pan to"))
        assert caption.says("camera") == camera, caption
        assert not caption.says("direction") or left, caption
        assert caption.says("colour", 0) == any(w in text for w in ("red", "crimson", "scarlet"))


def test_unknown_length_is_refused():
    with pytest.raises(ValueError, match="length is 'epic'"):
        write_caption(ROAD, 0, "epic")


def test_hidden_subjects_are_not_mentioned():
    dog = SubjectSpec(kind="dog", colour="brown", action="run", direction="left")
    spec = SceneSpec(seed=0, setting="road", subjects=(CAR, dog))
    hidden = [write_caption(spec, s, "medium", hidden=frozenset({1})) for s in range(100)]
    shown = [write_caption(spec, s, "medium") for s in range(100)]
    assert not any(caption.says("kind", 1) for caption in hidden)
    assert any(caption.says("kind", 1) for caption in shown)


def test_a_verb_without_room_for_a_direction_asserts_none():
    subjects = (
        SubjectSpec(kind="ball", colour="red", action="collide", direction="left", target=1),
        SubjectSpec(kind="box", colour="blue"),
    )
    spec = SceneSpec(seed=0, setting="toys", subjects=subjects)
    captions = [write_caption(spec, seed, "medium") for seed in range(40)]
    assert not any(caption.says("direction", 0) for caption in captions)
