"""What is likely where, as tables that are made once: kinds, actions, colours, cameras, air.

Each returns the weights of `affordances` for one question, without what a held-out split keeps.
"""

from functools import cache

from hanazora.world import affordances, splits, vocabulary
from hanazora.world.draw import Weighted

_TRAVEL = frozenset({"walk", "run", "drive", "swim", "fly", "roll"})


@cache
def held_out_pairs_in(setting: str) -> tuple[tuple[str, str], ...]:
    """Return the held-out pairs of kind and colour whose kind the setting has."""
    kinds = affordances.KIND_WEIGHTS[setting]
    return tuple(sorted(pair for pair in splits.HELD_OUT_PAIRS if pair[0] in kinds))


def resting_action(kind: str) -> str:
    """Return what the kind does when it stays where it is."""
    return "float" if kind in ("balloon", "kite", "jellyfish", "seahorse", "boat") else "stand"


@cache
def travel_action(kind: str, setting: str) -> str:
    """Return how the kind gets about in the setting."""
    weights = affordances.action_weights(kind, setting)
    return max(_TRAVEL & set(weights), key=lambda action: (weights[action], action))


@cache
def settings_with(kind: str, setting: str) -> tuple[str, ...]:
    """Return the settings where the kind is at home, and the given one."""
    found = tuple(s for s in vocabulary.SETTINGS if kind in affordances.KIND_WEIGHTS[s])
    return found if setting in found else (*found, setting)


@cache
def kind_table(setting: str) -> Weighted[str]:
    """Kinds of a setting."""
    return Weighted(affordances.KIND_WEIGHTS[setting])


@cache
def odd_kind_table(setting: str) -> Weighted[str]:
    """Kinds that a setting does not have."""
    usual = affordances.KIND_WEIGHTS[setting]
    return Weighted({kind: 1.0 for kind in vocabulary.KINDS if kind not in usual})


@cache
def countable_table(setting: str) -> Weighted[str]:
    """Kinds of a setting of which there may be several."""
    usual = affordances.KIND_WEIGHTS[setting]
    return Weighted({kind: usual[kind] for kind in usual if kind in affordances.COUNTABLE})


@cache
def traveller_table(setting: str) -> Weighted[str]:
    """Kinds of a setting that can get about in it."""
    usual = affordances.KIND_WEIGHTS[setting]
    moves = {kind: _TRAVEL & set(affordances.action_weights(kind, setting)) for kind in usual}
    return Weighted({kind: usual[kind] for kind in usual if moves[kind]})


@cache
def action_table(kind: str, setting: str) -> Weighted[str]:
    """What a kind does in a setting."""
    return Weighted(affordances.action_weights(kind, setting))


@cache
def solo_action_table(kind: str, setting: str) -> Weighted[str]:
    """What a kind does in a setting by itself, without a target."""
    weights = affordances.action_weights(kind, setting)
    return Weighted({a: w for a, w in weights.items() if a not in vocabulary.TARGET_ACTIONS})


@cache
def direction_table(kind: str, action: str) -> Weighted[str]:
    """Where an action leads."""
    return Weighted(affordances.direction_weights(kind, action))


@cache
def colour_table(kind: str) -> Weighted[str]:
    """Colours of a kind, without held-out pairs."""
    weights = affordances.colour_weights(kind)
    return Weighted({c: w for c, w in weights.items() if not splits.is_held_out_pair(kind, c)})


@cache
def camera_table(kind: str, action: str, direction: str, held_out: bool) -> Weighted[str]:
    """Return the camera moves for the action: without held-out ones, or only those."""
    weights = affordances.camera_weights(action, direction)
    unseen = {m: w for m, w in weights.items() if splits.is_held_out_triple(kind, action, m)}
    if held_out and unseen:
        return Weighted(unseen)
    return Weighted({move: w for move, w in weights.items() if move not in unseen})


@cache
def weather_table(setting: str) -> Weighted[str]:
    """Weathers of a setting."""
    return Weighted(affordances.WEATHER_WEIGHTS[setting])


@cache
def time_table(setting: str) -> Weighted[str]:
    """Times of day of a setting."""
    return Weighted(affordances.TIME_WEIGHTS[setting])


@cache
def style_table(setting: str) -> Weighted[str]:
    """Styles of a setting."""
    return Weighted(affordances.STYLE_WEIGHTS[setting])
