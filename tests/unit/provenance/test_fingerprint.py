import numpy as np
import pytest

from hanazora.provenance.fingerprint import (
    MAX_DISTANCE,
    Fingerprinter,
    distance,
    fingerprint,
    nearest,
)


def moving(seed, num_frames=24, height=48, width=80):
    """Blurred noise that drifts: every seed another scene."""
    draw = np.random.default_rng(seed)
    coarse = draw.uniform(0, 255, (6, 20, 3))
    wide = np.kron(coarse, np.ones((height // 6, width // 10, 1)))
    frames = [wide[:, 2 * t : 2 * t + width] for t in range(num_frames)]
    return np.stack(frames).clip(0, 255).astype(np.uint8)


def searched(frames, fps=8):
    taker = Fingerprinter(fps)
    taker.see(frames)
    return taker.searched()


@pytest.fixture(scope="module")
def kept():
    return [fingerprint(moving(seed), 8) for seed in range(6)]


def letterbox(frames):
    return np.pad(frames, ((0, 0), (12, 12), (0, 0), (0, 0)))


@pytest.mark.parametrize(
    "attack",
    [
        lambda f: f,
        lambda f: f[:, ::2, ::2],
        lambda f: f[:, :, ::-1],
        lambda f: f[8:20],
        lambda f: f[:, 2:-2, 4:-4],
        lambda f: f[:, :43, :72],
        letterbox,
        lambda f: (f * 0.7 + 30).astype(np.uint8),
        lambda f: f ^ 3,
    ],
)
def test_a_changed_video_is_its_own_and_no_other(kept, attack):
    for seed in range(6):
        found = nearest(searched(attack(moving(seed))), kept)
        assert np.argmin(found) == seed
        assert found[seed] <= MAX_DISTANCE
        assert sorted(found)[1] > MAX_DISTANCE


def test_another_rate_is_the_same_video(kept):
    frames = moving(3)
    assert distance(searched(frames[::2], 4)[0], kept[3]) < 0.1
    assert distance(searched(np.repeat(frames, 3, axis=0), 24)[0], kept[3]) < 0.05


def test_pieces_are_taken_as_they_come(kept):
    frames, taker = moving(2), Fingerprinter(8)
    for start in range(0, 24, 5):
        taker.see(frames[start : start + 5])
    assert np.array_equal(taker.stored().hashes, kept[2].hashes)
    assert np.array_equal(taker.stored().overall, kept[2].overall)


def test_borders_are_cut_from_what_is_searched_only():
    assert len(searched(moving(1))) == 1
    assert len(searched(letterbox(moving(1)))) == 2
    assert len(searched(np.zeros((3, 32, 32, 3), np.uint8))) == 1


def test_a_picture_has_one_moment():
    assert fingerprint(moving(1)[:1], 8).hashes.shape[0] == 1
    with pytest.raises(ValueError, match="at least 1 frame"):
        Fingerprinter(8).stored()
