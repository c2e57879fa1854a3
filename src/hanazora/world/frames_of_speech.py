"""Sentence frames: how the pieces of a caption are put together, from two words to a paragraph.

A frame is text with slots; a part in square brackets is left out when its slot has nothing to say
or when the caption writer decides to drop that fact.

    {S} subject with article    {s} subject without       {V} walks    {I} is walking    {G} walking
    {R} pronoun or "the dog"    {B} is or are             {P} place    {W} weather       {T} time
    {Y} style                   {K} camera, a sentence    {N} camera, a noun             {M} setting
    {O} other subjects, a sentence    {Q} other subjects, nouns    {D} detail of the setting
    {L} setting with article          {F} filler that says nothing
    {X} what the script promises ("the sign is still there")
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

TINY = (
    "{s}",
    "{s} {G}",
    "{M}",
    "{s} {P}",
    "{M} {T}",
    "{M} {W}",
    "{M}, {Y}",
    "{s}, {M}",
    "{s} {W}",
    "{S}",
    "{s} {T}",
    "{s}, {Y}",
)
SHORT = (
    "{S} {V}[ {P}].",
    "{S} {I}[ {P}].",
    "{S} {G}[ {P}][ {W}]",
    "{P}, {S} {V}.",
    "{S} {P}[ {W}].",
    "A video of {S} {G}[ {P}].",
    "{S} {V}[ {W}].",
    "{S} {G}[ {T}]",
    "There {B} {S}[ {P}]. {R} {V}.",
    "{M}, {S} {G}[, {Y}]",
    "{S} that {V}[ {P}].",
    "{S} {V}[ {P}][ while {O}].",
    "Show me {S} {G}[ {P}].",
    "{W}, {S} {V}.",
    "{S} {V}. {K}.",
    "{S} {G}[ {P}], {N}",
    "{L} with {S}[ and {Q}]",
    "{S} and {Q}[, {P}]",
)
MEDIUM = (
    "{S} {V}[ {P}][ {W}][ {T}][, and {O}].[ {X}][ {K}.][ {Y}.]",
    "[{Y}: ]{S} {V}[ {P}][ {W}][ {T}][, while {O}][; {K}].",
    "{P}, {S} {V}[ {W}][ {T}].[ {X}][ {O}.][ {K}.][ {Y}.]",
    "A video of {S} {G}[ {P}][ {W}][ {T}][ and {Q}][, {N}][, {Y}].",
    "[{N}. ]{S} {I}[ {P}][ {W}][ {T}].[ {O}.][ {Y}.]",
    "{T} {P}, {S} {V}[ {W}].[ {O}.][ {K}.][ {Y}.]",
    "{S} {I}[ {P}][ {W}][ {T}][, and {O}].[ {X}][ {K}.][ {Y}.]",
    "{W}, {S} {V}[ {P}][ {T}].[ {O}.][ {K}.][ ({Y})]",
    "We see {S}[ {P}]. {R} {V}[ {W}][ {T}].[ {X}][ {O}.][ {K}.][ {Y}.]",
    "{M}[, {T}]. {S} {V}[ {W}].[ {O}.][ {N}.][ {Y}.]",
    "{S} {G}[, {P}][, {W}][, {T}][, {Q}][, {N}][, {Y}]",
    "As {K}, {S} {V}[ {P}][ {W}][ {T}].[ {O}.][ {Y}.]",
    "There {B} {S}[ {P}][ and {Q}]. {R} {V}[ {W}][ {T}].[ {K}.][ {Y}.]",
    "What we see[ {P}] is {S} {G}[ {W}][ {T}].[ {O}.][ {K}.][ {Y}.]",
    "It is a scene {P}[ {T}]: {S} {V}[ {W}][, and {O}].[ {K}.][ {Y}.]",
    "{S} {V}[ {P}]. {O}.[ {K}.][ It looks like this: {Y}.]",
    "{K}. {S} {V}[ {P}][ {W}][ {T}].[ {O}.][ {Y}.]",
    "Please make a clip of {S} {G}[ {P}][ {W}][ {T}].[ {O}.][ {K}.][ {Y}.]",
)
LONG = (
    "{D} {F} {S} {V} {P}[ {W}][ {T}].[ {X}][ {O}.][ {K}.][ {Y}.]",
    "A charming film {P}[ {T}]. {S} {I}[ {W}].[ {X}][ At the same time, {O}.][ {K}.] {F}[ {Y}.]",
    "The scene takes place {P}[ {T}]. {D} We notice {S}. {R} {V}[ {W}].[ {X}][ {O}.][ {K}.][ {Y}.]",
    "Beautiful {M}. {K} while {S} {V}[ {W}][ {T}].[ Meanwhile, {O}.] {D}[ {Y}.]",
    "{S} {V} {P}. {D}[ It all happens {T}.][ {X}][ {O}.] {F}[ {K}.][ {Y}.]",
    "The video begins with {L}. {D} Our eyes fall on {S}, and {R} {V}[ {W}][ {T}].[ {X}]"
    "[ {O}.][ {K}.] {F}[ {Y}.]",
    "[{Y}. ]{F} {S} {I} {P}[ {W}][ {T}]. {D}[ {O}.][ All the while {K}.]",
    "In this clip {K}. {D} {S} {V}[ {W}][ {T}].[ {X}][ {O}.] {F}[ {Y}.]",
    "{P}[, {T}], the story is a simple one: {S} {V}[ {W}].[ {X}][ Besides, {O}.] {D}[ {K}.][ {Y}.]",
    "Imagine {L}[ {T}]. {D} {S} {V}[ {W}][, and {O}].[ {X}] {F} Filmed as follows: [{N}, ]{Y}.",
    "A short story in pictures. {D} {S} {V}[ {W}][ {T}].[ {X}][ There is more to see: {O}.]"
    "[ {K}.] {F}[ {Y}.]",
    "Everything here is calm and lovely. {S} {I} {P}[ {W}][ {T}]. {D}[ {O}.] {K}.[ {Y}.]",
    "{F} {D} What matters is {S}. {R} {V}[ {P}][ {W}][ {T}].[ {X}][ {O}.][ {N}.][ {Y}.]",
    "The day is like any other. {D}[ {W}, ]{S} {V}.[ {X}][ Not only that: {O}.][ {K}.][ {Y}.]",
)
FRAMES: Mapping[str, tuple[str, ...]] = {
    "tiny": TINY,
    "short": SHORT,
    "medium": MEDIUM,
    "long": LONG,
}
COUPLE_VERBS = ("walk side by side", "walk together", "stroll together", "stroll side by side")
FILLERS = (
    "The mood is calm and friendly.",
    "Every shape is simple and clear.",
    "It is a quiet moment.",
    "The picture is full of charm.",
    "It is lovely to look at.",
    "It could be a page of a picture book.",
)
SCRIPT_SENTENCES: Mapping[str, tuple[str, ...]] = {
    "leave_return": (
        "It is the same {k} as before.",
        "When {R} {comes} back, nothing has changed.",
        "The same {k} appears again.",
    ),
    "truck_sign": (
        "When the {k} has gone, the sign is still there.",
        "Then the sign can be seen again, unchanged.",
        "The sign stays where it was.",
    ),
}
SHOWCASE_TEXTS: Mapping[str, str] = {
    "sakura": "A couple walks side by side away from the camera under the cherry trees as petals "
    "and snowflakes fall. Pink blossoming trees line the path. The camera follows them.",
    "neon": "At night on a neon street, a woman in a red coat and a man in a black coat walk "
    "together away from the camera in the rain. Shop signs glow on both sides. The camera "
    "follows them. Cinematic.",
    "reef": "An orange striped fish swims to the left in a coral reef. Then cut to a green turtle "
    "swimming to the right. Then cut to a pink jellyfish rising. Paper-craft style.",
    "truck": "A large blue truck passes in front of a white sign from left to right on a road. "
    "When the truck has gone, the sign is still there. The camera stays still.",
    "return": "A man in a green coat with a hat leaves the picture to the left and comes back in "
    "a park. It is the same man as before. The camera stays still.",
    "toys": "A small red ball bounces on a table, and there is a large blue box next to it. "
    "The camera moves in.",
}
"""The showcase sentences of DESIGN section 3, in the language that training teaches."""


class ShotFrame(NamedTuple):
    """How the shots of a clip with cuts are told: {A} is a sentence, {C} nouns, {i} the number."""

    opener: str
    joiner: str
    closer: str = "[ {Y}.]"


SHOTS = (
    ShotFrame("{A}.", " Then cut to {C}."),
    ShotFrame("First {A}.", " Then {A}."),
    ShotFrame("Shot 1: {A}.", " Shot {i}: {A}."),
    ShotFrame("The first shot shows {C}.", " The next shot shows {C}."),
    ShotFrame("The film opens on {C}", "; it cuts to {C}", ".[ {Y}.]"),
    ShotFrame("{A}.", " After a cut, {A}."),
    ShotFrame("{C}", ", cut to {C}", "[, {Y}]"),
    ShotFrame("We see {C}.", " Next we see {C}."),
    ShotFrame("A film in several shots: {C}", ", then {C}", ".[ {Y}.]"),
    ShotFrame("{A}.", " In another shot {A}."),
)


class Part(NamedTuple):
    """A piece of a frame: its slots and its text as a format string; optional or not."""

    slots: tuple[str, ...]
    text: str
    optional: bool


class Frame(NamedTuple):
    """A compiled sentence frame."""

    name: str
    """ "short/3": the length and the number, used by the held-out lists."""
    parts: tuple[Part, ...]
    needs: frozenset[str]
    """Slots that must have something to say."""


_SLOT = re.compile(r"\{(\w)\}")


def compile_frame(name: str, source: str) -> Frame:
    """Split a frame into required and optional parts."""
    parts = []
    for piece in re.split(r"(\[[^\]]*\])", source):
        if piece:
            optional = piece[0] == "["
            parts.append(Part(tuple(_SLOT.findall(piece)), piece.strip("[]"), optional))
    needs = frozenset(slot for part in parts if not part.optional for slot in part.slots)
    return Frame(name, tuple(parts), needs)


COMPILED: Mapping[str, tuple[Frame, ...]] = {
    length: tuple(
        compile_frame(f"{length}/{number}", source) for number, source in enumerate(sources)
    )
    for length, sources in FRAMES.items()
}
FRAME_NAMES = tuple(frame.name for frames in COMPILED.values() for frame in frames) + tuple(
    f"shots/{number}" for number in range(len(SHOTS))
)
"""Names of all sentence frames; `splits.py` holds a quarter of them out."""
FIXED_TEXTS = (
    *(source for sources in FRAMES.values() for source in sources),
    *(text for frame in SHOTS for text in frame),
)
"""Text that frames write themselves, slots included."""
