"""What can happen where: kind x action x setting, and weather, light, style and camera by setting.

Unconstrained draws give "cyan fish at a train station" nine times out of ten
(specs/world-and-evaluation.md section 4.3), so every draw goes through these weights. A pair that
is missing here is impossible or odd; odd kinds in a setting are drawn on purpose by `sampling.py`.
"""

from collections.abc import Mapping
from functools import cache

from hanazora.world import vocabulary

Weights = Mapping[str, int | float]

KIND_WEIGHTS: Mapping[str, Weights] = {
    "cherry_alley": {
        "woman": 4, "man": 4, "child": 3, "dog": 2, "cat": 1.5, "bird": 1, "bicycle": 1.5,
        "robot": 1, "balloon": 0.7, "car": 0.7, "ball": 0.5, "snowman": 0.4,
    },
    "neon_street": {
        "woman": 4, "man": 4, "child": 1.5, "car": 2, "bus": 1, "truck": 1, "bicycle": 1.5,
        "robot": 1.5, "dog": 1.2, "cat": 1.2, "sign": 0.6, "balloon": 0.5,
    },
    "reef": {"fish": 5, "turtle": 2.5, "jellyfish": 2.5, "seahorse": 2, "octopus": 2},
    "road": {
        "car": 4, "truck": 4, "bus": 2.5, "bicycle": 2, "sign": 1.5, "man": 1.5, "woman": 1.5,
        "child": 0.8, "dog": 1, "bird": 0.5,
    },
    "park": {
        "woman": 3, "man": 3, "child": 3, "dog": 3, "cat": 1.5, "bird": 2, "ball": 1.5,
        "kite": 1.2, "balloon": 1.2, "bicycle": 1, "robot": 0.7, "sign": 0.4,
    },
    "toys": {
        "ball": 4, "box": 4, "cylinder": 3, "cone": 3, "robot": 1.2, "car": 0.8, "truck": 0.8,
        "balloon": 0.5,
    },
    "snow_town": {
        "woman": 3, "man": 3, "child": 2.5, "dog": 2, "cat": 1, "snowman": 2.5, "car": 1.5,
        "bus": 1, "truck": 1, "bicycle": 0.5, "bird": 0.7,
    },
    "beach": {
        "woman": 2.5, "man": 2.5, "child": 2.5, "dog": 2.5, "bird": 1.5, "ball": 2, "kite": 1.5,
        "boat": 2.5, "turtle": 1.2, "balloon": 0.8,
    },
}  # fmt: skip

_PERSON = {
    "walk": 5, "run": 2.5, "stand": 2, "turn": 1.2, "jump": 1.2, "wave": 1.5, "leave": 1,
    "return": 1.5, "pass_front": 0.8, "pass_behind": 0.8, "follow": 0.8, "circle": 0.4,
}  # fmt: skip
_PET = {
    "walk": 4, "run": 4, "stand": 2, "jump": 1.5, "turn": 1, "leave": 0.8, "return": 1,
    "follow": 1, "circle": 0.5, "pass_front": 0.5, "pass_behind": 0.5,
}  # fmt: skip
_VEHICLE = {
    "drive": 6, "stand": 1.5, "leave": 1, "return": 0.8, "pass_front": 1.5, "pass_behind": 0.8,
    "follow": 1,
}  # fmt: skip
_SWIMMER = {
    "swim": 6, "turn": 0.7, "leave": 0.8, "return": 1, "follow": 1, "circle": 1,
    "pass_front": 0.8, "pass_behind": 0.8,
}  # fmt: skip
_BLOCK = {
    "stand": 4, "spin": 2, "fall": 1.5, "drive": 1.5, "collide": 1, "leave": 0.6, "return": 0.8,
    "pass_front": 0.8, "pass_behind": 0.8, "jump": 0.5,
}  # fmt: skip

ACTION_WEIGHTS: Mapping[str, Weights] = {
    "woman": _PERSON,
    "man": _PERSON,
    "child": {**_PERSON, "run": 4, "jump": 2.5},
    "dog": _PET,
    "cat": _PET,
    "bird": {"fly": 6, "stand": 1, "circle": 1, "leave": 0.7, "return": 0.7, "pass_front": 0.7},
    "car": {**_VEHICLE, "turn": 0.4},
    "truck": {**_VEHICLE, "pass_front": 2.5},
    "bus": _VEHICLE,
    "bicycle": _VEHICLE,
    "boat": {"drive": 5, "float": 2.5, "leave": 1, "return": 0.8, "pass_front": 0.5},
    "fish": _SWIMMER,
    "turtle": {**_SWIMMER, "rise": 1},
    "jellyfish": {"float": 4, "rise": 3, "fall": 1.5, "swim": 1.5, "leave": 0.5, "return": 0.5},
    "seahorse": {"float": 4, "swim": 2.5, "rise": 1.5, "turn": 1, "leave": 0.5, "return": 0.5},
    "octopus": {"swim": 4, "float": 2, "rise": 1, "wave": 1, "stand": 1, "leave": 0.5},
    "ball": {
        "roll": 4, "bounce": 4, "stand": 1.5, "fall": 1.5, "spin": 0.7, "collide": 1.2,
        "leave": 0.7, "return": 0.8, "pass_front": 0.8, "pass_behind": 0.8, "circle": 0.7,
    },
    "box": _BLOCK,
    "cylinder": {**_BLOCK, "roll": 2},
    "cone": _BLOCK,
    "robot": {**_PERSON, "spin": 1.2, "wave": 2.5},
    "balloon": {"rise": 4, "float": 4, "leave": 0.5, "pass_front": 0.4},
    "kite": {"fly": 5, "float": 2, "rise": 1, "circle": 0},
    "snowman": {"stand": 6, "spin": 0.7, "jump": 0.7},
    "sign": {"stand": 1},
}  # fmt: skip

_ELSEWHERE: Mapping[tuple[str, str], Weights] = {
    ("beach", "turtle"): {"walk": 4, "stand": 1.5, "leave": 0.7, "turn": 0.7},
    ("toys", "robot"): {**_PERSON, "spin": 1.5, "wave": 2.5, "collide": 0.7},
    ("toys", "car"): {**_VEHICLE, "collide": 1.2},
    ("toys", "truck"): {**_VEHICLE, "collide": 1.2},
}
"""Actions of a kind in one setting, in place of `ACTION_WEIGHTS`."""

WEATHER_WEIGHTS: Mapping[str, Weights] = {
    "cherry_alley": {
        "petals": 5, "petals_snow": 3, "snow": 1.5, "clear": 1.5, "rain": 1, "fog": 0.7,
    },
    "neon_street": {"rain": 4, "clear": 4, "fog": 1, "leaves": 0.4},
    "reef": {"clear": 1, "bubbles": 2},
    "road": {"clear": 4, "rain": 1.5, "snow": 1, "fog": 1, "leaves": 1.2},
    "park": {"clear": 3, "leaves": 3, "rain": 1.2, "fog": 1, "petals": 1.5, "snow": 1},
    "toys": {"clear": 1},
    "snow_town": {"snow": 5, "clear": 2.5, "fog": 0.7},
    "beach": {"clear": 5, "rain": 1, "fog": 0.8, "leaves": 0.4},
}  # fmt: skip
UNSEEN_WEATHER: Mapping[str, frozenset[str]] = {
    "reef": frozenset({"clear"}),
    "toys": frozenset({"clear"}),
}
"""Weather that cannot be told from the picture in that setting, so no sentence says it."""

_OUTDOORS = {"day": 4.0, "dusk": 2.0, "night": 1.5, "dawn": 1.0}
TIME_WEIGHTS: Mapping[str, Weights] = {
    **{setting: _OUTDOORS for setting in vocabulary.SETTINGS},
    "neon_street": {"night": 6, "dusk": 2},
    "reef": {"day": 1},
    "toys": {"day": 1},
}
NO_TIME_SETTINGS = frozenset({"reef", "toys"})
"""Settings without a sky: the time of day is not visible and never said."""

_ANY_STYLE = {"lowpoly": 3.0, "film": 2.0, "paper": 1.2, "toon": 1.5, "clay": 1.0, "pastel": 1.2}
STYLE_WEIGHTS: Mapping[str, Weights] = {
    **{setting: _ANY_STYLE for setting in vocabulary.SETTINGS},
    "neon_street": {**_ANY_STYLE, "film": 5},
    "reef": {**_ANY_STYLE, "paper": 8},
}

PATTERNED = frozenset({*vocabulary.TOY_SHAPES, "balloon", "fish", "kite"})
"""Kinds on which a pattern is big enough to see."""
COUNTABLE = frozenset(vocabulary.KINDS) - {"sign", "boat", "bus", "truck", "snowman", "octopus"}
"""Kinds that come in groups: several of the others would not fit the picture."""
TOP_HEAVY = frozenset({"ball", "box", "cylinder", "cone"})
"""Kinds that may lie on top of a box or a cylinder."""

_DIRECTIONS: Mapping[str, Weights] = {
    "travel": {"left": 3.5, "right": 3.5, "toward": 1.5, "away": 1.5},
    "across": {"left": 1, "right": 1},
    "drift": {"none": 1, "left": 1, "right": 1},
    "still": {"none": 1},
}
_DIRECTION_CLASS = {
    **{action: "travel" for action in ("walk", "run", "drive", "roll", "swim", "fly")},
    **{action: "across" for action in ("leave", "return", "pass_front", "pass_behind")},
    **{action: "across" for action in ("follow", "collide")},
    **{action: "drift" for action in ("float", "bounce")},
}

STEADY_ACTIONS = frozenset({"leave", "return", "pass_front", "pass_behind", "collide"})
"""Actions that a moving camera would hide."""
_MILD = {"handheld": 1.0, "dolly_in": 1.5, "dolly_out": 1.2, "static": 5.0}
_TURNS = {"pan_left": 1.2, "pan_right": 1.2, "tilt_up": 0.8, "tilt_down": 0.8, "crane_up": 1.0}
_ORBITS = {"orbit_left": 1.2, "orbit_right": 1.2}


def action_weights(kind: str, setting: str) -> Weights:
    """Return how likely each action of the kind is in the setting."""
    return _ELSEWHERE.get((setting, kind), ACTION_WEIGHTS[kind])


def is_afforded(kind: str, action: str, setting: str) -> bool:
    """Say whether the setting usually shows the kind doing the action."""
    return kind in KIND_WEIGHTS[setting] and action_weights(kind, setting).get(action, 0) > 0


def direction_weights(kind: str, action: str) -> Weights:
    """Return how likely each direction is for the action."""
    if kind in ("boat", "jellyfish", "seahorse", "kite") and action in ("swim", "drive", "fly"):
        return _DIRECTIONS["across"]
    return _DIRECTIONS[_DIRECTION_CLASS.get(action, "still")]


@cache
def camera_weights(action: str, direction: str) -> Weights:
    """Return the camera moves under which the action can still be read off the picture.

    A camera that follows would hide that something leaves; one that orbits or pans would hide a
    direction to the left or right.
    """
    if action in STEADY_ACTIONS:
        return {"static": 6.0, "handheld": 1.2, "dolly_in": 0.8}
    moves = {**_MILD, **_TURNS}
    if direction not in ("left", "right"):
        moves |= _ORBITS
    if action in ("walk", "run", "drive", "swim", "fly", "roll", "follow"):
        moves["follow"] = 4.0
    return moves


def colour_weights(kind: str) -> Weights:
    """Return how likely each colour is: even, with a lean towards natural ones for animals."""
    natural = {
        "dog": ("brown", "black", "white", "gold"),
        "cat": ("black", "white", "orange", "brown"),
        "turtle": ("green", "brown"),
        "snowman": ("white",),
    }.get(kind, ())
    lift = 12.0 if kind == "snowman" else 2.5
    return {colour: lift if colour in natural else 1.0 for colour in vocabulary.COLOURS}
