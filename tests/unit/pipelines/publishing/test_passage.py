import hashlib
from dataclasses import replace

import numpy as np
import pytest

from hanazora.pipelines.publishing.gate import Gate, RefusedError
from hanazora.pipelines.publishing.passage import Passage
from hanazora.pipelines.publishing.sealing import Origin
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.sidecar import ModelInfo
from hanazora.provenance.keys import load_keys
from hanazora.provenance.watermark import read_mark
from hanazora.safety.frame_filter import FrameFilter
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
    assert set(gate.checks) == {"watermark", "fingerprint"}


class Judge:
    """A moderator that calls frames brighter than its limit violent, or breaks."""

    name, categories, required, timeout_s = "judge", ("violence",), True, 30.0

    def __init__(self, limit=256, broken=False):
        self.limit, self.broken = limit, broken

    def judge(self, pictures):
        if self.broken:
            raise RuntimeError("broken")
        return [{"violence": float(picture.mean() > self.limit)} for picture in pictures]


def judged(gate, **settings):
    frame_filter = FrameFilter(gate.policy, "general", 8.0, [Judge(**settings)])
    return Passage(gate, origin(), frame_filter)


def grey(*levels):
    return [np.full((1, 32, 48, 3), level, np.uint8) for level in levels]


def test_a_frame_is_let_go_once_it_is_cleared(gate):
    taken = []

    def pieces():
        for piece in grey(*range(20, 52)):
            taken.append(piece)
            yield piece

    held = [len(taken) - number for number, _ in enumerate(judged(gate).take(pieces()), start=1)]
    assert len(held) == 32
    assert 0 < max(held) <= 4  # half a second at most
    assert gate.checks["frame_filter"].state == "passed"


def test_nothing_passes_after_a_no(gate):
    passed = []
    with pytest.raises(RefusedError, match="refused by frame_filter") as refusal:
        passed.extend(judged(gate, limit=100).take(grey(20, 20, 20, 20, 200, 200, 200, 200, 20)))
    assert all(piece.max() < 100 for piece in passed)
    assert len(passed) <= 4
    assert refusal.value.verdict.category == "violence"


def test_a_filter_that_breaks_stops_the_file_where_it_is_required(gate):
    with pytest.raises(RefusedError, match="it could not run and is required"):
        list(judged(gate, broken=True).take(grey(20, 21)))
    data = replace(gate.policy.data, checks={"frame_filter": "optional"})
    optional = Gate(Policy(data, gate.policy.sha256, gate.policy.directory))
    passed = list(judged(optional, broken=True).take(grey(20, 21)))
    assert sum(len(piece) for piece in passed) == 2
    assert optional.checks["frame_filter"].state == "error"
    assert any("frame_filter could not run" in line for line in optional.warnings)


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
    reading = read_mark(passed, 8, [load_keys().mark], known_ids=(origin().mark_id,))
    assert reading.mark_id == origin().mark_id


def test_a_policy_may_leave_the_mark_out(gate, textured):
    data = replace(gate.policy.data, checks={"watermark": "off"})
    off = Gate(Policy(data, gate.policy.sha256, gate.policy.directory))
    assert (np.concatenate(list(way(off).take([textured]))) == textured).all()
    assert off.checks["watermark"].state == "skipped"
