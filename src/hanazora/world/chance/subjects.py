"""Draws the subjects of a clip: the main one, what it acts upon, and what stands beside it."""

import random
from dataclasses import dataclass, replace

from hanazora.world import affordances, vocabulary
from hanazora.world.chance.tables import (
    action_table,
    colour_table,
    direction_table,
    kind_table,
    resting_action,
    solo_action_table,
    travel_action,
    traveller_table,
)
from hanazora.world.draw import Weighted, pick
from hanazora.world.spec import SubjectSpec

_NUM_SUBJECTS = Weighted({1: 0.68, 2: 0.26, 3: 0.06})
_COUNTS = Weighted({2: 0.5, 3: 0.3, 4: 0.2})
_SIZES = Weighted({"medium": 0.5, "small": 0.25, "large": 0.25})
_PATTERNS = Weighted({"stripe": 0.5, "check": 0.5})
_NUM_EXTRAS = Weighted({0: 0.55, 1: 0.38, 2: 0.07})
_COUPLE_DIRECTIONS = Weighted({"away": 0.55, "toward": 0.2, "left": 0.125, "right": 0.125})
_PASSING_VEHICLES = Weighted({"truck": 0.65, "bus": 0.15, "car": 0.2})
_TOO_LONG_FOR_A_SHOT = vocabulary.TARGET_ACTIONS | {"leave", "return"}
_FLAT_RELATIONS = ("left_of", "right_of", "in_front_of", "behind", "next_to")


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What a split asks of the main subject."""

    split: str
    """One of `splits.SPLITS`."""
    setting: str
    """Where it is."""
    pair: tuple[str, str] | None = None
    """Its kind and colour; none leaves them open."""
    count: int | None = None
    """How many there are; none leaves it open."""


def draw_subject(rng: random.Random, wish: Wish, kind: str) -> SubjectSpec:
    """Draw one subject; an action that needs a target gets it in `add_others`."""
    action = action_table(kind, wish.setting).draw(rng)
    count = wish.count or 1
    if wish.count is None and kind in affordances.COUNTABLE and rng.random() < 0.13:
        count = _COUNTS.draw(rng)
    if count > 1 and action in vocabulary.TARGET_ACTIONS:
        action = solo_action_table(kind, wish.setting).draw(rng)
    patterned = kind in affordances.PATTERNED and rng.random() < 0.25
    return SubjectSpec(
        kind=kind,
        colour=colour_table(kind).draw(rng),
        size="medium" if kind in vocabulary.PEOPLE else _SIZES.draw(rng),
        pattern=_PATTERNS.draw(rng) if patterned else "plain",
        count=count,
        action=action,
        direction=direction_table(kind, action).draw(rng),
        extras=_draw_extras(rng) if kind in vocabulary.PEOPLE else (),
    )


def _without_target(rng: random.Random, subject: SubjectSpec, setting: str) -> SubjectSpec:
    if subject.action not in vocabulary.TARGET_ACTIONS:
        return subject
    action = solo_action_table(subject.kind, setting).draw(rng)
    direction = direction_table(subject.kind, action).draw(rng)
    return replace(subject, action=action, direction=direction)


def for_a_shot(rng: random.Random, subject: SubjectSpec, setting: str) -> SubjectSpec:
    """Give the subject something to do that a second shows whole."""
    while subject.action in _TOO_LONG_FOR_A_SHOT:
        action = solo_action_table(subject.kind, setting).draw(rng)
        direction = direction_table(subject.kind, action).draw(rng)
        subject = replace(subject, action=action, direction=direction)
    return subject


def draw_solo(rng: random.Random, wish: Wish, kind: str | None = None) -> SubjectSpec:
    """Draw a single subject beside the main one, with an action of its own."""
    plain = replace(wish, pair=None, count=1)
    chosen = kind or kind_table(wish.setting).draw(rng)
    return _without_target(rng, draw_subject(rng, plain, chosen), wish.setting)


def add_others(rng: random.Random, wish: Wish, main: SubjectSpec) -> tuple[SubjectSpec, ...]:
    """Add what the main subject acts upon, stands beside or shares the picture with."""
    number = 1 if wish.count is not None else _NUM_SUBJECTS.draw(rng)
    if main.action in vocabulary.TARGET_ACTIONS:
        subjects = [replace(main, target=1), _draw_target(rng, wish, main)]
    elif number == 1:
        return (main,)
    elif main.action in vocabulary.STILL_ACTIONS and main.count == 1 and rng.random() < 0.7:
        subjects = _draw_related(rng, wish, main)
    else:
        subjects = [main, _draw_different(rng, wish, [main])]
    if number == 3 and main.count == 1:
        subjects.append(_draw_different(rng, wish, subjects))
    return tuple(subjects)


def _draw_different(
    rng: random.Random, wish: Wish, subjects: list[SubjectSpec], kind: str | None = None
) -> SubjectSpec:
    """Draw a subject whose kind and colour are not both those of another one."""
    taken = {(subject.kind, subject.colour) for subject in subjects}
    while True:
        other = draw_solo(rng, wish, kind)
        if (other.kind, other.colour) not in taken:
            return other


def _draw_target(rng: random.Random, wish: Wish, main: SubjectSpec) -> SubjectSpec:
    """Draw what the main subject passes, circles, hits (it stays) or follows (it travels)."""
    if main.action == "follow":
        kind = traveller_table(wish.setting).draw(rng)
        other = _draw_different(rng, wish, [main], kind)
        return replace(other, action=travel_action(kind, wish.setting), direction=main.direction)
    other = _draw_different(rng, wish, [main])
    return replace(other, action=resting_action(other.kind), direction="none")


def _draw_related(rng: random.Random, wish: Wish, main: SubjectSpec) -> list[SubjectSpec]:
    """Draw a second subject that stays at a named place beside the main one."""
    other = _draw_different(rng, wish, [main])
    resting = replace(other, action=resting_action(other.kind), direction="none")
    stacked = main.kind in ("box", "cylinder") and other.kind in affordances.TOP_HEAVY
    if stacked and main.action == "stand" and rng.random() < 0.6:
        return [main, replace(resting, size="small", relation=("on_top_of", 0))]
    return [main, replace(resting, relation=(pick(rng, _FLAT_RELATIONS), 0))]


def draw_couple(rng: random.Random) -> tuple[SubjectSpec, ...]:
    """Draw a man and a woman who walk the same way."""
    kinds = ("woman", "man") if rng.random() < 0.6 else ("man", "woman")
    direction = _COUPLE_DIRECTIONS.draw(rng)
    return tuple(
        SubjectSpec(
            kind=kind,
            colour=colour_table(kind).draw(rng),
            action="walk",
            direction=direction,
            extras=_draw_extras(rng),
        )
        for kind in kinds
    )


def draw_truck_and_sign(rng: random.Random) -> tuple[SubjectSpec, ...]:
    """Draw a vehicle that passes in front of a sign."""
    kind = _PASSING_VEHICLES.draw(rng)
    vehicle = SubjectSpec(
        kind=kind,
        colour=colour_table(kind).draw(rng),
        size=_SIZES.draw(rng),
        action="pass_front",
        direction=pick(rng, ("left", "right")),
        target=1,
    )
    return vehicle, SubjectSpec(kind="sign", colour=colour_table("sign").draw(rng))


def _draw_extras(rng: random.Random) -> tuple[str, ...]:
    number = _NUM_EXTRAS.draw(rng)
    if number == 0:
        return ()
    chosen = pick(rng, vocabulary.EXTRAS)
    if number == 1:
        return (chosen,)
    other = pick(rng, tuple(extra for extra in vocabulary.EXTRAS if extra != chosen))
    return tuple(sorted((chosen, other)))
