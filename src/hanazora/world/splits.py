"""What training never sees: held-out combinations, words and sentence frames.

Splits of specs/world-and-evaluation.md section 3. The lists are stored; the functions `draw_...`
that made them from constant seeds are kept beside them, and a test proves that they still agree.
`train` and `seen` hold nothing out-of-training: `seen` differs only in its seeds.
"""

import zlib
from collections.abc import Iterable, Sequence
from functools import cache

from hanazora.world import affordances, vocabulary
from hanazora.world.draw import generator, shuffled
from hanazora.world.spec import SceneSpec

SPLITS = ("train", "seen", "pair", "triple", "scene", "count", "words")

HELD_OUT_BY_SPEC = frozenset({"pair", "triple", "scene", "count"})
"""Splits told by the spec; "words" is told by the caption, "seen" only by its seeds."""

PAIR_SHARE = 0.12
TRIPLE_ONE_IN = 20
MAX_TRAIN_COUNT = 4

HELD_OUT_SETTINGS = ("neon_street", "beach")
HELD_OUT_WEATHERS = ("snow", "petals")
"""Settings x weathers never seen together: snow under neon, petals on the beach, ..."""

HELD_OUT_PAIRS: frozenset[tuple[str, str]] = frozenset({
    ("balloon", "gold"), ("balloon", "pink"), ("bicycle", "blue"), ("bicycle", "green"),
    ("bird", "brown"), ("bird", "yellow"), ("boat", "purple"), ("box", "black"), ("bus", "gold"),
    ("bus", "red"), ("car", "green"), ("car", "white"), ("cat", "blue"), ("cone", "cyan"),
    ("cone", "green"), ("cylinder", "black"), ("cylinder", "purple"), ("dog", "orange"),
    ("dog", "red"), ("fish", "red"), ("fish", "white"), ("jellyfish", "black"),
    ("jellyfish", "brown"), ("man", "orange"), ("man", "yellow"), ("octopus", "cyan"),
    ("octopus", "white"), ("seahorse", "blue"), ("seahorse", "cyan"), ("sign", "brown"),
    ("sign", "pink"), ("snowman", "orange"), ("snowman", "pink"), ("truck", "yellow"),
    ("woman", "gold"), ("woman", "purple"),
})  # fmt: skip
"""12 % of kind x colour, never together in training."""

HELD_OUT_PHRASES: frozenset[str] = frozenset({
})  # fmt: skip
"""20 % of the synonyms: never written in a training caption."""

HELD_OUT_FRAMES: frozenset[str] = frozenset({
})  # fmt: skip
"""25 % of the sentence frames, by name."""


def draw_held_out_pairs() -> frozenset[tuple[str, str]]:
    """Draw `HELD_OUT_PAIRS`: at most two colours of a kind, three or so kinds of a colour."""
    pairs = [(kind, colour) for kind in vocabulary.KINDS for colour in vocabulary.COLOURS]
    wanted = round(PAIR_SHARE * len(pairs))
    per_colour = -(-wanted // len(vocabulary.COLOURS))
    chosen: list[tuple[str, str]] = []
    for kind, colour in shuffled(generator(20240215, "held-out pairs"), pairs):
        of_kind = sum(other[0] == kind for other in chosen)
        of_colour = sum(other[1] == colour for other in chosen)
        usual = affordances.colour_weights(kind)[colour] > 1
        if len(chosen) < wanted and of_kind < 2 and of_colour < per_colour and not usual:
            chosen.append((kind, colour))
    return frozenset(chosen)


def draw_held_out_phrases(
    synonyms: Sequence[Sequence[str]], fixed_texts: Iterable[str] = ()
) -> frozenset[str]:
    """Draw a fifth of all synonyms, never the first of a list.

    A phrase that occurs inside a phrase that stays (or in the fixed text of a sentence frame) is
    not chosen: training would spell it anyway.
    """
    everything = {phrase for group in synonyms for phrase in group}
    firsts = {group[0] for group in synonyms if group}
    wanted = round(0.20 * len(everything))
    chosen: set[str] = set()
    stay = [f" {text} " for text in [*sorted(everything), *fixed_texts]]
    for phrase in shuffled(generator(20240215, "held-out words"), sorted(everything - firsts)):
        inside = f" {phrase} "
        used = any(inside in text and text.strip() not in chosen | {phrase} for text in stay)
        whole_list = any(phrase in group and len(group) < 3 for group in synonyms)
        if len(chosen) < wanted and not used and not whole_list:
            chosen.add(phrase)
    return frozenset(chosen)


def draw_held_out_frames(names: Sequence[str]) -> frozenset[str]:
    """Draw a quarter of the sentence frames of every length ("short/3": the third short one)."""
    chosen: set[str] = set()
    for length in sorted({name.split("/")[0] for name in names}):
        of_length = [name for name in names if name.split("/")[0] == length]
        order = shuffled(generator(20240215, f"held-out frames {length}"), of_length)
        chosen.update(order[: round(0.25 * len(order))])
    return frozenset(chosen)


def is_held_out_pair(kind: str, colour: str) -> bool:
    """Say whether training never shows this kind in this colour."""
    return (kind, colour) in HELD_OUT_PAIRS


@cache
def is_held_out_triple(kind: str, action: str, move: str) -> bool:
    """Say whether training never films this kind doing this with this camera move.

    One in twenty by a hash of the names; the static camera is always allowed, so that every pair
    of the three stays in training.
    """
    if move == "static":
        return False
    return zlib.crc32(f"{kind}|{action}|{move}|2024".encode()) % TRIPLE_ONE_IN == 0


def is_held_out_scene(setting: str, weather: str) -> bool:
    """Say whether training never shows this weather in this setting."""
    return setting in HELD_OUT_SETTINGS and weather in HELD_OUT_WEATHERS


def held_out_by(spec: SceneSpec) -> frozenset[str]:
    """Return the names of the splits whose held-out combinations the spec contains."""
    splits = set()
    scenes = [(spec.setting, spec.weather)] + [(s.setting, s.weather) for s in spec.shots]
    if any(is_held_out_scene(setting, weather) for setting, weather in scenes):
        splits.add("scene")
    moves = {shot.camera.move for shot in spec.shots} or {spec.camera.move}
    for subject in spec.subjects:
        if is_held_out_pair(subject.kind, subject.colour):
            splits.add("pair")
        if subject.count > MAX_TRAIN_COUNT:
            splits.add("count")
        if any(is_held_out_triple(subject.kind, subject.action, move) for move in moves):
            splits.add("triple")
    return frozenset(splits)


def is_held_out(spec: SceneSpec) -> bool:
    """Say whether the spec may never be trained on."""
    return bool(held_out_by(spec))
