from hanazora.world.frames_of_speech import COMPILED, FRAME_NAMES, SHOTS, compile_frame


def test_there_are_more_than_thirty_frames():
    assert len(FRAME_NAMES) == len(set(FRAME_NAMES)) >= 40


def test_compile_splits_required_and_optional_parts():
    frame = compile_frame("x/0", "{S} {V}[ {P}].[ {K}.]")
    assert frame.needs == {"S", "V"}
    assert [part.optional for part in frame.parts] == [False, True, False, True]
    assert frame.parts[1].text == " {P}"


def test_every_frame_names_the_subject_or_the_setting():
    for frames in COMPILED.values():
        for frame in frames:
            assert frame.needs & {"S", "s", "M", "L"}, frame.name


def test_brackets_are_closed():
    for frames in COMPILED.values():
        for frame in frames:
            assert not any("[" in part.text or "]" in part.text for part in frame.parts)


def test_shot_frames_have_a_place_for_every_shot():
    for frame in SHOTS:
        for text in (frame.opener, frame.joiner):
            assert ("{A}" in text) != ("{C}" in text)
