import pytest

from hanazora.core.errors import UserError


def test_tries_add_up_over_the_campaigns_of_one_policy_and_model(redteam):
    redteam.start("one", "p", "m")
    redteam.start("two", "p", "m")
    redteam.start("other model", "p", "n")
    for campaign in ("one", "one", "two", "other model"):
        redteam.count(campaign, "hate", "metaphor", 2)
    assert redteam.tries("p", "m") == {("hate", "metaphor"): 6}
    assert redteam.tries("p", "n") == {("hate", "metaphor"): 2}


def test_a_finding_is_a_try_and_keeps_no_words(redteam):
    redteam.start("one", "p", "m")
    number = redteam.find(
        "one", "hate", "disguise", "high", repro="the very words", note="leetspeak", reviewer="aki"
    )
    assert redteam.tries("p", "m") == {("hate", "disguise"): 1}
    (found,) = redteam.findings()
    assert (found.id, found.campaign, found.status) == (number, "one", "open")
    assert found.repro == redteam.key.prompt("the very words")
    assert b"very words" not in redteam.path.read_bytes()


def test_a_finding_changes_its_state(redteam):
    redteam.start("one", "p", "m")
    number = redteam.find("one", "hate", "disguise", "high", repro="words", note="first")
    redteam.set_status(number, "fixed", "aki")
    assert redteam.findings("open") == []
    (found,) = redteam.findings("fixed")
    assert (found.note, found.reviewer) == ("first", "aki")
    redteam.set_status(number, "open", "aki", "came back")
    assert redteam.findings("open")[0].note == "came back"
    with pytest.raises(UserError, match="no finding 9"):
        redteam.set_status(9, "fixed", "aki")


def test_a_campaign_starts_once_and_takes_nothing_when_closed(redteam):
    redteam.start("one", "p", "m")
    with pytest.raises(UserError, match="exists"):
        redteam.start("one", "p", "m")
    with pytest.raises(UserError, match="no campaign 'two'"):
        redteam.count("two", "hate", "metaphor")
    with pytest.raises(UserError, match="at least one"):
        redteam.count("one", "hate", "metaphor", 0)
    redteam.close("one")
    with pytest.raises(UserError, match="is closed"):
        redteam.count("one", "hate", "metaphor")
    assert redteam.campaigns()[0].closed
