import pytest

from hanazora.safety.access.evaluation import Metric, SafetyReport
from hanazora.safety.access.promotion import Promoter
from hanazora.safety.access.tiers import AccessError
from hanazora.safety.audit.verification import read_records
from hanazora.safety.policy import load_policy
from hanazora.safety.redteam.tactics import load_tactics

POLICY = load_policy()


def passing(rules, tier):
    """A report in which every figure of a tier is exactly at its bar."""
    metrics = {
        gate.metric: Metric(
            value=gate.at_least if gate.at_most is None else gate.at_most, num_cases=gate.min_cases
        )
        for gate in rules.promotions[tier].gates
    }
    return SafetyReport(policy_sha256=POLICY.sha256, model_sha256="model", metrics=metrics)


@pytest.fixture
def covered(redteam):
    """A campaign that tried every cell often enough for every tier."""
    redteam.start("spring", POLICY.sha256, "model")
    for category in POLICY.categories:
        for tactic in load_tactics().tactics:
            redteam.count("spring", category, tactic, 5)
    return redteam


@pytest.fixture
def promoter(store, redteam, rules):
    def build(*tiers, model="model"):
        reports = [passing(rules, tier) for tier in tiers]
        return Promoter(store, redteam, reports, POLICY, model)

    return build


def test_a_tier_opens_when_everything_is_there(promoter, covered, log):
    one = promoter("trusted")
    assert one.readiness("trusted").missing == []
    one.promote("trusted", log, "aki")
    assert one.next_tier() == "limited"
    (record,) = read_records(log)
    assert (record["event"], record["tier"], record["reviewer"]) == ("promotion", "trusted", "aki")
    assert record["scores"]["signature.trusted"] == 1.0


def test_without_a_report_it_stays_closed(promoter, covered, log):
    with pytest.raises(AccessError, match="prompt.recall >= 0.9: not measured"):
        promoter().promote("trusted", log, "aki")
    assert list(read_records(log)) == []
    assert promoter().next_tier() == "trusted"


def test_a_report_of_another_model_opens_nothing(promoter, covered, log):
    assert len(promoter("trusted", model="another").readiness("trusted").missing) == 4


def test_without_red_team_work_it_stays_closed(promoter, log):
    assert promoter("trusted").readiness("trusted").missing == [
        "red team: 0% of the cells have 1 tries, 25% needed"
    ]


@pytest.mark.parametrize(("severity", "blocks"), [("high", True), ("low", False)])
def test_an_open_high_finding_keeps_it_closed(promoter, covered, severity, blocks):
    number = covered.find("spring", "violence", "metaphor", severity, repro="words")
    assert bool(promoter("trusted").readiness("trusted").missing) == blocks
    covered.set_status(number, "fixed", "aki")
    assert promoter("trusted").readiness("trusted").missing == []


def test_tiers_open_in_order_and_once(promoter, covered, log):
    one = promoter("trusted", "limited", "general")
    with pytest.raises(AccessError, match="in order; try trusted"):
        one.promote("general", log, "aki")
    for tier in ("trusted", "limited", "general"):
        one.promote(tier, log, "aki")
    assert one.next_tier() is None
    with pytest.raises(AccessError, match="is open"):
        one.promote("general", log, "aki")
