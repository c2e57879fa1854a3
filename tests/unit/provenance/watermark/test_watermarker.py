import numpy as np
import pytest

from hanazora.provenance.watermark.planes import luma
from hanazora.provenance.watermark.reader import read_mark
from hanazora.provenance.watermark.watermarker import Watermarker


def psnr_y(left, right):
    error = luma(left) - luma(right)
    return 10 * np.log10(255**2 / (error**2).mean())


def test_the_mark_is_faint_and_readable(moving, key, mark_id):
    frames = moving()
    watermarker = Watermarker(key, mark_id, 192, 320)
    marked = watermarker.embed(frames, 0)
    assert marked.shape == frames.shape
    assert 38.5 < psnr_y(marked, frames) < 46
    result = watermarker.check()
    assert result.state == "passed"
    assert f"{mark_id:010x}" in result.detail


def test_a_picture_is_marked_like_a_video_of_one_frame(scene, key, mark_id):
    picture = scene(384, 640)[None]
    marked = Watermarker(key, mark_id, 384, 640, is_picture=True).embed(picture, 0)
    assert read_mark(marked, 1, [key]).mark_id == mark_id


def test_the_first_frame_of_a_scene_is_marked_more_than_a_picture_and_than_later_frames(
    scene, key, mark_id
):
    def change(frames, **kind):
        marked = Watermarker(key, mark_id, 192, 320, **kind).embed(frames, 0)
        return np.abs(marked.astype(int) - frames).mean(axis=(1, 2, 3))

    one, other = scene(192, 320), 255 - scene(192, 320, seed=3)
    video = change(np.stack([one] * 10 + [other] * 6))
    assert video[0] > 1.2 * video[5]
    assert video[10] > 1.2 * video[15]
    assert change(one[None], is_picture=True)[0] < video[0] / 1.2


def test_pieces_of_any_length_give_the_same_once_the_salt_is_chosen(moving, key, mark_id):
    frames = np.repeat(moving(1), 5, axis=0)
    whole = Watermarker(key, mark_id, 192, 320).embed(frames, 0)
    streaming = Watermarker(key, mark_id, 192, 320)
    pieces = [streaming.embed(frames[:1], 0), streaming.embed(frames[1:], 1)]
    assert (np.concatenate(pieces) == whole).all()


def test_videos_of_one_key_do_not_share_one_pattern(scene, key, mark_id):
    frames = [scene(192, 320, seed)[None] for seed in range(6)]
    changes = [
        Watermarker(key, mark_id, 192, 320).embed(frame, 0).astype(int) - frame for frame in frames
    ]
    likeness = np.corrcoef([change.ravel() for change in changes])
    assert (likeness < 0.1).any()


def test_tiny_frames_pass_unchanged_and_say_so(scene, key, mark_id):
    watermarker = Watermarker(key, mark_id, 64, 64)
    frames = scene(64, 64)[None]
    assert not watermarker.has_room
    assert (watermarker.embed(frames, 0) == frames).all()
    assert watermarker.check().state == "skipped"
    assert "64x64" in watermarker.check().detail


def test_one_single_colour_is_not_called_marked(key, mark_id):
    watermarker = Watermarker(key, mark_id, 192, 320)
    watermarker.embed(np.zeros((3, 192, 320, 3), np.uint8), 0)
    assert watermarker.check().state == "skipped"
    assert "flat" in watermarker.check().detail


def test_a_check_before_the_first_frame_is_an_error(key, mark_id):
    assert Watermarker(key, mark_id, 192, 320).check().state == "error"


def test_frames_out_of_order_or_of_another_size_are_refused(moving, key, mark_id):
    watermarker = Watermarker(key, mark_id, 192, 320)
    with pytest.raises(ValueError, match="expected frame 0"):
        watermarker.embed(moving(), 4)
    with pytest.raises(ValueError, match="expected frame 0"):
        watermarker.embed(moving(height=96, width=160), 0)
