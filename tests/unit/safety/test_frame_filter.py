from hanazora.safety.frame_filter import check_frames


def test_a_filter_that_does_not_exist_never_says_passed(clip):
    assert check_frames(clip()).state == "not_implemented"
