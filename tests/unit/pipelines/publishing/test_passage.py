import hashlib
from dataclasses import replace

import numpy as np
import pytest

from hanazora.core.checks import CheckResult
from hanazora.pipelines.publishing import passage
from hanazora.pipelines.publishing.gate import Gate, RefusedError
from hanazora.pipelines.publishing.passage import Passage
from hanazora.pipelines.publishing.sealing import Origin
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.sidecar import ModelInfo
from hanazora.provenance.keys import load_keys
from hanazora.provenance.watermark import read_mark
from hanazora.safety.policy import Policy, load_policy

REQUEST = GenerateRequest(prompt="x", width=48, height=32, num_frames=5)


@pytest.fixture
def textured():
    return np.random.default_rng(0).integers(60, 190, (3, 96, 160, 3), np.uint8)


@pytest.fixture
def gate():
    return Gate(load_policy())


def origin():
    return Origin(request=REQUEST, model=ModelInfo(name="m"), keys=load_keys())


def way(gate):
    return Passage(gate, origin())


def test_frames_are_hashed_as_they_were_made(gate, clip):
    frames, passing = clip(), way(gate)
    passed = np.concatenate(list(passing.take([frames[:3], frames[3:]])))
    assert passed.shape == frames.shape
    assert passing.frames_sha256 == hashlib.sha256(frames.tobytes()).hexdigest()
    assert passing.looks().hashes.shape[0] == 2
    assert set(gate.checks) == {"frame_filter", "watermark", "fingerprint"}


def test_nothing_passes_after_a_no(gate, clip, monkeypatch):
    answers = iter([CheckResult("passed"), CheckResult("failed", "no")])
    monkeypatch.setattr(passage, "check_frames", lambda _: next(answers))
    passed = []
    with pytest.raises(RefusedError):
        passed.extend(way(gate).take([clip(2), clip(2), clip(2)]))
    assert len(passed) == 1


def test_a_policy_may_leave_the_fingerprint_out(gate, clip):
    data = replace(gate.policy.data, checks={"fingerprint": "off"})
    off = Gate(Policy(data, gate.policy.sha256, gate.policy.directory))
    passing = way(off)
    list(passing.take([clip()]))
    assert passing.looks() is None


def test_the_mark_of_the_origin_is_in_the_frames(gate, textured):
    frames, passing = textured, way(gate)
    passed = np.concatenate(list(passing.take([frames[:2], frames[2:]])))
    assert gate.checks["watermark"].state == "passed"
    reading = read_mark(passed, 8, [load_keys().mark])
    assert reading.mark_id == origin().mark_id


def test_a_policy_may_leave_the_mark_out(gate, textured):
    data = replace(gate.policy.data, checks={"watermark": "off"})
    off = Gate(Policy(data, gate.policy.sha256, gate.policy.directory))
    assert (np.concatenate(list(way(off).take([textured]))) == textured).all()
    assert off.checks["watermark"].state == "skipped"
