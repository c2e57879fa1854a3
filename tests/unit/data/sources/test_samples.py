from fractions import Fraction
from pathlib import Path

import pytest

from hanazora.core.errors import UserError
from hanazora.data.sources.listing import ListedClip
from hanazora.data.sources.samples import (
    SampleConfig,
    fit_size,
    plan_samples,
    split_moments,
    whole_groups,
)
from hanazora.media.frames import ClipInfo

PIXELS = 320 * 192


def clip(num_frames, fps=8, size=(320, 192), name="a.mp4", start=0.0, end=None, **config):
    listed = ListedClip(Path(name), ("x",), start, end)
    info = ClipInfo(*size, Fraction(fps), num_frames)
    return plan_samples(listed, info, SampleConfig(**config))


@pytest.mark.parametrize(
    ("size", "fitted"),
    [
        ((320, 192), (320, 192)), ((1920, 1080), (320, 192)), ((1080, 1920), (192, 320)),
        ((640, 480), (256, 192)), ((512, 512), (224, 224)), ((96, 64), (96, 64)),
        ((100, 70), (96, 64)), ((33, 63), (32, 32)), ((2560, 1080), (384, 160)),
        ((8000, 32), (1920, 32)),
    ],
)  # fmt: skip
def test_a_size_is_kept_as_far_as_the_network_can(size, fitted):
    made = fit_size(*size, PIXELS)
    assert made == fitted
    assert made[0] % 32 == made[1] % 32 == 0 and made[0] * made[1] <= PIXELS
    assert made[0] <= size[0] and made[1] <= size[1]


@pytest.mark.parametrize(
    ("count", "pieces"),
    [
        (1, [(0, 1)]), (2, [(0, 1)]), (5, [(0, 5)]), (8, [(0, 5)]), (17, [(0, 17)]),
        (21, [(0, 17)]), (22, [(0, 17), (17, 22)]), (40, [(0, 17), (17, 34), (34, 39)]),
    ],
)  # fmt: skip
def test_a_long_clip_is_cut_into_samples(count, pieces):
    assert [(piece.start, piece.stop) for piece in split_moments(count, 17)] == pieces
    assert len(split_moments(count, 1)) == count


def test_whole_groups():
    assert [whole_groups(count) for count in (1, 2, 4, 5, 6, 9)] == [1, 1, 1, 5, 5, 9]


def test_frames_are_those_a_player_shows_at_the_moments():
    assert clip(17).cuts == (tuple(range(17)),)
    assert clip(30, fps=30).cuts == ((0, 3, 7, 11, 15),)
    assert clip(10, fps=4).cuts == ((0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8),)
    assert clip(10, fps=4).repeats and not clip(30, fps=30).repeats
    assert clip(2, fps=25).cuts == ((0,),)
    assert clip(60, fps=Fraction(30000, 1001)).cuts[0][:4] == (0, 3, 7, 11)


def test_times_choose_a_part():
    assert clip(80, start=2.0, end=3.0).cuts == ((16, 17, 18, 19, 20),)
    assert clip(80, start=9.0).cuts == ((72, 73, 74, 75, 76),)
    assert clip(8, end=1.1).cuts == ((0, 1, 2, 3, 4),)  # a frame later is a rounded end


@pytest.mark.parametrize(
    ("start", "end"), [(-1, 1), (2, 1), (1, 1), (11, None), (0, 12), (float("nan"), None)]
)
def test_times_outside_of_the_clip_are_refused(start, end):
    with pytest.raises(UserError, match=r"it lasts 10 s.*try times from 0 to 10"):
        clip(80, start=start, end=end)


def test_a_picture_is_one_sample_without_times():
    made = clip(1, size=(640, 480), name="a.png")
    assert made.cuts == ((0,),) and [tuple(shape) for shape in made.shapes] == [(1, 12, 16)]
    with pytest.raises(UserError, match="a picture lasts no time"):
        clip(1, name="a.png", end=3.0)


def test_the_shape_of_the_latents():
    made = clip(40, size=(96, 64))
    assert [tuple(shape) for shape in made.shapes] == [(5, 4, 6), (5, 4, 6), (2, 4, 6)]


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"fps": 0.5}, "fps 0.5: it must be 1 to 60; try 1"),
        ({"num_frames": 16}, "one frame more than a multiple of 4; try 13"),
        ({"num_frames": 0}, "try 1"),
        ({"max_pixels": 100}, "try 1024"),
    ],
)
def test_rules_that_cannot_be_met_are_refused(config, message):
    with pytest.raises(UserError, match=message):
        SampleConfig(**config)
