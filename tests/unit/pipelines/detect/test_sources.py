import numpy as np
import pytest

from hanazora.core.errors import UserError
from hanazora.media.encode import write_video
from hanazora.pipelines.detect.looking import Looked
from hanazora.pipelines.detect.sources import (
    FALSE_MATCH_RATE,
    Tools,
    from_classifier,
    from_fingerprint,
    from_manifest,
    from_mark,
)
from hanazora.provenance.fingerprint import Fingerprinter, fingerprint
from hanazora.provenance.keys import load_keys
from hanazora.provenance.ledger import Entry, Ledger
from hanazora.provenance.watermark import Watermarker


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path / "ledger.sqlite")


@pytest.fixture
def tools(ledger, classifier):
    return Tools(classifier=lambda: classifier, ledger=lambda: ledger)


def looked_at(frames, fps=8.0):
    taker = Fingerprinter(fps)
    taker.see(frames)
    return Looked(frames, fps, taker.searched())


def test_a_file_without_a_manifest_has_none(tmp_path, clip):
    path = tmp_path / "a.mp4"
    write_video(path, clip(3, 32, 32), fps=8)
    found = from_manifest(path)
    assert found.state in ("none", "not_available")  # the second where the library is not installed


def test_a_fingerprint_leads_to_the_ledger(ledger, tools, clip):
    frames = clip(8, 64, 80)
    assert from_fingerprint(looked_at(frames), tools).state == "none"
    ledger.add(Entry("urn:1", b"", 7, fingerprint(frames, 8.0), "p"))
    found = from_fingerprint(looked_at(frames), tools)
    assert found.state == "found" and found.facts["manifests"] == ["urn:1"]
    assert found.p_value == pytest.approx(FALSE_MATCH_RATE)


def test_a_mark_leads_to_the_ledger(ledger, tools):
    y, x = np.mgrid[0:192, 0:320]
    plane = 120 + 40 * np.sin(x / 23) + 30 * np.cos(y / 17)
    frames = np.repeat(np.stack([plane] * 3, axis=-1)[None], 8, axis=0).astype(np.uint8)
    unmarked = from_mark(looked_at(frames), tools, deep=False)
    assert unmarked.state == "none" and unmarked.p_value > 1e-6
    marked = Watermarker(load_keys().mark, 0xABCDE, 192, 320).embed(frames, 0)
    found = from_mark(looked_at(marked), tools, deep=False)
    assert found.state == "found" and found.p_value <= 1e-6
    assert found.facts["manifest"] == ""
    ledger.add(Entry("urn:1", b"", 0xABCDE, fingerprint(marked, 8.0), "p"))
    assert from_mark(looked_at(marked), tools, deep=False).facts["manifest"] == "urn:1"


def test_the_classifier_says_when_it_does_not_apply(tools, clip):
    assert from_classifier(looked_at(clip(3, 96, 80)), tools).state == "not_applicable"
    answer = from_classifier(looked_at(clip(9, 96, 80)), tools)
    assert answer.state in ("found", "none", "not_applicable") and "score" in answer.facts


def test_what_cannot_run_costs_only_its_own_evidence(clip):
    def broken():
        raise UserError("the classifier is gone")

    answer = from_classifier(looked_at(clip(9, 96, 80)), Tools(classifier=broken))
    assert (answer.state, answer.p_value) == ("not_available", None)
    assert "the classifier is gone" in answer.detail
