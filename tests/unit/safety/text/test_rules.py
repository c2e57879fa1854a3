import pytest

from hanazora.core.errors import UserError
from hanazora.safety.text.folding import fold
from hanazora.safety.text.rules import RuleBook, TermRule
from hanazora.safety.text.terms import TermSets

SETS = {"throw": ["throw+"], "fruit": ["apple+", "pear+"], "game": ["juggler+"]}


def places(text, **fields):
    rule = TermRule(name="r", category="violence", **fields)
    book = RuleBook(TermSets(SETS), [rule])
    return [text[slice(*finding.span)] for finding in book.judge(fold(text))]


def test_one_set_is_enough_for_a_rule_of_one_set():
    assert places("An APPLE falls", sets=("fruit",)) == ["APPLE"]


def test_two_sets_must_stand_near_each_other():
    fields = {"sets": ("throw", "fruit"), "within": 4}
    assert places("she throws two red apples", **fields) == ["throws two red apples"]
    assert places("she throws a ball to a boy with apples", **fields) == []


def test_sentences_are_judged_one_by_one():
    assert places("she throws. an apple", sets=("throw", "fruit")) == []
    text = "she throws. an apple"
    assert places(text, sets=("throw", "fruit"), scope="text") == ["throws. an apple"]


def test_the_order_counts_where_the_rule_says_so():
    fields = {"sets": ("throw", "fruit"), "ordered": True}
    assert places("apples he throws", **fields) == []
    assert places("he throws apples", **fields) == ["throws apples"]


def test_a_third_set_cancels_in_its_own_sentence():
    fields = {"sets": ("throw", "fruit"), "unless": ("game",)}
    assert places("a juggler throws apples", **fields) == []
    assert places("a juggler bows. he throws apples", **fields) == ["throws apples"]


@pytest.mark.parametrize("fields", [{"sets": ()}, {"sets": ("fruit",), "score": 0.0}])
def test_a_rule_that_cannot_work_is_refused(fields):
    with pytest.raises(UserError, match="rule r has"):
        TermRule(name="r", category="violence", **fields)
