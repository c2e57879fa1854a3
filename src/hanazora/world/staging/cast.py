"""From subjects to actors: one entry per visible thing with look, size and place at the start."""

from dataclasses import dataclass

import numpy as np

from hanazora.world.kinds.registry import KIND_TABLE, SIZE_SCALES, Kind
from hanazora.world.kinds.rig import Look
from hanazora.world.palette import COLOURS, accent_of, shade
from hanazora.world.primitives import Pattern
from hanazora.world.spec import SceneSpec, SubjectSpec
from hanazora.world.staging.view import View

ACROSS = ("left", "right")
PASSING = ("pass_front", "pass_behind")
_AFLOAT = ("float", "rise", "fall", "swim", "circle")
_PATTERNS: dict[str, Pattern] = {"plain": "plain", "stripe": "stripe", "check": "check"}
_EXTRA_COLOURS = ("red", "yellow", "white", "blue", "orange", "green", "pink")


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """One thing of a subject: a subject with count 3 has three actors."""

    subject: int
    """Index into the spec's subjects."""
    member: int
    """Which of the subject's equal things it is, from 0."""
    spec: SubjectSpec
    """The subject."""
    kind: Kind
    """Measures of its kind."""
    look: Look
    """Colours, size factor, extras."""
    in_water: bool
    """Whether the setting is under water."""

    @property
    def height(self) -> float:
        """Metres from its lowest to its highest point."""
        return self.kind.height * self.look.scale

    @property
    def sideways(self) -> bool:
        """Whether it is seen from the side most of the time."""
        return (
            self.spec.direction in ACROSS
            or self.kind.stance > 0.8
            and self.spec.direction == "none"
        )

    @property
    def width(self) -> float:
        """Metres it takes across the picture."""
        return (self.kind.length if self.sideways else self.kind.width) * self.look.scale

    @property
    def below(self) -> float:
        """Metres from its position down to its lowest point."""
        return self.kind.below * self.look.scale

    @property
    def swims(self) -> bool:
        """Whether it floats in water; out of the water a turtle crawls on its belly."""
        return self.kind.swims and (self.in_water or self.spec.action in _AFLOAT)

    @property
    def airborne(self) -> bool:
        """Whether it hangs in water or air instead of standing on the ground."""
        active = self.spec.action not in ("stand", "turn", "wave", "jump", "walk")
        named = self.spec.kind in ("kite", "balloon")
        return self.kind.flies and (active or named)


def build_actors(spec: SceneSpec, identities: tuple[int, ...]) -> list[Actor]:
    """One actor per thing; members of a group differ only in hair, skin and rhythm.

    Args:
        spec: one shot.
        identities: for every subject of the shot its index in the whole clip, so that a
            person keeps face and hair across cuts.
    """
    actors = []
    for index, subject in enumerate(spec.subjects):
        colour = COLOURS[subject.colour]
        for member in range(subject.count):
            seed = spec.seed * 1009 + identities[index] * 31 + member
            rng = np.random.Generator(np.random.PCG64(seed & 0x7FFFFFFFFFFFFFFF))
            choices = [name for name in _EXTRA_COLOURS if name != subject.colour]
            look = Look(
                colour=shade(colour, 1.03) if member % 2 else colour,
                accent=accent_of(colour),
                pattern=_PATTERNS[subject.pattern],
                scale=SIZE_SCALES[subject.size] ** _size_power(subject.kind),
                extras=subject.extras,
                seed=int(rng.integers(2**31)),
                details={"extra": COLOURS[choices[int(rng.integers(len(choices)))]]},
            )
            actors.append(
                Actor(
                    subject=index,
                    member=member,
                    spec=subject,
                    kind=KIND_TABLE[subject.kind],
                    look=look,
                    in_water=spec.setting == "reef",
                )  # fmt: skip
            )
    return actors


def _size_power(kind: str) -> float:
    """People, vehicles and signs vary less in size than toys and animals do."""
    return 0.55 if kind in ("woman", "man", "child", "truck", "bus", "boat", "sign") else 1.0


def _headroom(actor: Actor) -> float:
    """Metres of height the picture must show for its whole action."""
    if actor.spec.action in ("jump", "bounce"):
        return actor.height * 1.5
    if actor.airborne or actor.swims or actor.spec.action in ("rise", "fall"):
        return actor.height * 1.25
    if "umbrella" in actor.spec.extras:
        return actor.height + 0.45
    return actor.height


def plan_view(actors: list[Actor], aspect: float, *, fov: float, aim: float, raised: float) -> View:
    """Choose how much of the stage is visible so that every actor is big and still fits.

    The tallest takes about 0.45 of the picture height; small things beside tall ones pull
    the camera nearer, groups and long vehicles push it away.
    """
    tallest = max(_headroom(actor) for actor in actors)
    smallest = min(actor.height for actor in actors)
    height = max(min(tallest / 0.47, smallest / 0.27), tallest / 0.62)
    row = sum(
        actor.width
        for actor in actors
        if actor.spec.relation is None or actor.spec.relation[0] != "on_top_of"
    )
    moving = any(actor.spec.direction in ACROSS for actor in actors)
    widest = max(actor.width for actor in actors)
    passing = any(actor.spec.action in PASSING for actor in actors)
    share = (0.36 if passing else 0.46 if moving else 0.56) * (1.0 if aspect >= 1.0 else 1.3)
    height = max(
        height, widest / (share * aspect), 1.12 * row / (0.86 * aspect) if len(actors) > 1 else 0.0
    )
    # A long row of a group may stand in two ranks, so the camera need not go that far back.
    most = max(smallest / 0.18, tallest / 0.62, widest / (min(share, 0.75) * aspect))
    return View(
        visible_height=min(height, most),
        aspect=aspect, fov_degrees=fov, aim=aim, raised=raised,
    )  # fmt: skip


def start_places(
    spec: SceneSpec, actors: list[Actor], view: View, rng: np.random.Generator
) -> np.ndarray:
    """Where each actor is at the start (x, y, z of its position), before its action.

    Subjects stand in a row across the picture in an order that respects "left of" and
    "right of"; the other relations are placed beside their reference.
    """
    order = _row_order(spec, rng)
    row = [a for subject in order for a in actors if a.subject == subject]
    places = np.zeros((len(actors), 3))
    room = view.visible_width * 0.90
    widths = np.array([actor.width for actor in row])
    gap = (room - widths.sum()) / (len(row) + 1) if row else 0.0
    together = spec.script == "couple_walk"
    squeeze = min(max(gap, -0.15 * room), (0.015 if together else 0.16) * room)
    total = widths.sum() + squeeze * (len(row) - 1)
    loose = 0.08 if any(a.spec.action in PASSING for a in actors) else 0.35
    cursor = -0.5 * total + float(rng.uniform(-0.5, 0.5)) * max(room - total, 0.0) * loose
    for rank, (actor, width) in enumerate(zip(row, widths, strict=True)):
        index = actors.index(actor)
        depth = 0.0 if rank % 2 == 0 or len(row) == 1 or together else -0.13 * view.visible_height
        if gap < 0.0 and rank % 2:
            depth = -0.30 * view.visible_height
        depth -= _made_way(actor, actors)
        places[index] = (cursor + 0.5 * width, _start_height(actor, view, rng, rank), depth)
        cursor += width + squeeze
    for index, actor in enumerate(actors):
        if actor.subject not in order:
            places[index] = _beside(actor, actors, places, view, rng)
    return places


def _made_way(actor: Actor, actors: list[Actor]) -> float:
    """How far an actor stands back so that another can pass in front of it on the stage plane."""
    passers = [
        other
        for other in actors
        if other.spec.action == "pass_front" and other.spec.target == actor.subject
    ]
    if not passers:
        return 0.0
    own = 0.5 * (actor.kind.width if actor.sideways else actor.kind.length) * actor.look.scale
    return own + max(0.5 * other.kind.width * other.look.scale for other in passers) + 0.2


def _row_order(spec: SceneSpec, rng: np.random.Generator) -> list[int]:
    apart = {"in_front_of", "behind", "on_top_of"}
    rows = [
        index
        for index, subject in enumerate(spec.subjects)
        if (subject.relation is None or subject.relation[0] not in apart)
        and (subject.target is None or subject.action == "follow")
    ]
    order = [rows[position] for position in rng.permutation(len(rows))] if rows else [0]
    for index, subject in enumerate(spec.subjects):
        if index not in order or subject.relation is None or subject.relation[1] not in order:
            continue
        order.remove(index)
        other = order.index(subject.relation[1])
        left = (
            subject.relation[0] == "left_of"
            or subject.relation[0] == "next_to"
            and rng.random() < 0.5
        )
        order.insert(other if left else other + 1, index)
    for index, subject in enumerate(spec.subjects):
        # A follower starts on the far side of where its target is going.
        if index in order and subject.action == "follow" and subject.target in order:
            order.remove(index)
            other = order.index(subject.target)
            order.insert(other + 1 if subject.direction == "left" else other, index)
    return order


def _start_height(actor: Actor, view: View, rng: np.random.Generator, rank: int = 0) -> float:
    visible = view.visible_height
    middle = view.aim * visible
    if actor.swims:
        # Neighbours in a school swim higher and lower by turns.
        level = (0.05, -0.14, 0.17, -0.02)[rank % 4] + float(rng.uniform(-0.05, 0.05))
        return max(middle + level * visible, actor.below + 0.1)
    if actor.airborne:
        upper = middle + 0.40 * visible - actor.height + actor.below
        wish = middle + float(rng.uniform(-0.05, 0.10)) * visible - 0.5 * actor.height + actor.below
        return max(min(wish, upper), actor.below + 0.05)
    return actor.below if actor.spec.kind not in ("bird",) else 0.0


def _beside(
    actor: Actor, actors: list[Actor], places: np.ndarray, view: View, rng: np.random.Generator
) -> np.ndarray:
    """The place of an actor that relates to another one instead of standing in the row."""
    relation, other = actor.spec.relation or ("near", actor.spec.target or 0)
    anchor = next(i for i, a in enumerate(actors) if a.subject == other and a.member == 0)
    base, reference = places[anchor], actors[anchor]
    side = 1.0 if rng.random() < 0.5 else -1.0
    apart = 0.5 * (reference.width + actor.width)
    height = _start_height(actor, view, rng)
    if relation == "on_top_of":
        return base + np.array([0.0, reference.height - reference.below + actor.below, 0.0])
    if relation in ("in_front_of", "behind"):
        near = 1.0 if relation == "in_front_of" else -1.0
        depth = base[2] + near * (
            0.5 * (reference.kind.width * reference.look.scale + actor.width) + 0.15
        )
        shift = 0.55 * apart + 0.28 * actor.member * actor.width
        return np.array([base[0] + side * shift, height, depth])
    reach = apart + 0.10 * view.visible_width + actor.member * 1.1 * actor.width
    return np.array([base[0] + side * reach, height, base[2]])
