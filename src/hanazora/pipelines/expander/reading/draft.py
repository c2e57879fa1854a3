"""What a prompt was understood to ask for, before anything is chosen for the user."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from hanazora.pipelines.expander.reading.tokens import Token
from hanazora.world.speech.noun_phrases import CLIP
from hanazora.world.vocabulary import MAX_COUNT, PEOPLE

COUPLE = ("couple",)
"""`SubjectDraft.kinds` of two people who walk side by side."""
OPEN_COLOUR = "open"
"""The colour of something in a colour that the world does not have: nothing is said about it."""
MORE = "more"
"""A number beyond `vocabulary.MAX_COUNT`: as many as the world can show are told."""


def scene_fact(name: str, shot: int) -> tuple[int, str]:
    """Return the key in `Draft.sources` of a fact about the picture of a shot."""
    return CLIP, name if shot == 0 else f"{name} of shot {shot + 1}"


@dataclass(slots=True)
class SubjectDraft:
    """One subject as far as the prompt tells; None is open."""

    kinds: tuple[str, ...]
    """The kind, or those the prompt leaves the choice of."""
    shot: int = 0
    """Number of the shot that shows it."""
    count: int | None = None
    """How many."""
    many: bool = False
    """More than one, and the prompt does not say how many."""
    colour: str | None = None
    """One of `vocabulary.COLOURS` or `OPEN_COLOUR`."""
    size: str | None = None
    """One of `vocabulary.SIZES`."""
    pattern: str | None = None
    """One of `vocabulary.PATTERNS`."""
    action: str | None = None
    """One of `vocabulary.ACTIONS`, or "move": on its way, as the kind moves."""
    direction: str | None = None
    """One of `vocabulary.DIRECTIONS`."""
    target: int | None = None
    """The subject acted upon."""
    relation: tuple[str, int] | None = None
    """(one of `vocabulary.RELATIONS`, the other subject)."""
    extras: list[str] = field(default_factory=list)
    """Some of `vocabulary.EXTRAS`."""
    busy: bool = False
    """True when it does something that the world does not know."""

    @property
    def is_person(self) -> bool:
        """Say whether it may wear a coat."""
        return bool({*PEOPLE, *COUPLE} & set(self.kinds))


@dataclass(slots=True)
class Modifiers:
    """The words before a noun, not yet given to one."""

    tokens: list[Token] = field(default_factory=list)
    """In the order of the prompt."""

    def first(self, tag: str) -> Token | None:
        """Return the first modifier of a tag."""
        return next((token for token in self.tokens if token.tag == tag), None)

    def take(self) -> list[Token]:
        """Return all of them and forget them."""
        taken, self.tokens = self.tokens, []
        return taken


@dataclass(slots=True)
class Draft:
    """A prompt as read: scenes, subjects, what must not be there, and what was not understood."""

    subjects: list[SubjectDraft] = field(default_factory=list)
    """In the order in which the prompt names them."""
    scenes: list[dict[str, str]] = field(default_factory=lambda: [{}])
    """Of each shot: setting, weather, time_of_day, style, camera as far as they are said."""
    places: dict[int, list[tuple[str, ...]]] = field(default_factory=dict)
    """Of each shot: words like "street" that fit several settings, the likeliest setting first."""
    excluded: set[tuple[str, str]] = field(default_factory=set)
    """(tag, value) of what the prompt does not want; ("people", "any") for anybody."""
    sources: dict[tuple[int, str], Token] = field(default_factory=dict)
    """(subject or CLIP, fact) to the word that said it."""
    ignored: list[str] = field(default_factory=list)
    """Words that say something which the world cannot show, or which were not understood."""

    @property
    def shot(self) -> int:
        """Number of the shot that is being read."""
        return len(self.scenes) - 1

    def ignore(self, *tokens: Token) -> None:
        """Remember words that could not be used."""
        self.ignored += [token.text for token in tokens if token.text not in self.ignored]

    def set_scene(self, name: str, token: Token, value: str | None = None) -> None:
        """State a fact about the picture; the first one said of a shot stays."""
        scene = self.scenes[-1]
        wanted = token.value if value is None else value
        if name == "weather" and {scene.get(name), wanted} == {"petals", "snow"}:
            wanted = "petals_snow"
        elif name in scene and scene[name] != wanted:
            self.ignore(token)
            return
        scene[name] = wanted
        self.sources.setdefault(scene_fact(name, self.shot), token)

    def add_place(self, token: Token) -> None:
        """Note a word for several settings."""
        self.places.setdefault(self.shot, []).append(tuple(token.value.split("|")))
        self.sources.setdefault(scene_fact("place", self.shot), token)

    def add_subject(
        self, kinds: Sequence[str], token: Token, modifiers: Iterable[Token] = ()
    ) -> int:
        """Add a subject with the words before it and return its index."""
        subject = SubjectDraft(tuple(kinds), shot=self.shot, many=token.plural)
        self.subjects.append(subject)
        index = len(self.subjects) - 1
        self.sources[index, "kind"] = token
        if token.plural:
            self.sources[index, "count"] = token
        for modifier in modifiers:
            self.modify(index, modifier)
        return index

    def modify(self, index: int, token: Token) -> None:
        """Give a subject a number or a property."""
        subject = self.subjects[index]
        if token.tag == "number":
            if token.value == MORE:
                token = replace(token, value=str(MAX_COUNT), origin="nearest")
            subject.many = token.value == "many"
            if not subject.many:
                subject.count = int(token.value)
            self.sources[index, "count"] = token
        else:
            self.set_fact(index, token.tag, token.value, token)

    def set_fact(self, index: int, name: str, value: str, token: Token) -> None:
        """State a fact about a subject; the first one said stays."""
        subject = self.subjects[index]
        if name == "extra":
            if value not in subject.extras:
                subject.extras.append(value)
        elif getattr(subject, name) in (None, value):
            setattr(subject, name, value)
        else:
            self.ignore(token)
            return
        self.sources.setdefault((index, name if name != "extra" else f"extra {value}"), token)

    def exclude(self, token: Token) -> None:
        """Remember what must not be there."""
        self.excluded.add((token.tag, token.value))
        self.sources[CLIP, f"without {token.value}"] = token

    def name_the_couple(self) -> None:
        """Join "a couple, a woman in red and a man in blue": they are two people, not four."""
        kinds = [subject.kinds for subject in self.subjects]
        if COUPLE not in kinds or any(s.target or s.relation for s in self.subjects):
            return
        couple = self.subjects[kinds.index(COUPLE)]
        named = [s for s in self.subjects if s.kinds in (("woman",), ("man",)) and not s.many]
        if {subject.kinds for subject in named} != {("woman",), ("man",)} or len(named) != 2:
            return
        for subject in named:
            subject.action, subject.direction = "walk", subject.direction or couple.direction
        gone = self.subjects.index(couple)
        del self.subjects[gone]
        self.sources = {
            (owner - (owner > gone), name): token
            for (owner, name), token in self.sources.items()
            if owner != gone
        }

    def new_shot(self) -> None:
        """Start the next shot; it begins with nothing said."""
        self.scenes.append({})
