import json
from dataclasses import replace

import numpy as np
import pytest

from hanazora.core.documents import sha256_file
from hanazora.media.picture_files import write_picture
from hanazora.parallel.device import pick_device
from hanazora.pipelines.generate import TextToVideo
from hanazora.pipelines.publishing.gate import RefusedError
from hanazora.pipelines.publishing.uploads import find_origin, judge_uploads
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.sidecar import ModelInfo
from hanazora.pipelines.verbs.storyboard import storyboard_task
from hanazora.pipelines.verbs.tasks import (
    animate_task,
    connect_task,
    edit_task,
    extend_task,
    loop_task,
)
from hanazora.pipelines.way_out import Terms, publish
from hanazora.safety.database import database_path
from hanazora.safety.policy import Policy, load_policy
from hanazora.safety.review.takedown import TakedownList

REQUEST = GenerateRequest(prompt="a quiet pond", width=160, height=96, num_frames=9, seed=3)
MODEL = ModelInfo(name="petal")
POLICY = load_policy()


@pytest.fixture
def blind(tmp_path):
    """A policy with a required moderator that cannot run."""
    descriptor = (
        'name="x"\nmodel="absent.onnx"\nsha256="0"\n[[labels]]\nname="a"\ncategory="hate"\n'
    )
    (tmp_path / "x.toml").write_text(descriptor)
    return Policy(replace(POLICY.data, classifiers=("x.toml",)), POLICY.sha256, tmp_path)


@pytest.fixture(autouse=True)
def apart(monkeypatch, tmp_path):
    """Takedowns of one test must not reach another."""
    monkeypatch.setenv("HANAZORA_HOME", str(tmp_path / "home"))


@pytest.fixture
def own(tmp_path):
    # Rough enough for a mark: smooth shading takes next to none.
    coarse = np.random.default_rng(0).integers(60, 200, (9, 12, 20, 3)).astype(np.uint8)
    frames = np.kron(coarse, np.ones((1, 8, 8, 1), np.uint8))
    return publish([frames], REQUEST, MODEL, tmp_path / "own.mp4").path


@pytest.fixture
def picture(tmp_path):
    rng = np.random.default_rng(0)
    coarse = rng.integers(60, 200, (6, 8, 3)).astype(np.uint8)
    path = tmp_path / "given.png"
    write_picture(path, np.kron(coarse, np.ones((8, 8, 1), np.uint8)), "png")
    return path


def take_down(path):
    TakedownList(database_path()).add({"sha256": sha256_file(path)}, case=1, reviewer="ada")


def test_a_file_of_ours_is_known_by_its_manifest(own, picture):
    origin = find_origin(own, sha256_file(own), is_picture=False)
    sidecar = json.loads(own.with_suffix(".json").read_text())
    assert (origin.manifest, origin.own_mark) == ("Trusted", sidecar["provenance"]["mark_id"])
    stranger = find_origin(picture, sha256_file(picture), is_picture=True)
    assert (stranger.manifest, stranger.own_mark, stranger.is_taken_down) == ("none", "", False)


def test_a_harmless_clip_passes_and_the_record_says_where_it_is_from(own):
    result, verdict = judge_uploads(REQUEST, [own], POLICY, "general")
    assert result.state == "passed"
    assert "manifest Trusted" in result.detail
    assert verdict is None


def test_what_was_taken_down_is_refused_for_every_tier(own):
    take_down(own)
    for tier in ("general", "redteam"):
        result, verdict = judge_uploads(REQUEST, [own], POLICY, tier)
        assert result.state == "failed"
        assert verdict.category == "blocklist"


def test_a_moderator_that_cannot_run_blocks(own, tmp_path, clip, blind):
    result, _ = judge_uploads(REQUEST, [own], blind, "general")
    assert result.state == "error"
    with pytest.raises(RefusedError, match="upload_check"):
        publish([clip(9, 96, 160)], REQUEST, MODEL, tmp_path / "b.mp4", files=[own],
                terms=Terms(policy=blind))  # fmt: skip
    assert not (tmp_path / "b.mp4").exists()


def test_the_state_is_written_down(own, tmp_path, clip):
    published = publish([clip(9, 96, 160)], REQUEST, MODEL, tmp_path / "b.mp4", files=[own])
    sidecar = json.loads(published.sidecar_path.read_text())
    assert sidecar["checks"]["upload_check"]["state"] == "passed"
    off = Policy(
        replace(POLICY.data, checks={**POLICY.data.checks, "upload_check": "off"}),
        POLICY.sha256, POLICY.directory,
    )  # fmt: skip
    published = publish(
        [clip(9, 96, 160)], REQUEST, MODEL, tmp_path / "c.mp4", files=[own], terms=Terms(policy=off)
    )
    sidecar = json.loads(published.sidecar_path.read_text())
    assert sidecar["checks"]["upload_check"]["state"] == "skipped"


def test_every_verb_with_given_media_asks_before_it_begins(tiny_model, own, picture):
    take_down(own)
    take_down(picture)
    board = picture.with_name("board.toml")
    board.write_text('[[shots]]\nprompt = "a pond"\nseconds = 1\nimage = "given.png"\n')
    tasks = {
        "animate": animate_task("a pond", [(picture, 0.0)], seconds=1.0),
        "extend": extend_task(own, "", forward_s=1.0, prompt="a pond"),
        "connect": connect_task(own, own, "", seconds=1.0, prompt="a pond"),
        "loop": loop_task(own, "", seconds=1.0, prompt="a pond"),
        "edit": edit_task(own, "a pond at night", ""),
        "storyboard": storyboard_task(board),
    }
    pipeline = TextToVideo(tiny_model, "tiny", pick_device("cpu", "auto"))
    for verb, task in tasks.items():
        assert task.request.verb == verb
        with pytest.raises(RefusedError, match="upload_check"):
            pipeline.prepare(task.request, task.files)
