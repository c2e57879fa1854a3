import pytest

from hanazora.core.shapes import LatentShape, VideoShape, latent_shape, padded_shape


@pytest.mark.parametrize(
    ("frames", "expected"), [(1, 1), (2, 2), (5, 2), (6, 3), (9, 3), (16, 5), (17, 5), (18, 6)]
)
def test_frame_zero_has_its_own_latent_frame(frames, expected):
    assert latent_shape(VideoShape(frames, 16, 16)).frames == expected


def test_sides_round_up_to_whole_cells():
    assert latent_shape(VideoShape(1, 17, 320)) == LatentShape(1, 2, 20)


@pytest.mark.parametrize(
    "video", [VideoShape(1, 1, 1), VideoShape(7, 33, 95), VideoShape(40, 192, 320)]
)
def test_the_padded_clip_holds_the_clip_and_has_the_same_latents(video):
    latent = latent_shape(video)
    padded = padded_shape(latent)
    assert all(outer >= inner for outer, inner in zip(padded, video, strict=True))
    assert latent_shape(padded) == latent


def test_number_of_cells():
    assert LatentShape(2, 3, 4).num_cells == 24


def test_empty_sizes_are_refused():
    with pytest.raises(ValueError, match="at least 1 frame"):
        latent_shape(VideoShape(0, 16, 16))
    with pytest.raises(ValueError, match="at least 1 cell"):
        padded_shape(LatentShape(1, 0, 1))
