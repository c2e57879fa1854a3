from hanazora.provenance.watermark.placeholder import embed


def test_without_a_watermark_the_frames_stay_and_the_state_says_so(clip):
    frames = clip()
    marked, result = embed(frames, 0)
    assert (marked == frames).all()
    assert result.state == "not_implemented"
