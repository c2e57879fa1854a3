"""Draw scene specifications: varied in every combination, yet things happen where they can.

`sample_spec(seed, split=...)` is a pure function of its arguments. One to three subjects, settings
equally often, about one clip in fifteen odd on purpose (a jellyfish in the park) and marked.
"""

import random
from dataclasses import dataclass, replace
from functools import cache

from hanazora.world import affordances, splits, vocabulary
from hanazora.world.draw import Weighted, generator, pick
from hanazora.world.spec import CameraSpec, SceneSpec, ShotSpec, SubjectSpec

ODD_SHARE = 0.07
MIN_FRAMES_PER_SHOT = 8
COUPLE_SETTINGS = ("cherry_alley", "neon_street", "park", "snow_town", "beach")

_NUM_SUBJECTS = Weighted({1: 0.68, 2: 0.26, 3: 0.06})
_COUNTS = Weighted({2: 0.5, 3: 0.3, 4: 0.2})
_SIZES = Weighted({"medium": 0.5, "small": 0.25, "large": 0.25})
_PATTERNS = Weighted({"stripe": 0.5, "check": 0.5})
_NUM_EXTRAS = Weighted({0: 0.55, 1: 0.38, 2: 0.07})
_COUPLE_DIRECTIONS = Weighted({"away": 0.55, "toward": 0.2, "left": 0.125, "right": 0.125})
_PASSING_VEHICLES = Weighted({"truck": 0.65, "bus": 0.15, "car": 0.2})
_TRAVEL = frozenset({"walk", "run", "drive", "swim", "fly", "roll"})
_TOO_LONG_FOR_A_SHOT = vocabulary.TARGET_ACTIONS | {"leave", "return"}
_FLAT_RELATIONS = ("left_of", "right_of", "in_front_of", "behind", "next_to")
_MAX_TRIES = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class _Wish:
    """What a split asks of the main subject."""

    split: str
    setting: str
    pair: tuple[str, str] | None = None
    count: int | None = None


def sample_spec(
    seed: int,
    *,
    split: str = "train",
    setting: str | None = None,
    num_frames: int = 17,
    fps: float = 8.0,
    aspect: float = 320 / 192,
) -> SceneSpec:
    """Draw the specification of one clip.

    Args:
        seed: any integer; the same seed and arguments give the same spec.
        split: one of `splits.SPLITS`; a held-out split draws what training never sees.
        setting: one of `vocabulary.SETTINGS`, or None for any.
        num_frames: frames of the clip; several shots need at least 8 frames each.
        fps: frames per second.
        aspect: width over height of the picture.
    """
    if split not in splits.SPLITS:
        raise ValueError(f"split is {split!r}; it must be one of {', '.join(splits.SPLITS)}")
    if setting is not None and setting not in _settings_of(split):
        allowed = ", ".join(_settings_of(split))
        raise ValueError(f"setting is {setting!r}; split {split!r} has {allowed}")
    rng = generator(seed, split)
    wanted = {split} & splits.HELD_OUT_BY_SPEC
    # The draws below avoid almost every held-out combination; what is left is drawn again.
    for _ in range(_MAX_TRIES):
        spec = _draw_spec(rng, seed, split, setting or pick(rng, _settings_of(split)), num_frames)
        if splits.held_out_by(spec) == wanted:
            return replace(spec, fps=fps, aspect=aspect)
    raise RuntimeError(f"no spec of split {split!r} found for seed {seed}")


@cache
def _settings_of(split: str) -> tuple[str, ...]:
    if split == "scene":
        return splits.HELD_OUT_SETTINGS
    if split == "pair":
        return tuple(s for s in vocabulary.SETTINGS if _held_out_pairs_in(s))
    return vocabulary.SETTINGS


@cache
def _held_out_pairs_in(setting: str) -> tuple[tuple[str, str], ...]:
    kinds = affordances.KIND_WEIGHTS[setting]
    return tuple(sorted(pair for pair in splits.HELD_OUT_PAIRS if pair[0] in kinds))


def _draw_spec(
    rng: random.Random, seed: int, split: str, setting: str, num_frames: int
) -> SceneSpec:
    wish = _Wish(
        split=split,
        setting=setting,
        pair=pick(rng, _held_out_pairs_in(setting)) if split == "pair" else None,
        count=5 + int(rng.random() * 2) if split == "count" else None,
    )
    subjects, script, odd = _draw_cast(rng, wish, num_frames)
    weather = _weather_table(setting).draw(rng)
    if split == "scene":
        weather = pick(rng, splits.HELD_OUT_WEATHERS)
    spec = SceneSpec(
        seed=seed,
        setting=setting,
        weather=weather,
        time_of_day=_time_table(setting).draw(rng),
        style=_style_table(setting).draw(rng),
        camera=_draw_camera(rng, subjects, script, split),
        subjects=subjects,
        num_frames=num_frames,
        script=script,
        odd=odd,
    )
    return _with_shots(rng, spec, split) if script == "shots" else spec


def _draw_cast(
    rng: random.Random, wish: _Wish, num_frames: int
) -> tuple[tuple[SubjectSpec, ...], str | None, bool]:
    """Draw the subjects, the script that stages them, and whether they are odd."""
    script = _draw_script(rng, wish, num_frames)
    if script == "couple_walk":
        return _draw_couple(rng), script, False
    if script == "truck_sign":
        return _draw_truck_and_sign(rng), script, False
    odd = wish.pair is None and wish.count is None and rng.random() < ODD_SHARE
    if wish.pair is not None:
        kind, colour = wish.pair
        main = replace(_draw_subject(rng, wish, kind), colour=colour)
    else:
        main = _draw_subject(rng, wish, _draw_main_kind(rng, wish, odd))
    if script == "shots":
        others = [_draw_solo(rng, wish) for _ in range(1 + (num_frames > 3 * MIN_FRAMES_PER_SHOT))]
        cast = tuple(_for_a_shot(rng, subject, wish.setting) for subject in (main, *others))
        return cast, script, odd
    subjects = _add_others(rng, wish, main)
    return subjects, "leave_return" if subjects[0].action == "return" else None, odd


def _draw_script(rng: random.Random, wish: _Wish, num_frames: int) -> str | None:
    if wish.split not in ("train", "seen", "words"):
        return None
    chance = rng.random()
    if num_frames > 2 * MIN_FRAMES_PER_SHOT and chance < (0.16 if wish.setting == "reef" else 0.05):
        return "shots"
    if wish.setting == "road" and chance > 0.86:
        return "truck_sign"
    if wish.setting in COUPLE_SETTINGS and chance > 0.90:
        return "couple_walk"
    return None


def _draw_main_kind(rng: random.Random, wish: _Wish, odd: bool) -> str:
    if wish.count is not None:
        return _countable_table(wish.setting).draw(rng)
    return (_odd_kind_table(wish.setting) if odd else _kind_table(wish.setting)).draw(rng)


def _draw_subject(rng: random.Random, wish: _Wish, kind: str) -> SubjectSpec:
    """Draw one subject; an action that needs a target gets it in `_add_others`."""
    action = _action_table(kind, wish.setting).draw(rng)
    count = wish.count or 1
    if wish.count is None and kind in affordances.COUNTABLE and rng.random() < 0.13:
        count = _COUNTS.draw(rng)
    if count > 1 and action in vocabulary.TARGET_ACTIONS:
        action = _solo_action_table(kind, wish.setting).draw(rng)
    patterned = kind in affordances.PATTERNED and rng.random() < 0.25
    return SubjectSpec(
        kind=kind,
        colour=_colour_table(kind).draw(rng),
        size="medium" if kind in vocabulary.PEOPLE else _SIZES.draw(rng),
        pattern=_PATTERNS.draw(rng) if patterned else "plain",
        count=count,
        action=action,
        direction=_direction_table(kind, action).draw(rng),
        extras=_draw_extras(rng) if kind in vocabulary.PEOPLE else (),
    )


def _without_target(rng: random.Random, subject: SubjectSpec, setting: str) -> SubjectSpec:
    if subject.action not in vocabulary.TARGET_ACTIONS:
        return subject
    action = _solo_action_table(subject.kind, setting).draw(rng)
    direction = _direction_table(subject.kind, action).draw(rng)
    return replace(subject, action=action, direction=direction)


def _for_a_shot(rng: random.Random, subject: SubjectSpec, setting: str) -> SubjectSpec:
    """Give the subject something to do that a second shows whole."""
    while subject.action in _TOO_LONG_FOR_A_SHOT:
        action = _solo_action_table(subject.kind, setting).draw(rng)
        direction = _direction_table(subject.kind, action).draw(rng)
        subject = replace(subject, action=action, direction=direction)
    return subject


def _draw_solo(rng: random.Random, wish: _Wish, kind: str | None = None) -> SubjectSpec:
    """Draw a single subject beside the main one, with an action of its own."""
    plain = replace(wish, pair=None, count=1)
    chosen = kind or _kind_table(wish.setting).draw(rng)
    return _without_target(rng, _draw_subject(rng, plain, chosen), wish.setting)


def _add_others(rng: random.Random, wish: _Wish, main: SubjectSpec) -> tuple[SubjectSpec, ...]:
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
    rng: random.Random, wish: _Wish, subjects: list[SubjectSpec], kind: str | None = None
) -> SubjectSpec:
    """Draw a subject whose kind and colour are not both those of another one."""
    taken = {(subject.kind, subject.colour) for subject in subjects}
    while True:
        other = _draw_solo(rng, wish, kind)
        if (other.kind, other.colour) not in taken:
            return other


def _draw_target(rng: random.Random, wish: _Wish, main: SubjectSpec) -> SubjectSpec:
    """Draw what the main subject passes, circles, hits (it stays) or follows (it travels)."""
    if main.action == "follow":
        kind = _traveller_table(wish.setting).draw(rng)
        other = _draw_different(rng, wish, [main], kind)
        return replace(other, action=_travel_action(kind, wish.setting), direction=main.direction)
    other = _draw_different(rng, wish, [main])
    return replace(other, action=_resting_action(other.kind), direction="none")


def _draw_related(rng: random.Random, wish: _Wish, main: SubjectSpec) -> list[SubjectSpec]:
    """Draw a second subject that stays at a named place beside the main one."""
    other = _draw_different(rng, wish, [main])
    resting = replace(other, action=_resting_action(other.kind), direction="none")
    stacked = main.kind in ("box", "cylinder") and other.kind in affordances.TOP_HEAVY
    if stacked and main.action == "stand" and rng.random() < 0.6:
        return [main, replace(resting, size="small", relation=("on_top_of", 0))]
    return [main, replace(resting, relation=(pick(rng, _FLAT_RELATIONS), 0))]


def _draw_couple(rng: random.Random) -> tuple[SubjectSpec, ...]:
    kinds = ("woman", "man") if rng.random() < 0.6 else ("man", "woman")
    direction = _COUPLE_DIRECTIONS.draw(rng)
    return tuple(
        SubjectSpec(
            kind=kind,
            colour=_colour_table(kind).draw(rng),
            action="walk",
            direction=direction,
            extras=_draw_extras(rng),
        )
        for kind in kinds
    )


def _draw_truck_and_sign(rng: random.Random) -> tuple[SubjectSpec, ...]:
    kind = _PASSING_VEHICLES.draw(rng)
    vehicle = SubjectSpec(
        kind=kind,
        colour=_colour_table(kind).draw(rng),
        size=_SIZES.draw(rng),
        action="pass_front",
        direction=pick(rng, ("left", "right")),
        target=1,
    )
    return vehicle, SubjectSpec(kind="sign", colour=_colour_table("sign").draw(rng))


def _draw_extras(rng: random.Random) -> tuple[str, ...]:
    number = _NUM_EXTRAS.draw(rng)
    if number == 0:
        return ()
    chosen = pick(rng, vocabulary.EXTRAS)
    if number == 1:
        return (chosen,)
    other = pick(rng, tuple(extra for extra in vocabulary.EXTRAS if extra != chosen))
    return tuple(sorted((chosen, other)))


def _draw_camera(
    rng: random.Random, subjects: tuple[SubjectSpec, ...], script: str | None, split: str
) -> CameraSpec:
    """Draw a camera move under which every action can still be seen."""
    strict = next((s for s in subjects if s.action in affordances.STEADY_ACTIONS), subjects[0])
    across = any(subject.direction in ("left", "right") for subject in subjects)
    direction = "left" if across else strict.direction
    away = script == "couple_walk" and not across
    table = _camera_table(strict.kind, strict.action, direction, split == "triple")
    move = "follow" if away and rng.random() < 0.5 else table.draw(rng)
    return CameraSpec(move=move, magnitude=pick(rng, (0.75, 1.0, 1.25)))


def _with_shots(rng: random.Random, spec: SceneSpec, split: str) -> SceneSpec:
    """Give every subject a shot of its own; cuts fall on the first frame of a latent frame."""
    shots = []
    for index, subject in enumerate(spec.subjects):
        setting, weather, time_of_day = spec.setting, spec.weather, spec.time_of_day
        if index > 0 and rng.random() < 0.3:
            setting = pick(rng, _settings_with(subject.kind, spec.setting))
            weather = _weather_table(setting).draw(rng)
            time_of_day = _time_table(setting).draw(rng)
        start = round(index * spec.num_frames / len(spec.subjects))
        shots.append(
            ShotSpec(
                start_frame=1 + 4 * round((start - 1) / 4) if start else 0,
                camera=_draw_camera(rng, (subject,), None, split) if index else spec.camera,
                subjects=(index,),
                setting=setting,
                weather=weather,
                time_of_day=time_of_day,
            )
        )
    return replace(spec, shots=tuple(shots))


def _resting_action(kind: str) -> str:
    """Return what the kind does when it stays where it is."""
    return "float" if kind in ("balloon", "kite", "jellyfish", "seahorse", "boat") else "stand"


@cache
def _travel_action(kind: str, setting: str) -> str:
    weights = affordances.action_weights(kind, setting)
    return max(_TRAVEL & set(weights), key=lambda action: (weights[action], action))


@cache
def _settings_with(kind: str, setting: str) -> tuple[str, ...]:
    found = tuple(s for s in vocabulary.SETTINGS if kind in affordances.KIND_WEIGHTS[s])
    return found if setting in found else (*found, setting)


@cache
def _kind_table(setting: str) -> Weighted[str]:
    return Weighted(affordances.KIND_WEIGHTS[setting])


@cache
def _odd_kind_table(setting: str) -> Weighted[str]:
    usual = affordances.KIND_WEIGHTS[setting]
    return Weighted({kind: 1.0 for kind in vocabulary.KINDS if kind not in usual})


@cache
def _countable_table(setting: str) -> Weighted[str]:
    usual = affordances.KIND_WEIGHTS[setting]
    return Weighted({kind: usual[kind] for kind in usual if kind in affordances.COUNTABLE})


@cache
def _traveller_table(setting: str) -> Weighted[str]:
    usual = affordances.KIND_WEIGHTS[setting]
    moves = {kind: _TRAVEL & set(affordances.action_weights(kind, setting)) for kind in usual}
    return Weighted({kind: usual[kind] for kind in usual if moves[kind]})


@cache
def _action_table(kind: str, setting: str) -> Weighted[str]:
    return Weighted(affordances.action_weights(kind, setting))


@cache
def _solo_action_table(kind: str, setting: str) -> Weighted[str]:
    weights = affordances.action_weights(kind, setting)
    return Weighted({a: w for a, w in weights.items() if a not in vocabulary.TARGET_ACTIONS})


@cache
def _direction_table(kind: str, action: str) -> Weighted[str]:
    return Weighted(affordances.direction_weights(kind, action))


@cache
def _colour_table(kind: str) -> Weighted[str]:
    weights = affordances.colour_weights(kind)
    return Weighted({c: w for c, w in weights.items() if not splits.is_held_out_pair(kind, c)})


@cache
def _camera_table(kind: str, action: str, direction: str, held_out: bool) -> Weighted[str]:
    """Return the camera moves for the action: without held-out ones, or only those."""
    weights = affordances.camera_weights(action, direction)
    unseen = {m: w for m, w in weights.items() if splits.is_held_out_triple(kind, action, m)}
    if held_out and unseen:
        return Weighted(unseen)
    return Weighted({move: w for move, w in weights.items() if move not in unseen})


@cache
def _weather_table(setting: str) -> Weighted[str]:
    return Weighted(affordances.WEATHER_WEIGHTS[setting])


@cache
def _time_table(setting: str) -> Weighted[str]:
    return Weighted(affordances.TIME_WEIGHTS[setting])


@cache
def _style_table(setting: str) -> Weighted[str]:
    return Weighted(affordances.STYLE_WEIGHTS[setting])
