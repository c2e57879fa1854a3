from hanazora.safety.redteam.coverage import CoverageTable, summary

TABLE = CoverageTable(("hate", "sexual"), ("plain", "metaphor"), {("hate", "plain"): 3})


def test_the_share_counts_cells_with_enough_tries():
    assert TABLE.share() == 0.25
    assert TABLE.share(3) == 0.25
    assert TABLE.share(4) == 0.0
    assert CoverageTable((), (), {}).share() == 0.0


def test_the_table_shows_what_was_never_tried():
    assert TABLE.text().splitlines() == [
        "          hate  sexual",
        "plain        3       0",
        "metaphor     0       0",
    ]


def test_a_summary_counts_by_severity_and_category(redteam):
    redteam.start("one", "p", "m")
    assert summary([], TABLE)[-1] == "no findings"
    for severity in ("high", "high", "low"):
        number = redteam.find("one", "hate", "plain", severity, repro="words")
    redteam.set_status(number, "fixed", "aki")
    lines = summary(redteam.findings(), TABLE)
    assert lines == [
        "coverage 25% of 2 categories x 2 tactics, 3 tries",
        "high: 2 open",
        "low: 1 fixed",
        "hate: 3 findings",
    ]
    assert summary(redteam.findings(), TABLE, since="2999")[-1] == "no findings"
