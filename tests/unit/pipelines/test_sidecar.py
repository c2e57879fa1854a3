import json
from fractions import Fraction

import pytest

from hanazora.core.checks import CheckResult
from hanazora.core.errors import UserError
from hanazora.media.probe import VideoInfo
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.sidecar import (
    ModelInfo,
    build_sidecar,
    dump_sidecar,
    read_request,
    require_own_sidecar,
    sidecar_path,
    versions,
)

REQUEST = GenerateRequest(prompt="\N{CHERRY BLOSSOM} in snow", seed=7, guidance_scale=2.0)
INFO = VideoInfo(320, 192, 32, Fraction(24000, 1001), 1.3, "h264", "yuv420p")
MODEL = ModelInfo(name="petal", weight_hashes={"transformer": "ab"})


def sidecar():
    checks = {"frame_filter": CheckResult("skipped", "no filter")}
    return build_sidecar(REQUEST, MODEL, INFO, "cd", checks, ["flat"])


def test_the_request_comes_back_from_the_file(tmp_path):
    path = sidecar_path(tmp_path / "a.mp4")
    path.write_text(dump_sidecar(sidecar()), encoding="utf-8")
    assert path.name == "a.json"
    assert read_request(path) == REQUEST


def test_everything_needed_is_there():
    data = json.loads(dump_sidecar(sidecar()))
    assert data["model"]["weight_hashes"] == {"transformer": "ab"}
    assert data["video"]["fps"] == "24000/1001"
    assert data["video"]["sha256"] == "cd"
    assert data["checks"] == {"frame_filter": {"state": "skipped", "detail": "no filter"}}
    assert data["warnings"] == ["flat"]
    assert {"hanazora", "torch", "av", "python"} <= set(data["versions"])


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "not valid JSON"), ("{}", "not a sidecar"), ("[]", "not a sidecar"),
     ('{"format": "hanazora.sidecar/1", "request": {"promt": "a"}}', "did you mean")],
)  # fmt: skip
def test_other_files_are_refused(tmp_path, text, message):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(UserError, match=message):
        read_request(tmp_path / "a.json")
    with pytest.raises(UserError, match="cannot read"):
        read_request(tmp_path / "absent.json")


def test_versions_are_known_where_packages_are_installed():
    assert versions()["torch"][0].isdigit()


def test_a_sidecar_takes_the_place_of_its_own_alone(tmp_path):
    video, picture = tmp_path / "a.mp4", tmp_path / "a.png"
    require_own_sidecar(video)
    sidecar_path(video).write_text(json.dumps({"format": "hanazora.sidecar/1", "request": {}}))
    require_own_sidecar(video)
    with pytest.raises(
        UserError, match=r"a\.json belongs to a video: .* a\.png .*; try .*a-2\.png"
    ):
        require_own_sidecar(picture)
    asked = {"verb": "picture"}
    sidecar_path(video).write_text(json.dumps({"format": "hanazora.sidecar/1", "request": asked}))
    require_own_sidecar(picture)
    with pytest.raises(UserError, match="belongs to a picture"):
        require_own_sidecar(video)


@pytest.mark.parametrize("text", ["", "[1]", '{"name": "package"}'])
def test_a_document_of_somebody_else_is_left_alone(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(UserError, match=r"a\.json is there: the sidecar of a\.mp4 has that name"):
        require_own_sidecar(tmp_path / "a.mp4")
    assert (tmp_path / "a.json").read_text() == text
