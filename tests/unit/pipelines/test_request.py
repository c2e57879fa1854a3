import math

import pytest

from hanazora.core.errors import UserError
from hanazora.core.shapes import VideoShape
from hanazora.pipelines.request import (
    GenerateRequest,
    Size,
    check_negative_prompt,
    check_prompt_text,
    check_range,
    check_size,
    frames_from_seconds,
    parse_aspect,
    parse_size,
)


def test_the_shape_is_frames_height_width():
    request = GenerateRequest(prompt="a", width=101, height=63, num_frames=1)
    assert request.shape == VideoShape(1, 63, 101)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("prompt", "", "the prompt is empty"),
        ("prompt", " \n\t", "the prompt is empty"),
        ("prompt", "x" * 40_000, "has 40000 characters: a prompt has 1 to 4000 characters; try"),
        ("prompt", "a\0b", "not text"),
        ("prompt", "\ud800", "not text"),
        ("negative_prompt", "x" * 4001, "the negative prompt has 4001 characters"),
        ("width", 0, "size 0x192: each side has 16 to 1920 pixels; try 16x192"),
        ("height", 7, "size 320x7: each side has 16 to 1920 pixels; try 320x16"),
        ("width", 1921, "try 1920x192"),
        ("num_frames", 0, "num_frames 0: it must be 1 to 3600; try 1"),
        (
            "num_frames",
            481,
            "481 frames at 8 fps last 60.125 s: a video lasts",
        ),
        ("fps", 0.0, "try 1"),
        ("fps", math.nan, "fps nan"),
        ("fps", 61.0, "try 60"),
        ("seed", -1, "seed -1"),
        ("num_inference_steps", 0, "try 1"),
        ("guidance_scale", math.inf, "guidance_scale inf"),
        ("guidance_scale", -1.0, "try 0"),
    ],
)
def test_what_cannot_be_met_names_value_rule_and_nearest(field, value, message):
    with pytest.raises(UserError) as caught:
        GenerateRequest(**{"prompt": "a", field: value})
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


def test_the_edges_are_legal():
    GenerateRequest(prompt="x" * 4000, width=16, height=1920, num_frames=3600, fps=60.0)
    check_prompt_text("\N{CHERRY BLOSSOM}")
    check_negative_prompt("")
    check_size(Size(16, 1920))
    check_range("x", 1, 1, 1)


@pytest.mark.parametrize(
    "text", ["320x192", "320X192", "320\N{MULTIPLICATION SIGN}192", " 320 x 192"]
)
def test_sizes_are_read_as_people_write_them(text):
    assert parse_size(text) == Size(320, 192)


@pytest.mark.parametrize("text", ["320", "axb", "", "1x2x3", "3.5x4", "0x0", "7x7"])
def test_other_sizes_are_refused(text):
    with pytest.raises(UserError, match="try "):
        parse_size(text)


@pytest.mark.parametrize(
    ("text", "size"),
    [("5:3", Size(320, 192)), ("16:9", Size(336, 192)), ("9:16", Size(192, 336)),
     ("1:1", Size(240, 240)), ("21:9", Size(384, 160)), ("2.39:1", Size(384, 160))],
)  # fmt: skip
def test_aspects_keep_the_number_of_pixels(text, size):
    assert parse_aspect(text) == size


@pytest.mark.parametrize(
    "text", ["16", "a:b", "1:0", "0:1", "-1:1", "1000:1", "1:1000", "1:2:3", "1e400:1"]
)
def test_other_aspects_are_refused(text):
    with pytest.raises(UserError, match="try "):
        parse_aspect(text)


def test_an_extreme_aspect_names_one_that_works():
    with pytest.raises(UserError) as caught:
        parse_aspect("100:1")
    assert parse_aspect(str(caught.value).rpartition("try ")[2]).width <= 1920


@pytest.mark.parametrize(
    ("seconds", "fps", "frames"), [(4, 8, 32), (0.125, 8, 1), (2.5, 24, 60), (60, 60, 3600)]
)
def test_seconds_become_frames(seconds, fps, frames):
    assert frames_from_seconds(seconds, fps) == frames


@pytest.mark.parametrize(
    ("seconds", "fps", "message"),
    [(0, 8, "seconds 0: it must be above 0 and at most 60; try 4"), (-1, 8, "try 4"),
     (61, 8, "try 60"), (math.nan, 8, "seconds nan"), (0.01, 8, "less than one frame"),
     (1, 0, "fps 0")],
)  # fmt: skip
def test_other_durations_are_refused(seconds, fps, message):
    with pytest.raises(UserError) as caught:
        frames_from_seconds(seconds, fps)
    assert message in str(caught.value)
