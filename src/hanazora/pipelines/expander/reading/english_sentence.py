"""An English prompt while it is read: the tokens, the clause they stand in, the draft so far.

The handlers of `english_nouns`, `english_verbs`, `english_picture` and `english_small_words` each
read one token of it.
"""

from collections.abc import Sequence

from hanazora.pipelines.expander.reading.draft import Modifiers
from hanazora.pipelines.expander.reading.english_clause import EnglishClause
from hanazora.pipelines.expander.reading.reader import MODIFIERS, NOUNS, Reader
from hanazora.pipelines.expander.reading.tokens import UNKNOWN, Token

ELSEWHERE = "elsewhere"
"""A place beside something that captions never tell: "inside", "between"."""
_SILENT = frozenset({"glue", "a", "the", "with", "in", "that", "be", "or"})


class EnglishSentence(Reader[Token]):
    """What the handlers share.

    Attributes:
        clause: where in the clause the reader stands.
        modifiers: adjectives and numbers whose noun was not read yet.
    """

    def __init__(self, tokens: Sequence[Token]) -> None:
        super().__init__(tokens)
        self.clause = EnglishClause()
        self.modifiers = Modifiers()

    def word_after(self) -> Token | None:
        """Return the next token that is not a mere article or preposition."""
        return _first_loud(self.tokens[self.place + 1 :])

    def word_before(self) -> Token | None:
        """Return the last token that was not a mere article or preposition."""
        return _first_loud(self.tokens[: self.place][::-1])

    def noun_follows(self) -> bool:
        """Say whether a noun is the very next token: "a red-coated woman"."""
        after = self.peek()
        return after is not None and after.tag in NOUNS

    def noun_is_near(self) -> bool:
        """Say whether the noun of the words read so far is still to come."""
        for token in self.tokens[self.place + 1 : self.place + 5]:
            if token.tag in NOUNS:
                return True
            is_glue = token.is_a("word", "glue")
            if token.tag not in MODIFIERS | {UNKNOWN, "style", "place"} and not is_glue:
                return False
        return False

    def ignore_modifiers(self) -> None:
        """Report the words of a noun that does not come."""
        if not self.noun_is_near():
            self.draft.ignore(*self.modifiers.take())
            self.clause.noun_open = False

    def fulfil(self, index: int) -> None:
        """Give the noun that a verb or a preposition waits for."""
        expected = self.clause.expected
        assert expected is not None
        self.clause.expected = None
        subject, sources = self.draft.subjects[expected.subject], self.draft.sources
        if expected.relation is not None and expected.relation.value == ELSEWHERE:
            self.draft.ignore(expected.relation)
            return
        if expected.relation is not None:
            subject.relation = (expected.relation.value, index)
            sources[expected.subject, "relation"] = expected.relation
            return
        if expected.action is not None:
            subject.action = expected.action
            sources[expected.subject, "action"] = expected.source
        subject.target = index
        sources[expected.subject, "target"] = expected.source

    def join(self) -> None:
        """Go on after an "and" or a comma."""
        self.end_phrase()
        self.clause.joined = True
        self.clause.companion = False

    def end_phrase(self) -> None:
        """Close what is open: "the ball is red" has no noun after its adjective."""
        clause, left = self.clause, self.modifiers.take()
        if clause.being and clause.topic:
            for token in left:
                self.draft.modify(clause.topic[0], token)
        else:
            self.draft.ignore(*left)
        expected = clause.expected
        if expected is not None and expected.relation is not None and clause.topic:
            # "A box with a ball on top of it": the noun that is waited for was named before.
            if expected.relation.value == "on_top_of" and clause.topic[0] != expected.subject:
                self.fulfil(clause.topic[0])
        clause.expected = clause.by = None
        clause.noun_open = clause.being = clause.wearing = clause.definite = False

    def end_shot(self) -> None:
        """Close the shot, and what was said of it."""
        self.end_phrase()
        self.give_pending(self.clause.last)


def _first_loud(tokens: Sequence[Token]) -> Token | None:
    return next((t for t in tokens if not (t.tag == "word" and t.value in _SILENT)), None)
