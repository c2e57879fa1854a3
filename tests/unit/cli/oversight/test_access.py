import pytest

from hanazora.cli.main import run
from hanazora.core.paths import bundled_model_dir
from hanazora.safety.access.evaluation import (
    Metric,
    SafetyReport,
    hash_model_directory,
    save_safety_report,
)
from hanazora.safety.access.tiers import load_access
from hanazora.safety.audit.log import open_audit_log
from hanazora.safety.database import database_path
from hanazora.safety.policy import load_policy
from hanazora.safety.redteam.campaigns import RedTeam


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HANAZORA_HOME", str(tmp_path))


def test_a_user_is_granted_and_shown(capsys):
    assert run(["access", "grant", "mika", "trusted", "--reviewer", "aki"]) == 0
    assert run(["access", "show", "mika"]) == 0
    assert "mika: trusted (invited artists)" in capsys.readouterr().out
    assert run(["audit", "export", "--event", "grant"]) == 0
    line = capsys.readouterr().out
    assert '"tier": "trusted"' in line and "mika" not in line


def test_tiers_are_shown_with_what_the_next_one_lacks(capsys):
    assert run(["access", "show"]) == 0
    shown = capsys.readouterr().out
    assert "redteam  open" in shown and "general  closed" in shown
    assert "before trusted opens:\n  prompt.recall >= 0.9: not measured" in shown


def test_a_tier_opens_after_the_figures_and_the_red_team(capsys):
    arguments = ["access", "promote", "trusted", "--reviewer", "aki"]
    assert run(arguments) == 2
    assert "not measured with this policy" in capsys.readouterr().err
    policy, model = load_policy(), hash_model_directory(bundled_model_dir())
    metrics = {
        gate.metric: Metric(value=1.0, num_cases=gate.min_cases)
        for gate in load_access()[0].promotions["trusted"].gates
    }
    save_safety_report(
        SafetyReport(policy_sha256=policy.sha256, model_sha256=model, metrics=metrics)
    )
    assert run(arguments) == 2
    assert "red team" in capsys.readouterr().err
    assert run(["redteam", "campaign", "spring"]) == 0
    team = RedTeam(database_path(), open_audit_log().key)
    for category in policy.categories:
        for tactic in ("plain", "metaphor", "disguise", "long-caption"):
            team.count("spring", category, tactic)
    assert run(arguments) == 0
    assert run(["access", "show"]) == 0
    assert "trusted  open" in capsys.readouterr().out
    assert run(["access", "promote", "gold", "--reviewer", "aki"]) == 2
