import json
import os

import numpy as np
import pytest

from hanazora.core.checks import CheckResult
from hanazora.core.errors import OutputError, UserError
from hanazora.media.probe import probe
from hanazora.pipelines import way_out
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.sidecar import ModelInfo
from hanazora.pipelines.way_out import RefusedError, admit, publish, require_output_path

REQUEST = GenerateRequest(prompt="secret garden", width=47, height=33, num_frames=5, seed=3)
MODEL = ModelInfo(name="petal")


def test_a_file_and_its_sidecar_appear_together(tmp_path, clip):
    frames = clip(5, 33, 47)
    published = publish([frames[:2], frames[2:]], REQUEST, MODEL, tmp_path / "a.mp4")
    assert sorted(os.listdir(tmp_path)) == ["a.json", "a.mp4"]
    info = probe(published.path)
    assert (info.width, info.height, info.num_frames) == (47, 33, 5)
    sidecar = json.loads(published.sidecar_path.read_text())
    assert sidecar["video"]["sha256"] == published.sha256
    assert set(sidecar["checks"]) == {
        "prompt_filter", "frame_filter", "watermark", "signature", "verification",
    }  # fmt: skip
    assert published.warnings == []


def test_the_file_tells_neither_the_prompt_nor_a_path(tmp_path, clip):
    published = publish([clip(5, 33, 47)], REQUEST, MODEL, tmp_path / "a.mp4")
    data = published.path.read_bytes()
    assert b"secret garden" not in data
    assert str(tmp_path).encode() not in data
    assert str(tmp_path) not in published.sidecar_path.read_text()


def test_the_same_frames_are_the_same_file_and_sidecar(tmp_path, clip):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        publish([clip(5, 33, 47)], REQUEST, MODEL, tmp_path / name / "v.mp4")
    for name in ("v.mp4", "v.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize(
    "place", ["check_prompt", "check_frames", "embed", "sign_file", "verify_file"]
)
def test_every_place_can_stop_the_file(tmp_path, clip, monkeypatch, place):
    no = CheckResult("failed", "not this one")
    answer = (clip(5, 33, 47), no) if place == "embed" else no
    monkeypatch.setattr(way_out, place, lambda *_: answer)
    with pytest.raises(RefusedError, match="not this one"):
        publish([clip(5, 33, 47)], REQUEST, MODEL, tmp_path / "a.mp4")
    assert os.listdir(tmp_path) == []


def test_every_frame_passes_the_filter_and_the_watermark(tmp_path, clip, monkeypatch):
    seen, marked = [], []
    monkeypatch.setattr(
        way_out, "check_frames", lambda f: (seen.append(len(f)), CheckResult("passed"))[1]
    )
    monkeypatch.setattr(
        way_out, "embed", lambda f, i: (marked.append(i), (f, CheckResult("passed")))[1]
    )
    frames = clip(5, 33, 47)
    publish([frames[:2], frames[2:4], frames[4:]], REQUEST, MODEL, tmp_path / "a.mp4")
    assert (seen, marked) == ([2, 2, 1], [0, 2, 4])


@pytest.mark.parametrize("count", [4, 6])
def test_a_wrong_number_of_frames_is_no_file(tmp_path, clip, count):
    with pytest.raises(RuntimeError, match="not VideoShape"):
        publish([clip(count, 33, 47)], REQUEST, MODEL, tmp_path / "a.mp4")
    assert os.listdir(tmp_path) == []


def test_interrupting_the_frames_leaves_nothing(tmp_path, clip):
    def pieces():
        yield clip(2, 33, 47)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish(pieces(), REQUEST, MODEL, tmp_path / "a.mp4")
    assert os.listdir(tmp_path) == []


def test_a_video_of_one_colour_carries_a_warning(tmp_path):
    black = np.zeros((5, 33, 47, 3), np.uint8)
    published = publish([black], REQUEST, MODEL, tmp_path / "a.mp4")
    assert published.warnings == ["every frame is one single colour"]
    assert json.loads(published.sidecar_path.read_text())["warnings"] == published.warnings


def test_a_bad_place_is_refused_early(tmp_path):
    with pytest.raises(UserError, match="must end in .mp4; try a.mp4"):
        require_output_path(tmp_path / "a.gif")
    with pytest.raises(OutputError, match="does not exist"):
        require_output_path(tmp_path / "no" / "a.mp4")
    require_output_path(tmp_path / "a.mp4")
    assert os.listdir(tmp_path) == []


def test_admission_states_what_ran():
    assert admit(REQUEST).state == "passed"
