from hanazora.pipelines.expander.reading.english_clause import EnglishClause, Expected
from hanazora.pipelines.expander.reading.tokens import Token


def test_a_clause_begins_with_nothing_read():
    clause = EnglishClause()
    assert clause.topic == [] and clause.last is None and clause.expected is None
    assert not any([clause.stopped, clause.companion, clause.noun_open, clause.being])


def test_two_clauses_do_not_share_their_topics():
    one, other = EnglishClause(), EnglishClause()
    one.topic.append(0)
    one.expected = Expected(0, Token("action", "follow", "follows"))
    assert other.topic == [] and other.expected is None
