"""What the readers of all languages share: the place in the prompt, and giving words to nouns."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from hanazora.pipelines.expander.reading.camera_words import camera_move
from hanazora.pipelines.expander.reading.draft import Draft
from hanazora.pipelines.expander.reading.tokens import Token
from hanazora.world.vocabulary import TARGET_ACTIONS, VEHICLES

TRAVEL = frozenset({"walk", "run", "drive", "swim", "fly", "roll", "float", "move"})
"""Actions that go somewhere; one that says more may replace them."""
MODIFIERS = frozenset({"number", "colour", "size", "pattern"})
"""Tags of what stands before a noun."""
NOUNS = frozenset({"kind", "people"})
PASSING = {"in_front_of": "pass_front", "behind": "pass_behind"}
"""What somebody does who moves there."""

TokenT = TypeVar("TokenT", bound=Token)


@dataclass(slots=True)
class Clause:
    """Where in a clause a reader stands."""

    topic: list[int] = field(default_factory=list)
    """Who the verbs are about."""
    last: int | None = None
    """The noun read last."""
    verb_said: bool = False
    joined: bool = False
    """An "and" or a comma was read since the last noun."""
    camera: str | None = None
    """Set while the clause is about the camera: what the camera does so far."""


class Reader(Generic[TokenT]):
    """Tokens from left to right, and the draft they become."""

    def __init__(self, tokens: Sequence[TokenT]) -> None:
        self.tokens = tokens
        self.place = 0
        self.draft = Draft()
        self.pending: list[Token] = []
        """Verbs, directions and things to wear that were read before their noun."""

    def peek(self, offset: int = 1) -> TokenT | None:
        """Return the token so many places further."""
        place = self.place + offset
        return self.tokens[place] if 0 <= place < len(self.tokens) else None

    def give_pending(self, index: int | None) -> None:
        """Give what was read before a noun to the noun; without one it is ignored."""
        given, self.pending = self.pending, []
        for token in given:
            if index is None:
                self.draft.ignore(token)
            else:
                self._give(index, token)

    def _give(self, index: int, token: Token) -> None:
        if token.tag == "action":
            self.act(index, token)
        elif token.tag == "clothes":
            self.draft.set_fact(index, "colour", token.value, token)
        elif token.tag == "extra" and not self.draft.subjects[index].is_person:
            self.draft.ignore(token)
        else:
            self.draft.set_fact(index, token.tag, token.value, token)

    def act(self, index: int, token: Token) -> None:
        """Let a subject do something; what it does already stays unless this says more."""
        subject = self.draft.subjects[index]
        old, new = subject.action, token.value
        refined = (
            old in (None, "move")
            or (old == "leave" and new == "return")
            or (old in TRAVEL | {"stand"} and new in TARGET_ACTIONS | {"leave", "return"})
        )
        if refined:
            subject.action = new
            self.draft.sources[index, "action"] = token
        elif new not in (old, "move"):
            self.draft.ignore(token)

    def film(self, clause: Clause, token: Token) -> None:
        """Put together what the camera does: "turns" and "to the left" is a pan."""
        clause.camera = f"{clause.camera} {token.value}".strip()
        move = camera_move(clause.camera)
        if move is not None:
            self.draft.scenes[-1].pop("camera", None)
            self.draft.set_scene("camera", token, move)

    def rides(self, clause: Clause, kinds: tuple[str, ...]) -> bool:
        """Say whether the noun is what the person before it rides: the world shows it as one."""
        if not clause.topic or clause.joined or not set(kinds) <= set(VEHICLES):
            return False
        rider = self.draft.subjects[clause.topic[0]]
        return rider.is_person and rider.action == "drive"

    def replace_rider(self, clause: Clause, token: Token, modifiers: Sequence[Token]) -> int:
        """Turn the rider into the vehicle and return its index; the rider's looks are lost."""
        index = clause.topic[0]
        subject, sources = self.draft.subjects[index], self.draft.sources
        worn = [name for owner, name in sources if owner == index and name.startswith("extra ")]
        lost = [sources.pop((index, name), None) for name in ("kind", "colour", *worn)]
        self.draft.ignore(*(token for token in lost if token is not None))
        subject.kinds, subject.colour, subject.extras = tuple(token.value.split("|")), None, []
        sources[index, "kind"] = token
        for modifier in modifiers:
            self.draft.modify(index, modifier)
        return index
