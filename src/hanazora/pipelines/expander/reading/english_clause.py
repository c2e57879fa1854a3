"""What the reader of English remembers inside a clause."""

from dataclasses import dataclass

from hanazora.pipelines.expander.reading.reader import Clause
from hanazora.pipelines.expander.reading.tokens import Token


@dataclass(slots=True)
class Expected:
    """A noun that a verb or a preposition still waits for."""

    subject: int
    source: Token
    relation: Token | None = None
    action: str | None = None


@dataclass(slots=True)
class EnglishClause(Clause):
    """Where in an English clause the reader stands."""

    stopped: bool = False
    """A sentence ended, or a "while" began another clause, since the last noun."""
    companion: bool = False
    """A "with" was read since the last noun."""
    noun_open: bool = False
    """An article, a number or an adjective was read, and its noun not yet."""
    wearing: bool = False
    """An "in" or "wearing" was read: a colour that follows is worn."""
    being: bool = False
    """An "is" was read: adjectives that follow belong to the topic."""
    definite: bool = False
    """A "the" was read: the noun may be one of those before."""
    filmed: str = ""
    """What the camera did before the noun that it films."""
    expected: Expected | None = None
    by: Token | None = None
    """A passive verb waits for who does it."""
