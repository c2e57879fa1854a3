"""Draw scene specifications: varied in every combination, yet things happen where they can.

`sample_spec(seed, split=...)` is a pure function of its arguments. One to three subjects, settings
equally often, about one clip in fifteen odd on purpose (a jellyfish in the park) and marked.
"""

import random
from dataclasses import replace
from functools import cache

from hanazora.world import splits, vocabulary
from hanazora.world.chance.shots import draw_camera, with_shots
from hanazora.world.chance.subjects import (
    Wish,
    add_others,
    draw_couple,
    draw_solo,
    draw_subject,
    draw_truck_and_sign,
    for_a_shot,
)
from hanazora.world.chance.tables import (
    countable_table,
    held_out_pairs_in,
    kind_table,
    odd_kind_table,
    style_table,
    time_table,
    weather_table,
)
from hanazora.world.draw import generator, pick
from hanazora.world.spec import SceneSpec, SubjectSpec

ODD_SHARE = 0.07
MIN_FRAMES_PER_SHOT = 8
COUPLE_SETTINGS = ("cherry_alley", "neon_street", "park", "snow_town", "beach")

_MAX_TRIES = 200


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
        return tuple(s for s in vocabulary.SETTINGS if held_out_pairs_in(s))
    return vocabulary.SETTINGS


def _draw_spec(
    rng: random.Random, seed: int, split: str, setting: str, num_frames: int
) -> SceneSpec:
    wish = Wish(
        split=split,
        setting=setting,
        pair=pick(rng, held_out_pairs_in(setting)) if split == "pair" else None,
        count=5 + int(rng.random() * 2) if split == "count" else None,
    )
    subjects, script, odd = _draw_cast(rng, wish, num_frames)
    weather = weather_table(setting).draw(rng)
    if split == "scene":
        weather = pick(rng, splits.HELD_OUT_WEATHERS)
    spec = SceneSpec(
        seed=seed,
        setting=setting,
        weather=weather,
        time_of_day=time_table(setting).draw(rng),
        style=style_table(setting).draw(rng),
        camera=draw_camera(rng, subjects, script, split),
        subjects=subjects,
        num_frames=num_frames,
        script=script,
        odd=odd,
    )
    return with_shots(rng, spec, split) if script == "shots" else spec


def _draw_cast(
    rng: random.Random, wish: Wish, num_frames: int
) -> tuple[tuple[SubjectSpec, ...], str | None, bool]:
    """Draw the subjects, the script that stages them, and whether they are odd."""
    script = _draw_script(rng, wish, num_frames)
    if script == "couple_walk":
        return draw_couple(rng), script, False
    if script == "truck_sign":
        return draw_truck_and_sign(rng), script, False
    odd = wish.pair is None and wish.count is None and rng.random() < ODD_SHARE
    if wish.pair is not None:
        kind, colour = wish.pair
        main = replace(draw_subject(rng, wish, kind), colour=colour)
    else:
        main = draw_subject(rng, wish, _draw_main_kind(rng, wish, odd))
    if script == "shots":
        others = [draw_solo(rng, wish) for _ in range(1 + (num_frames > 3 * MIN_FRAMES_PER_SHOT))]
        cast = tuple(for_a_shot(rng, subject, wish.setting) for subject in (main, *others))
        return cast, script, odd
    subjects = add_others(rng, wish, main)
    return subjects, "leave_return" if subjects[0].action == "return" else None, odd


def _draw_script(rng: random.Random, wish: Wish, num_frames: int) -> str | None:
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


def _draw_main_kind(rng: random.Random, wish: Wish, odd: bool) -> str:
    if wish.count is not None:
        return countable_table(wish.setting).draw(rng)
    return (odd_kind_table(wish.setting) if odd else kind_table(wish.setting)).draw(rng)
