import numpy as np
import pytest

from hanazora.core.errors import UserError
from hanazora.train.autoencoder_data import (
    ClipPool,
    CropSampler,
    PoolClip,
    cut_crop,
    has_shard,
    leave_domain,
    make_textures,
    write_shard,
)


def _clip(num_frames, height, width, seed=0):
    pixels = np.random.default_rng(seed).integers(0, 256, (num_frames, height, width, 3))
    facts = {"setting": "reef", "objects": [{"kind": "fish", "box": [1.5, 2.0]}]}
    return PoolClip(
        frames=pixels.astype(np.uint8), fps=8.0, facts=facts, captions=("a fish", "one fish")
    )


@pytest.fixture
def pool(tmp_path):
    write_shard(tmp_path, "b", [_clip(1, 16, 24, 3)])
    write_shard(tmp_path, "a", [_clip(5, 32, 48, 1), _clip(9, 48, 32, 2)])
    return ClipPool(tmp_path)


def test_pool_gives_back_what_was_written_in_shard_order(pool):
    expected = [_clip(5, 32, 48, 1), _clip(9, 48, 32, 2), _clip(1, 16, 24, 3)]
    assert len(pool) == 3
    for clip, written in zip(pool, expected, strict=True):
        assert np.array_equal(clip.frames, written.frames)
        assert (clip.fps, clip.facts, clip.captions) == (8.0, written.facts, written.captions)
    assert [pool.shape(index) for index in range(3)] == [(5, 32, 48), (9, 48, 32), (1, 16, 24)]
    with pytest.raises(IndexError):
        pool[3]


def test_shard_without_an_index_is_not_there(pool, tmp_path):
    np.save(tmp_path / "c.npy", np.zeros(3, np.uint8))
    assert not has_shard(tmp_path, "c") and has_shard(tmp_path, "a")
    assert len(ClipPool(tmp_path)) == 3
    with pytest.raises(UserError, match="no clips"):
        ClipPool(tmp_path / "empty")


def test_crop_is_a_window_of_the_clip_or_its_mirror():
    frames = _clip(6, 20, 30).frames
    rng = np.random.default_rng(0)
    crops = [cut_crop(frames, (2, 8, 10), rng) for _ in range(12)]
    windows = np.lib.stride_tricks.sliding_window_view(frames, (2, 8, 10), (0, 1, 2))
    windows = windows.transpose(0, 1, 2, 4, 5, 6, 3).reshape(-1, 2, 8, 10, 3)
    found = [any(np.array_equal(crop, window) for window in windows) for crop in crops]
    mirrored = [
        any(np.array_equal(crop[:, :, ::-1], window) for window in windows) for crop in crops
    ]
    assert all(a != b for a, b in zip(found, mirrored, strict=True))
    assert any(found) and any(mirrored)


def test_batch_depends_on_seed_and_step_only(pool):
    sampler = CropSampler(pool, [(5, 16, 16), (1, 16, 16)], 0.5, seed=3)
    later = sampler.batch(7, 10_000)
    fresh = CropSampler(pool, [(5, 16, 16), (1, 16, 16)], 0.5, seed=3)
    assert np.array_equal(fresh.batch(7, 10_000), later)
    assert not np.array_equal(fresh.batch(7, 10_000)[:1], fresh.batch(8, 10_000)[:1])
    assert all(0.9 < sampler.batch(step, 10_000)[..., 0].size / 10_000 < 1.1 for step in range(4))


def test_crop_larger_than_every_clip_is_refused(pool):
    with pytest.raises(UserError, match="64"):
        CropSampler(pool, [(5, 64, 64)], 0.0, seed=0)


def test_textures_have_the_falling_spectrum_of_photographs():
    textures = make_textures(np.random.default_rng(0), count=2, side=64)
    power = np.abs(np.fft.fft2(textures[0, :, :, 1].astype(float))) ** 2
    assert power[0, 1:4].mean() > 10 * power[0, 16:32].mean()


def test_off_domain_samples_differ_and_keep_size_and_type():
    textures = make_textures(np.random.default_rng(0), count=1, side=64)
    crop = _clip(3, 16, 24).frames
    rng = np.random.default_rng(1)
    for _ in range(12):
        changed = leave_domain(crop, textures, rng)
        assert changed.shape == crop.shape and changed.dtype == np.uint8
        assert not np.array_equal(changed, crop)
