import pytest

from hanazora.pipelines.detect.evidence import Evidence, conclude, missing, weaknesses


def manifest(state):
    return Evidence("manifest", "found", None, "", {"state": state, "manifest": "urn:1"})


def mark(name="urn:1", p_value=1e-9):
    return Evidence("watermark", "found", p_value, "", {"manifest": name, "mark_id": "7"})


def looks(*names):
    return Evidence("fingerprint", "found", 3e-4, "", {"manifests": list(names)})


CLASSIFIER = Evidence("classifier", "found", 0.01, "", {})
NOTHING = Evidence("watermark", "none", 0.3, "", {"manifest": ""})


@pytest.mark.parametrize(
    ("evidence", "conclusion"),
    [
        ([manifest("Trusted")], "proven"),
        ([manifest("Trusted"), mark(), looks("urn:1")], "proven"),
        ([mark(), looks("urn:1")], "very strong"),
        ([mark(), looks("urn:2", "urn:1")], "very strong"),
        ([mark(p_value=1e-3), looks("urn:1")], "supporting"),
        ([mark()], "supporting"),
        ([mark(name="")], "supporting"),
        ([looks("urn:1")], "supporting"),
        ([manifest("Valid")], "supporting"),
        ([manifest("Invalid")], "supporting"),
        ([CLASSIFIER], "supporting"),
        ([NOTHING, missing("manifest", "no library")], "none found"),
        ([], "none found"),
    ],
)
def test_pieces_are_put_on_one_scale(evidence, conclusion):
    assert conclude(evidence)[0] == conclusion


@pytest.mark.parametrize("evidence", [[mark()], [mark(), looks("urn:2")]])
def test_a_mark_that_was_moved_is_never_very_strong(evidence):
    conclusion, warnings = conclude(evidence)
    assert conclusion == "supporting"
    assert "may have been moved" in warnings[0]


def test_both_weaknesses_are_stated_with_rates(data):
    first, second = weaknesses(data)
    assert "flagged 1.0 % (95 % interval 0.0 to 3.0)" in first
    assert "not known" in first
    assert "removes the manifest from every file" in second
    assert "no rates" in weaknesses(None)[0]
