import math

from hanazora.safety.findings import Finding, decide, decision_id
from hanazora.safety.policy import load_policy

SHA = "0" * 64


def judge(*findings, stage="upload", tier="general"):
    return decide(findings, load_policy(), stage, tier, SHA)


def test_nothing_found_is_allowed():
    verdict = judge()
    assert (verdict.action, verdict.category, verdict.findings) == ("allow", None, ())
    assert not verdict.blocked


def test_the_most_severe_action_decides_and_all_findings_are_kept():
    warned = Finding("unreadable", 1.0, "a")
    blocked = Finding("violence", 0.6, "b", (3, 5))
    verdict = judge(warned, blocked)
    assert (verdict.action, verdict.category, verdict.rule) == ("block", "violence", "b")
    assert verdict.span == (3, 5)
    assert verdict.findings == (blocked, warned)
    assert verdict.message
    assert verdict.blocked


def test_the_order_of_moderators_changes_nothing():
    first, second = Finding("violence", 0.6, "b"), Finding("sexual", 0.6, "a")
    assert judge(first, second) == judge(second, first)


def test_a_score_under_the_threshold_is_allowed_and_recorded():
    verdict = judge(Finding("violence", 0.49, "b"))
    assert verdict.action == "allow"
    assert verdict.message == ""
    assert len(verdict.findings) == 1


def test_a_score_that_is_no_number_counts_as_sure():
    assert judge(Finding("violence", math.nan, "b")).action == "block"


def test_a_held_input_waits_for_a_person():
    verdict = judge(Finding("likeness", 0.9, "faces"), tier="trusted")
    assert verdict.action == "hold"
    assert verdict.blocked


def test_the_id_depends_on_policy_stage_and_input_only():
    ids = {decision_id(p, s, i) for p in "ab" for s in ("prompt", "frame") for i in "cd"}
    assert len(ids) == 8
    assert judge().decision_id == judge(Finding("sexual", 1.0, "x")).decision_id
