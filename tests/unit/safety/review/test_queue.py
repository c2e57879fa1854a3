import pytest

from hanazora.core.errors import UserError
from hanazora.safety.audit.verification import read_records, verify_log
from hanazora.safety.review.labels import read_labels
from hanazora.safety.review.takedown import TakedownList


def test_an_appeal_that_is_right_becomes_a_label(queue):
    case = queue.appeal("d1", "it is about the beach", "a crab shell")
    assert (case.kind, case.category, case.stage) == ("appeal", "violence", "prompt")
    assert queue.cases() == [case]
    decided = queue.decide(case.id, "overturned", "aki", "context missed")
    assert (decided.outcome, decided.reviewer) == ("overturned", "aki")
    assert queue.cases() == [] and queue.cases(only_open=False) == [decided]
    (label,) = read_labels(queue.labels_path)
    assert (label.label, label.prompt, label.decision_id) == ("harmless", "a crab shell", "d1")


def test_only_the_prompt_that_was_judged_is_taken(queue):
    with pytest.raises(UserError, match="not the one that was judged"):
        queue.appeal("d1", "it is harmless", "something else")
    assert queue.appeal("d1", "it is harmless").prompt == ""


def test_only_a_block_can_be_appealed(queue):
    for unknown in ("d2", "d3"):
        with pytest.raises(UserError, match="no block"):
            queue.appeal(unknown, "why")


def test_the_same_is_said_once(queue):
    queue.appeal("d1", "why")
    with pytest.raises(UserError, match="case 1 is open"):
        queue.appeal("d1", "why again")
    queue.decide(1, "upheld", "aki")
    assert queue.appeal("d1", "but why").id == 2
    assert read_labels(queue.labels_path)[0].label == "harmful"


def test_a_report_can_take_a_video_down(queue):
    subjects = {"sha256": "ab", "manifest": "urn:1"}
    case = queue.report(subjects, "it shows my face", "likeness")
    queue.decide(case.id, "removed", "aki")
    takedowns = TakedownList(queue.path)
    assert takedowns.find({"manifest": "urn:1"}).case == case.id
    dismissed = queue.report({"sha256": "cd"}, "I do not like it")
    queue.decide(dismissed.id, "dismissed", "aki")
    assert takedowns.find({"sha256": "cd"}) is None
    assert [label.label for label in read_labels(queue.labels_path)] == ["harmful"]


def test_a_decision_is_made_once_by_somebody_and_fits_the_case(queue):
    number = queue.appeal("d1", "why").id
    with pytest.raises(UserError, match="upheld or overturned"):
        queue.decide(number, "removed", "aki")
    with pytest.raises(UserError, match="no reviewer"):
        queue.decide(number, "upheld", " ")
    queue.decide(number, "upheld", "aki")
    with pytest.raises(UserError, match="is decided"):
        queue.decide(number, "overturned", "aki")
    with pytest.raises(UserError, match="no case 9"):
        queue.decide(9, "upheld", "aki")


def test_a_reason_is_needed(queue):
    for reason in ("  ", "x" * 5000):
        with pytest.raises(UserError, match="1 to 4000"):
            queue.appeal("d1", reason)
    with pytest.raises(UserError, match="names no file"):
        queue.report({}, "why")


def test_every_step_is_in_the_audit_log_without_words(queue):
    case = queue.appeal("d1", "a very private reason", "a crab shell")
    queue.decide(case.id, "overturned", "aki", "a private note")
    events = [(record["event"], record["action"]) for record in read_records(queue.log)]
    assert events[2:] == [("appeal", "opened"), ("review", "overturned")]
    assert verify_log(queue.log).ok
    written = b"".join(path.read_bytes() for path in queue.log.directory.iterdir())
    assert b"private" not in written and b"crab" not in written
