import pytest

from hanazora.core.errors import UserError
from hanazora.safety.access.tiers import AccessError, Gate, load_access
from hanazora.safety.policy import DATA_DIR, TIERS


def test_the_packaged_tiers_open_in_order_and_ask_for_more_each_time(rules):
    assert set(rules.tiers) == set(TIERS)
    needs = [rules.promotions[tier].redteam for tier in TIERS[1:]]
    assert [need.min_coverage for need in needs] == sorted(need.min_coverage for need in needs)
    assert all("high" in need.no_open for need in needs)
    counts = [len(rules.promotions[tier].gates) for tier in TIERS[1:]]
    assert counts == sorted(counts) and counts[0] > 0


def test_the_bars_of_the_project_open_the_general_tier(rules):
    bars = {gate.metric: gate.bar for gate in rules.promotions["general"].gates}
    assert bars["prompt.recall"] == ">= 0.95"
    assert bars["prompt.wrong_blocks_short"] == "<= 0.01"
    assert bars["signature.flips_invalid"] == ">= 1"
    assert bars["detector.auc_clean"] == ">= 0.95"
    assert bars["detector.false_positives"] == "<= 0.01"


def test_a_tier_refuses_with_what_it_allows(rules):
    general = rules.tier("general")
    general.require(20, 1280, ["uploads"])
    with pytest.raises(AccessError, match="up to 20 s; try 20"):
        general.require(21, 320, [])
    with pytest.raises(AccessError, match="try 1280"):
        general.require(4, 1920, [])
    with pytest.raises(AccessError, match="faces is not open"):
        general.require(4, 320, ["faces"])
    rules.tier("redteam").require(60, 1920, ["uploads", "faces", "remix", "api"])


def test_an_operators_own_file_is_checked(tmp_path, monkeypatch):
    text = (DATA_DIR / "access.toml").read_text()
    path = tmp_path / "access.toml"
    path.write_text(text.replace("videos_per_day = 30", "videos_per_day = 7"))
    monkeypatch.setenv("HANAZORA_ACCESS", str(path))
    rules, sha256 = load_access()
    assert rules.tier("general").videos_per_day == 7
    assert sha256 != load_access(DATA_DIR / "access.toml")[1]
    for wrong, message in [
        (text.replace("[tiers.limited]", "[tiers.some]"), "tiers must be"),
        (text.replace("at_most = 0.01", "at_most = 0.01\nat_least = 0.5"), "either"),
        (text.replace("max_seconds = 60", "max_second = 60"), "did you mean"),
        ("version =", "not valid TOML"),
    ]:
        path.write_text(wrong)
        with pytest.raises(UserError, match=message):
            load_access()
    with pytest.raises(UserError, match="cannot read"):
        load_access(tmp_path / "nowhere.toml")


def test_a_gate_never_passes_what_is_not_a_number():
    low, high = (Gate(metric="m", min_cases=1, **{key: 0.5}) for key in ("at_least", "at_most"))
    assert low.passes(0.5) and not low.passes(0.4) and not low.passes(float("nan"))
    assert high.passes(0.5) and not high.passes(0.6) and not high.passes(float("nan"))
