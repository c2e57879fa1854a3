import numpy as np

from hanazora.safety.frames.cuts import CutDetector


def shot(seed, num_frames, speed=1):
    """A coloured noise picture that slides."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 255, (12, 16, 3)).astype(np.uint8)
    wide = np.kron(coarse, np.ones((8, 8, 1), np.uint8))
    return [np.roll(wide, step * speed, axis=1)[:64, :96] for step in range(num_frames)]


def cuts_of(frames):
    detector = CutDetector()
    return [index for index, frame in enumerate(frames) if detector.see(frame)]


def test_the_first_frame_begins_a_shot():
    assert cuts_of(shot(0, 1)) == [0]


def test_hard_cuts_are_found_and_nothing_else_in_slow_shots():
    frames = shot(1, 20) + shot(2, 15) + shot(3, 10)
    assert cuts_of(frames) == [0, 20, 35]


def test_a_still_clip_has_no_cut():
    assert cuts_of(shot(4, 1) * 30) == [0]


def test_one_foreign_frame_is_two_cuts():
    frames = shot(5, 1) * 20
    frames[9] = shot(6, 1)[0]
    assert cuts_of(frames) == [0, 9, 10]


def test_a_slow_fade_is_no_cut():
    first, second = shot(7, 1)[0].astype(float), shot(8, 1)[0].astype(float)
    frames = [(first * (1 - a) + second * a).astype(np.uint8) for a in np.linspace(0, 1, 40)]
    assert cuts_of(frames) == [0]


def test_a_cut_of_the_world_is_found():
    dark, light = np.full((32, 48, 3), 20, np.uint8), np.full((32, 48, 3), 200, np.uint8)
    assert cuts_of([dark] * 5 + [light] * 5) == [0, 5]
