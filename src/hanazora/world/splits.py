"""What training never sees: held-out combinations, words and sentence frames.

Splits of specs/world-and-evaluation.md section 3. The lists are stored; the functions `draw_...`
that made them from constant seeds are kept beside them, and a test proves that they still agree.
`train` and `seen` hold nothing out-of-training: `seen` differs only in its seeds.
"""

import re
import zlib
from collections.abc import Mapping
from functools import cache

from hanazora.world import affordances, vocabulary
from hanazora.world.draw import generator, shuffled
from hanazora.world.frames_of_speech import (
    COUPLE_VERBS,
    FILLERS,
    FIXED_TEXTS,
    FRAME_NAMES,
    SCRIPT_SENTENCES,
    SHOWCASE_TEXTS,
)
from hanazora.world.spec import SceneSpec
from hanazora.world.speech import words
from hanazora.world.speech.verbs import PASSIVES, VERBS, conjugate

SPLITS = ("train", "seen", "pair", "triple", "scene", "count", "words")

HELD_OUT_BY_SPEC = frozenset({"pair", "triple", "scene", "count"})
"""Splits told by the spec; "words" is told by the caption, "seen" only by its seeds."""

PAIR_SHARE = 0.12
TRIPLE_ONE_IN = 20
WORD_SHARE = 0.20
FRAME_SHARE = 0.25
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
    "*be at a standstill", "*bounce up and down{d}", "*come between us and {x}{d}", "*cruise{d}",
    "*descend", "*disappear behind {x}{d}", "*drive past{d}", "*exit the shot{d}", "*flutter{d}",
    "*glide through the water{d}", "*go away{d} out of view",
    "*go out of the frame{d} and *return", "*go out of view{d}", "*hang in the water{d}", "*hop",
    "*hover in place", "*knock against {x}", "*linger", "*move out of the frame{d}",
    "*move past {x}{d}", "*rise into the air", "*sail through the air{d}",
    "*spring up and down{d}", "*swim up", "*trail behind {x}{d}",
    "*walk out of the frame{d} and *come back", "*wander{d}", "*wave a hand", "*wave to us",
    "Colored light falls on the sidewalk.", "Coloured light falls on the pavement.",
    "It is a calm green place.", "It is the season of the sakura.",
    "It looks like a set of toys.", "Seaweed sways on the rocks.",
    "The houses and the ground are white with snow.", "The picture is full of charm.",
    "The water is blue and full of life.", "Waves roll in behind.", "a shoulder bag",
    "a woolen scarf", "along a path of cherry trees", "amid blossom and snowflakes",
    "among falling petals", "among glowing shop signs", "among the corals", "banded", "by day",
    "cartoon with ink outlines", "checkered", "chestnut", "close to", "coach", "crate", "dinghy",
    "downward tilt", "farther away than", "giant", "glowing shopping street", "golden", "hound",
    "in a pale haze", "in a shower of blossom", "in broad daylight", "in clear weather",
    "in front of the town houses", "in the deep snow", "in the evening light", "ivory",
    "jet-black", "kitty", "leftward pan", "lilac", "locked-off shot", "low-poly style",
    "off to the back", "on a city street full of neon signs", "on a green meadow",
    "on a playroom floor", "on a street lined with sakura", "on the highway", "on the motorway",
    "on the shore", "over the sea bed", "pan right", "party balloon", "past bright shop windows",
    "polygon art", "rightwards", "road sign", "rose-colored", "rose-coloured", "rosy",
    "shaky camera", "signboard", "snow village", "snow-white", "stripy",
    "the camera circles left around the scene", "the camera climbs into the air",
    "the camera glides forward", "the camera is fixed", "the camera lifts up",
    "the camera shakes slightly", "the camera sways in the hand", "the camera tracks {o}",
    "the view holds still", "the view revolves rightwards", "the view tips downwards",
    "through a shopping street lit by neon", "towards the right", "under a dark sky",
    "upward boom move", "with cherry petals in the wind", "with snow in the air",
})  # fmt: skip
"""20 % of the synonyms: never written in a training caption."""

HELD_OUT_FRAMES: frozenset[str] = frozenset({
    "long/11", "long/12", "long/3", "long/7", "medium/11", "medium/12", "medium/16", "medium/2",
    "short/0", "short/13", "short/4", "short/7", "shots/1", "shots/8", "tiny/0", "tiny/6",
    "tiny/9",
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


def synonym_groups() -> tuple[tuple[str, ...], ...]:
    """Return every list of phrases that mean the same; verbs and nouns in their written form."""
    groups: list[tuple[str, ...]] = [
        tuple(pair[0] for pair in pairs) for pairs in words.NOUNS.values()
    ]
    for table in _PHRASE_TABLES:
        groups += [group for group in table.values() if group]
    groups += [group for by_kind in VERBS.values() for group in by_kind.values()]
    groups += [*SCRIPT_SENTENCES.values(), FILLERS]
    return tuple(groups)


_PHRASE_TABLES: tuple[Mapping[str, tuple[str, ...]], ...] = (
    words.COLOURS,
    words.SIZES,
    words.PATTERNS,
    words.EXTRAS,
    words.NOUN_OF_SETTING,
    words.PLACES,
    words.WEATHERS,
    words.TIMES,
    words.STYLES,
    words.CAMERAS,
    words.CAMERA_NOUNS,
    words.DIRECTIONS,
    words.CLEAR_DIRECTIONS,
    words.RELATIONS,
    words.DETAILS,
)


def plain_words(text: str) -> str:
    """Return the text in small letters between single spaces, without slots and punctuation."""
    letters = _NOT_A_WORD.sub(" ", _SLOT.sub(" ", text.lower()))
    return " " + " ".join(letters.split()) + " "


_SLOT = re.compile(r"\{\w+\}")
_NOT_A_WORD = re.compile(r"[^a-z0-9'-]+")


_ALWAYS_TAUGHT = frozenset({
    "at the beach", "crimson", "cube", "in falling snow", "neon lights", "on the sand",
    "papercraft", "sphere", "toward the camera", "towards us", "underwater", "film look",
    "in a cherry blossom alley", "kitten", "at sunset", "huge", "under the sea", "cherry alley",
    "*go behind {x}{d}", "*walk out of the frame{d}",
})  # fmt: skip
"""Everyday words of prompts: a model that must wait for an expander to know them helps nobody."""


def spellings(phrase: str) -> frozenset[str]:
    """Return every form in which a caption may write the phrase, as `plain_words`."""
    if "*" in phrase:
        return frozenset(plain_words(form) for form in conjugate(phrase)[1:])
    return frozenset(plain_words(form) for form in (phrase, _PLURALS.get(phrase, phrase)))


_PLURALS = {pair[0]: pair[1] for pairs in words.NOUNS.values() for pair in pairs}


def fixed_texts() -> tuple[str, ...]:
    """Return the text that captions write whatever the synonyms, as `plain_words`."""
    numbers = [phrase for group in words.NUMBERS.values() for phrase in group]
    passives = [phrase for group in PASSIVES.values() for phrase in group]
    texts = (words.GLUE, *FIXED_TEXTS, *numbers, *passives, *COUPLE_VERBS, *SHOWCASE_TEXTS.values())
    return tuple(plain_words(text) for text in texts)


def draw_held_out_phrases() -> frozenset[str]:
    """Draw a fifth of all synonyms, never the first of a list nor an everyday one.

    A phrase that occurs inside a phrase that stays (or in the fixed text of a sentence frame) is
    not chosen: training would spell it anyway.
    """
    groups = synonym_groups()
    everything = sorted({phrase for group in groups for phrase in group})
    firsts = {group[0] for group in groups}
    pairs = {group[1] for group in groups if len(group) == 2}
    fixed = fixed_texts()
    spelled = {phrase: spellings(phrase) for phrase in everything}
    chosen: set[str] = set()
    order = [phrase for phrase in everything if phrase not in firsts | _ALWAYS_TAUGHT]
    for phrase in shuffled(generator(20240215, "held-out words"), order):
        stays = [texts for p, texts in spelled.items() if p != phrase and p not in chosen]
        kept_text = "|".join([*fixed, *(text for texts in stays for text in texts)])
        used = any(form in kept_text for form in spelled[phrase])
        # A list of two keeps its only synonym half the time.
        spare = phrase in pairs and zlib.crc32(phrase.encode()) % 2 == 0
        if len(chosen) < round(WORD_SHARE * len(everything)) and not used and not spare:
            chosen.add(phrase)
    return frozenset(chosen)


def draw_held_out_frames() -> frozenset[str]:
    """Draw a quarter of the sentence frames of every length ("short/3": the third short one)."""
    chosen: set[str] = set()
    for length in sorted({name.split("/")[0] for name in FRAME_NAMES}):
        of_length = [name for name in FRAME_NAMES if name.split("/")[0] == length]
        order = shuffled(generator(20240215, f"held-out frames {length}"), of_length)
        chosen.update(order[: round(FRAME_SHARE * len(order))])
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
