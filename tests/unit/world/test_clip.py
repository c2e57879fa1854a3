"""Whole clips: what the sentence says is what the pixels show."""

import numpy as np
import torch

from hanazora.world.clip import render_clip, render_clips
from hanazora.world.spec import CameraSpec, SceneSpec, ShotSpec, SubjectSpec

HEIGHT, WIDTH = 48, 80


def _clip(num_frames=5, fps=2.0, **subject):
    spec = SceneSpec(
        seed=4, setting="toys", num_frames=num_frames, fps=fps, subjects=(SubjectSpec(**subject),)
    )
    return render_clip(spec, HEIGHT, WIDTH, antialias=False)


def test_a_red_ball_is_big_and_red_and_inside_the_picture():
    clip = _clip(num_frames=1, kind="ball", colour="red")
    assert clip.frames.shape == (1, HEIGHT, WIDTH, 3)
    assert clip.frames.dtype == torch.uint8
    x0, y0, x1, y1 = clip.facts.objects[0].boxes[0]
    assert x0 > 0 and y0 > 0 and x1 < WIDTH and y1 < HEIGHT
    assert y1 - y0 >= HEIGHT / 4
    red, green, blue = clip.frames[0, y0 + 4 : y1 - 4, x0 + 4 : x1 - 4].float().mean((0, 1))
    assert red > 2 * green and red > 2 * blue


def test_left_is_left_and_far_enough_to_see():
    for direction, sign in (("left", -1), ("right", 1)):
        clip = _clip(kind="ball", colour="blue", action="roll", direction=direction)
        first, last = (clip.facts.objects[0].centres[frame][0] for frame in (0, -1))
        assert sign * (last - first) > 0.15 * WIDTH


def test_what_returns_was_out_of_the_picture():
    clip = _clip(
        num_frames=9, fps=4.0, kind="cone", colour="green", action="return", direction="right"
    )
    pixels = clip.facts.objects[0].visible_px
    assert pixels[0] > 60 and pixels[-1] > 60
    assert min(pixels) == 0


def test_cuts_are_where_the_shots_begin():
    shots = tuple(
        ShotSpec(start_frame=start, camera=CameraSpec(), subjects=(index,), setting="toys",
                 weather="clear", time_of_day="day")
        for index, start in enumerate((0, 2))
    )  # fmt: skip
    subjects = (SubjectSpec(kind="ball", colour="red"), SubjectSpec(kind="box", colour="blue"))
    spec = SceneSpec(seed=1, setting="toys", subjects=subjects, shots=shots, num_frames=4)
    clip = render_clips([spec], HEIGHT, WIDTH, antialias=False)[0]
    assert len(clip.frames) == 4
    assert clip.facts.cuts == (2,)
    ball, box = (np.array(item.visible_px) > 0 for item in clip.facts.objects)
    assert ball.tolist() == [True, True, False, False]
    assert box.tolist() == [False, False, True, True]
