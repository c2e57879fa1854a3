import numpy as np
import pytest

from hanazora.pipelines.detect.features import FEATURE_NAMES, can_measure, measure


def named(autoencoder, frames):
    return dict(zip(FEATURE_NAMES, measure(autoencoder, frames), strict=True))


def noise(strength=20.0, num_frames=9):
    draw = np.random.default_rng(0)
    frames = 128 + draw.normal(0, strength, (num_frames, 96, 80, 3))
    return np.clip(frames, 0, 255).astype(np.uint8)


def test_every_figure_is_finite_and_the_same_each_time(autoencoder, clip):
    first = measure(autoencoder, clip(9, 96, 80))
    assert first.shape == (len(FEATURE_NAMES),) and np.isfinite(first).all()
    assert np.array_equal(first, measure(autoencoder, clip(9, 96, 80)))
    still = np.repeat(noise(num_frames=1), 5, axis=0)
    assert np.isfinite(measure(autoencoder, still)).all()


def test_too_little_is_not_measured(autoencoder, clip):
    assert can_measure(clip(5, 64, 64))
    for frames in (clip(4, 64, 64), clip(9, 48, 64), np.full((9, 64, 64, 3), 7, np.uint8)):
        assert not can_measure(frames)
        with pytest.raises(ValueError, match="too small"):
            measure(autoencoder, frames)


def test_a_grid_of_four_pixels_is_seen(autoencoder):
    frames = noise(2.0).astype(np.int16)
    tiles = (np.arange(80) // 4 % 2 * 24)[None, None, :, None]
    gridded = np.clip(frames + tiles, 0, 255).astype(np.uint8)
    plain = named(autoencoder, noise(2.0))
    assert abs(plain["grid4_across"]) < 0.2
    assert named(autoencoder, gridded)["grid4_across"] > plain["grid4_across"] + 1


def test_groups_of_four_frames_are_seen_at_any_phase(autoencoder):
    level = np.repeat(np.arange(4) * 12, 4)[:, None, None, None]
    grouped = np.clip(noise(2.0, 16).astype(np.int16) + level, 0, 255).astype(np.uint8)
    for start in range(3):
        assert named(autoencoder, grouped[start : start + 12])["group_step"] > 0.5
    assert named(autoencoder, noise(2.0, 16))["group_step"] < 0.2


def test_grain_is_told_from_smooth_pictures(autoencoder):
    smooth, grainy = named(autoencoder, noise(3.0)), named(autoencoder, noise(20.0))
    assert grainy["grain"] > smooth["grain"] + 1
    assert abs(grainy["grain_time"]) < 0.1
