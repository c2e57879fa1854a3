from hanazora.safety.policy import STAGES, load_policy
from hanazora.safety.status import NOTHING, all_coverage, status_lines


def test_every_pair_of_stage_and_category_has_a_row():
    policy = load_policy()
    rows = status_lines(policy)
    assert len(rows) == len(STAGES) * len(policy.categories)
    said = {(stage, category): text for stage, category, text in rows}
    assert said["prompt", "violence"].startswith("terms")
    assert "people" in said["prompt", "known-people"]


def test_where_nothing_judges_the_status_says_nothing():
    policy = load_policy()
    covered = {(each.stage, each.category) for each in all_coverage(policy) if each.available}
    for stage, category, text in status_lines(policy):
        assert text.startswith(NOTHING) == ((stage, category) not in covered)
    assert ("frame", "known-people") not in covered
