import hashlib
import json
import os
import socket
import sys
from dataclasses import replace

import numpy as np
import pytest

from hanazora.core.checks import CheckResult
from hanazora.core.errors import OutputError, UserError
from hanazora.media.probe import probe
from hanazora.pipelines import way_out
from hanazora.pipelines.publishing import passage, sealing
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.sidecar import ModelInfo
from hanazora.pipelines.way_out import (
    RefusedError,
    Terms,
    admit,
    publish,
    publish_picture,
    require_output_path,
)
from hanazora.provenance.keys import load_keys
from hanazora.provenance.ledger import open_ledger
from hanazora.provenance.verify import read_verification
from hanazora.provenance.watermark import Watermarker
from hanazora.safety.policy import Policy, load_policy
from hanazora.safety.prompt_filter import Judged

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
        "prompt_filter", "frame_filter", "watermark", "fingerprint", "signature", "verification",
    }  # fmt: skip
    assert published.warnings == []
    assert published.checks["verification"] == ("passed", "Trusted")
    assert read_verification(published.path, load_keys().anchors).state == "Trusted"


@pytest.mark.parametrize("suffix", [".mp4", ".png", ".jpg", ".webp"])
def test_no_output_tells_the_prompt_or_a_place(tmp_path, clip, suffix):
    place = tmp_path / "moonlit-cellar"
    place.mkdir()
    given = publish([clip(5, 33, 47)], REQUEST, MODEL, place / "orchid.mp4").path
    request = replace(
        REQUEST, expanded_prompt="a walled garden at twilight", negative_prompt="hailstones"
    )
    path = place / f"violet{suffix}"
    if suffix == ".mp4":
        published = publish([clip(5, 33, 47)], request, MODEL, path, files=[given])
    else:
        still = replace(request, num_frames=1, verb="picture")
        published = publish_picture(clip(1, 33, 47)[0], still, MODEL, path, files=[given])
    data = published.path.read_bytes().lower()
    private = ["secret", "garden", "twilight", "hailstones", "moonlit", "orchid", "violet"]
    private += [str(tmp_path), *(name for name in [socket.gethostname()] if len(name) > 4)]
    for word in private:
        for form in (word.lower().encode(), word.lower().encode("utf-16-le")):
            assert form not in data, word
    assert str(tmp_path) not in published.sidecar_path.read_text()


def test_the_same_frames_are_the_same_file_and_sidecar(tmp_path, clip):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        publish([clip(5, 33, 47)], REQUEST, MODEL, tmp_path / name / "v.mp4")
    for name in ("v.mp4", "v.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


class StubFilter:
    """Lets every frame by and says at the end what it was told to say."""

    is_blocked, verdict = False, None

    def __init__(self, result):
        self.result, self.seen, self.num_cleared = result, [], 0

    def see(self, frames, first_frame):
        self.seen.append(len(frames))
        self.num_cleared = first_frame + len(frames)

    def finish(self):
        return self.result


PLACES = {
    "check_texts": way_out,
    "_frame_filter": way_out,
    "Watermarker": passage,
    "sign_file": sealing,
    "verify_file": sealing,
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("state", ["failed", "error"])
def test_every_place_can_stop_the_file(tmp_path, clip, monkeypatch, place, state):
    no = CheckResult(state, "not this one")

    class Refusing(Watermarker):
        def check(self):
            return no

    answers = {"check_texts": Judged(no, {}), "_frame_filter": StubFilter(no)}

    def answer(*_, **__):
        if place == "sign_file":
            kind = sealing.SigningError if state == "failed" else sealing.LibraryMissingError
            raise kind("not this one")
        return answers.get(place, no)

    monkeypatch.setattr(PLACES[place], place, Refusing if place == "Watermarker" else answer)
    with pytest.raises(RefusedError, match="not this one"):
        publish([clip(5, 33, 47)], REQUEST, MODEL, tmp_path / "a.mp4")
    assert os.listdir(tmp_path) == []


def allowing(**checks):
    policy = load_policy()
    return Terms(
        policy=Policy(replace(policy.data, checks=checks), policy.sha256, policy.directory)
    )


def test_a_machine_that_cannot_sign_says_so_aloud(tmp_path, clip, monkeypatch):
    monkeypatch.setitem(sys.modules, "c2pa", None)
    with pytest.raises(RefusedError, match="refused by signature: it could not run and is req"):
        publish([clip(5, 33, 47)], REQUEST, MODEL, tmp_path / "a.mp4")
    with pytest.raises(RefusedError, match="refused by signature"):
        require_output_path(tmp_path / "a.mp4")
    assert os.listdir(tmp_path) == []
    terms = allowing(signature="optional")
    published = publish([clip(5, 33, 47)], REQUEST, MODEL, tmp_path / "a.mp4", terms=terms)
    assert "the file is NOT signed" in published.warnings
    sidecar = json.loads(published.sidecar_path.read_text())
    assert sidecar["checks"]["signature"]["state"] == "error"
    assert sidecar["checks"]["verification"]["state"] == "skipped"
    assert probe(published.path).num_frames == 5
    assert open_ledger().get(published.manifest_id).manifest == b""


def test_what_the_policy_leaves_out_is_written_down(tmp_path, clip):
    terms = allowing(signature="off", fingerprint="off")
    published = publish([clip(5, 33, 47)], REQUEST, MODEL, tmp_path / "a.mp4", terms=terms)
    assert published.checks["signature"].state == "skipped"
    assert published.checks["fingerprint"].state == "skipped"
    assert published.warnings == ["the file is NOT signed: the policy leaves the signature out"]


def test_every_frame_passes_the_filter_and_the_watermark(tmp_path, clip, monkeypatch):
    marked = []
    frame_filter = StubFilter(CheckResult("passed"))
    monkeypatch.setattr(way_out, "_frame_filter", lambda *_: frame_filter)

    class Recording(Watermarker):
        def embed(self, frames, first_frame):
            marked.append(first_frame)
            return super().embed(frames, first_frame)

    monkeypatch.setattr(passage, "Watermarker", Recording)
    frames = clip(5, 33, 47)
    publish([frames[:2], frames[2:4], frames[4:]], REQUEST, MODEL, tmp_path / "a.mp4")
    assert (frame_filter.seen, marked) == ([2, 2, 1], [0, 2, 4])


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_a_picture_takes_the_same_way(tmp_path, clip, suffix):
    request = replace(REQUEST, num_frames=1, verb="picture")
    path = tmp_path / f"a{suffix}"
    require_output_path(path, suffixes=(suffix,))
    published = publish_picture(clip(1, 33, 47)[0], request, MODEL, path)
    assert read_verification(path, load_keys().anchors).state == "Trusted"
    assert json.loads(published.sidecar_path.read_text())["video"]["num_frames"] == 1
    assert b"secret garden" not in path.read_bytes()
    assert open_ledger().get(published.manifest_id)


def test_what_was_given_is_named(tmp_path, clip):
    request = replace(REQUEST, verb="connect")
    first = publish([clip(5, 33, 47)], REQUEST, MODEL, tmp_path / "first.mp4").path
    published = publish([clip(5, 33, 47)], request, MODEL, tmp_path / "b.mp4", files=[first, first])
    found = read_verification(published.path, load_keys().anchors)
    assert found.state == "Trusted"
    assert {one.relationship for one in found.manifests[0].given} == {"parentOf", "componentOf"}
    assert len(found.manifests) == 2


def test_the_audit_log_knows_what_left_and_what_did_not(tmp_path, clip, monkeypatch, home):
    published = publish([clip(5, 33, 47)], REQUEST, MODEL, tmp_path / "a.mp4")
    refusing = StubFilter(CheckResult("failed", "no"))
    monkeypatch.setattr(way_out, "_frame_filter", lambda *_: refusing)
    with pytest.raises(RefusedError):
        publish([clip(5, 33, 47)], REQUEST, MODEL, tmp_path / "b.mp4")
    log = "".join(path.read_text() for path in sorted((home / "audit").glob("*.jsonl")))
    *_, left, refused = [json.loads(line) for line in log.splitlines()]
    assert (left["event"], left["manifest_id"]) == ("published", published.manifest_id)
    assert (refused["event"], refused["rule"]) == ("decision", "frame_filter")
    assert "secret garden" not in log


def test_the_prompt_can_be_proven_and_not_be_guessed(tmp_path, clip):
    published = publish([clip(5, 33, 47)], REQUEST, MODEL, tmp_path / "a.mp4")
    said = json.loads(published.sidecar_path.read_text())["provenance"]
    proof = hashlib.sha256(bytes.fromhex(said["prompt_salt"]) + b"secret garden").hexdigest()
    assert said["prompt_hash"] == proof
    assert said["prompt_salt"].encode() not in published.path.read_bytes()
    facts = read_verification(published.path, load_keys().anchors).manifests[0]
    assert facts.generation["prompt_hash"] == proof
    assert facts.label == said["manifest"] == published.manifest_id
    frames = hashlib.sha256(clip(5, 33, 47).tobytes()).hexdigest()
    assert said["frames_sha256"] == frames


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
    with pytest.raises(UserError, match=r"must end in .mp4; try .*a\.mp4"):
        require_output_path(tmp_path / "a.gif")
    with pytest.raises(OutputError, match="does not exist"):
        require_output_path(tmp_path / "no" / "a.mp4")
    require_output_path(tmp_path / "a.mp4")
    assert os.listdir(tmp_path) == []
    (tmp_path / "a.json").write_text("{}")
    for act in (require_output_path, lambda path: publish([], REQUEST, MODEL, path)):
        with pytest.raises(UserError, match="the sidecar of a.mp4 has that name"):
            act(tmp_path / "a.mp4")


def test_admission_states_what_ran():
    assert admit(REQUEST)["prompt_filter"].state == "passed"
