from collections.abc import Callable
from pathlib import Path

import pytest

from hanazora.core.errors import UserError
from hanazora.pipelines.request import GenerateRequest, Size
from hanazora.pipelines.verbs.kept_latents import latents_path
from hanazora.pipelines.verbs.tasks import (
    Settings,
    Task,
    animate_task,
    connect_task,
    edit_task,
    extend_task,
    find_files,
    loop_task,
    open_clip,
    picture_task,
)

MakeClip = Callable[..., Path]
SETTINGS = Settings(seed=5, num_inference_steps=2)


def test_pictures_give_the_size_and_their_times(still: MakeClip) -> None:
    task = animate_task("it moves", [(still(), 0.0), (still("b.png"), 0.5)], seconds=1.0, fps=8.0)
    request = task.request
    assert (request.width, request.height, request.num_frames) == (48, 32, 8)
    assert [given.time_s for given in request.inputs] == [0.0, 0.5]
    assert task.files == (still(), still("b.png"))
    with pytest.raises(UserError, match=r"still.png is 48x32 and .*wide.png is 64x32"):
        animate_task("x", [(still(), 0.0), (still("wide.png", width=64), 0.5)])
    with pytest.raises(UserError, match="no picture"):
        animate_task("x", [])


def test_a_clip_of_anyone_is_encoded_and_needs_a_prompt(foreign_clip: MakeClip) -> None:
    task = extend_task(foreign_clip(), "ae", forward_s=1.0, prompt="it goes on", settings=SETTINGS)
    (given,) = task.request.inputs
    assert (given.kind, given.num_frames, given.segments[0].skip_frames) == ("clip", 7, 2)
    assert (task.request.num_frames, task.request.forward_frames, task.request.seed) == (15, 8, 5)
    with pytest.raises(UserError, match="no prompt for"):
        extend_task(foreign_clip(), "ae", forward_s=1.0)


def test_a_video_of_ours_goes_on_from_its_latents(own_clip: MakeClip) -> None:
    path = own_clip()
    clip = open_clip(path, "ae", whole_end=True)
    assert (clip.given.kind, clip.prompt, clip.given.num_frames) == ("latents", "a red ball", 7)
    assert clip.given.segments[0].skip_frames == 0
    assert extend_task(path, "ae", backward_s=1.0).request.backward_frames == 8


def test_latents_of_another_autoencoder_or_file_are_not_used(
    own_clip: MakeClip, foreign_clip: MakeClip
) -> None:
    path = own_clip()
    assert open_clip(path, "other", whole_end=True).given.kind == "clip"
    foreign_clip("ours.mp4")  # somebody cut the video: its latents are not of this file
    assert open_clip(path, "ae", whole_end=True).given.kind == "clip"
    path = own_clip()
    latents_path(path).write_bytes(b"broken")
    assert open_clip(path, "ae", whole_end=True).given.kind == "clip"


def test_two_sizes_or_rates_do_not_connect(foreign_clip: MakeClip) -> None:
    first = foreign_clip()
    with pytest.raises(UserError, match=r"clip.mp4 is 48x32 and .*wide.mp4 is 64x32: both must"):
        connect_task(first, foreign_clip("wide.mp4", width=64), "ae", seconds=1.0, prompt="x")
    with pytest.raises(UserError, match=r"8 fps and .*fast.mp4 12: both must have one rate"):
        connect_task(first, foreign_clip("fast.mp4", fps=12), "ae", seconds=1.0, prompt="x")
    task = connect_task(first, foreign_clip("b.mp4"), "ae", seconds=1.0, prompt="x")
    assert task.request.num_frames == 22
    # What something follows ends on a whole latent frame, what follows begins with a picture.
    assert [given.segments[0].skip_frames for given in task.request.inputs] == [2, 0]


def test_loop_edit_and_picture(foreign_clip: MakeClip) -> None:
    assert loop_task(foreign_clip(), "ae", seconds=1.0, prompt="x").request.num_frames == 15
    edited = edit_task(foreign_clip(), "blue", "ae", strength=0.3, settings=SETTINGS).request
    assert (edited.verb, edited.strength, edited.num_frames) == ("edit", 0.3, 7)
    with pytest.raises(UserError, match="strength 0"):
        edit_task(foreign_clip(), "blue", "ae", strength=0.0)
    assert picture_task("x", Size(64, 48)).request.shape == (1, 48, 64)


def test_files_are_found_again_by_their_hashes(foreign_clip: MakeClip, tmp_path: Path) -> None:
    request = edit_task(foreign_clip(), "blue", "ae").request
    sidecar = tmp_path / "g.json"
    assert find_files(request, sidecar) == Task(request, (foreign_clip(),))
    moved = tmp_path / "elsewhere" / "clip.mp4"
    moved.parent.mkdir()
    foreign_clip().rename(moved)
    with pytest.raises(UserError, match="input 1, a clip of 48x32: no file beside"):
        find_files(request, sidecar)
    assert find_files(request, sidecar, [moved]).files == (moved,)
    assert find_files(GenerateRequest(prompt="x"), sidecar) == Task(GenerateRequest(prompt="x"))


def test_other_latents_than_those_used_are_refused(own_clip: MakeClip) -> None:
    path = own_clip()
    request = extend_task(path, "ae", forward_s=1.0).request
    assert find_files(request, path.with_suffix(".json")).files == (path,)
    latents_path(path).unlink()
    with pytest.raises(UserError, match="missing or another"):
        find_files(request, path.with_suffix(".json"))
