"""Words that no lexicon has, read as the nearest thing of the world; needs the `semantic` extra.

A word is taken for a thing when its embedding is near enough to that thing's name and nearer than
to anything on a list of what the world does not have: a horse is no seahorse.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from hanazora.pipelines.expander.reading.tokens import UNKNOWN, Token
from hanazora.world.speech import words

if TYPE_CHECKING:
    from jaxtyping import Float
    from torch import Tensor

MIN_SIMILARITY = 0.6
"""Cosine below which a word stays unknown; chosen on 90 words by hand."""
_MIN_LETTERS = 3

Reading = tuple[str, str]
"""(tag, value) of a token."""
FindMeanings = Callable[[Sequence[str]], list[Reading | None]]
"""From unknown words to what each means, or None."""

_FOREIGN = (
    "horse", "cow", "sheep", "pig", "elephant", "lion", "tiger", "bear", "rabbit", "monkey",
    "whale", "dolphin", "seal", "penguin", "crab", "lobster", "crocodile", "snake", "frog",
    "insect", "ladybug", "butterfly", "spider", "dragon", "dinosaur", "ghost", "airplane",
    "helicopter", "rocket", "train", "subway", "tank", "submarine", "house", "castle", "church",
    "tower", "bridge", "mountain", "desert", "moon", "planet", "fire", "explosion", "food", "fruit",
    "cake", "coffee", "bread", "furniture", "chair", "bed", "book", "newspaper", "phone",
    "computer", "music", "guitar", "weapon", "money", "clock", "sleeping", "cooking", "singing",
    "beautiful", "stylish", "old", "wooden", "slow", "fast", "hair", "hand", "bottle", "cup",
)  # fmt: skip
_AIR = {
    "snow": "snowfall", "rain": "rain", "fog": "fog", "petals": "flower petals",
    "leaves": "autumn leaves", "bubbles": "bubbles",
}  # fmt: skip
_TIMES = {"day": "daytime", "dusk": "sunset", "night": "night", "dawn": "sunrise"}


def has_semantic_extra() -> bool:
    """Say whether unknown words can be read."""
    # Loads torch and 90 MB of weights: only for a prompt with unknown words.
    from hanazora.models.text.sentence_encoder import load_sentence_encoder

    return load_sentence_encoder() is not None


def read_unknown_words(tokens: Sequence[Token], find: FindMeanings) -> list[Token]:
    """Replace unknown words by what they mean, where something is near enough."""
    # What the lexicon lists as unknown has the value "any".
    asked = [t for t in tokens if t.tag == UNKNOWN and t.value == t.text]
    asked = [token for token in asked if len(token.text) >= _MIN_LETTERS]
    found = dict(zip((t.text for t in asked), find([t.text for t in asked]), strict=True))
    read = []
    for token in tokens:
        meaning = found.get(token.text) if token.tag == UNKNOWN else None
        read.append(Token(*meaning, token.text, origin="meaning") if meaning else token)
    return read


@cache
def _concepts() -> tuple[tuple[str, Reading | None], ...]:
    """Return names of things and what they mean; None for what the world does not have."""
    found: list[tuple[str, Reading | None]] = [(name, None) for name in _FOREIGN]
    found += [(pairs[0][0], ("kind", kind)) for kind, pairs in words.NOUNS.items()]
    for setting, names in words.NOUN_OF_SETTING.items():
        found += [(name, ("setting", setting)) for name in names]
    found += [(name, ("weather", weather)) for weather, name in _AIR.items()]
    found += [(name, ("time", time)) for time, name in _TIMES.items()]
    return tuple(found)


@cache
def _concept_vectors() -> "Float[Tensor, 'concepts 384']":
    from hanazora.models.text.sentence_encoder import load_sentence_encoder

    encoder = load_sentence_encoder()
    assert encoder is not None
    return encoder.encode([name for name, _ in _concepts()])


def nearest_meanings(texts: Sequence[str]) -> list[Reading | None]:
    """Return what each word means, or None where nothing of the world is near."""
    if not texts:
        return []
    from hanazora.models.text.sentence_encoder import load_sentence_encoder

    encoder = load_sentence_encoder()
    assert encoder is not None
    similarity = encoder.encode(list(texts)) @ _concept_vectors().T  # texts x concepts
    best, index = similarity.max(dim=1)
    near = zip(best.tolist(), index.tolist(), strict=True)
    return [_concepts()[i][1] if value >= MIN_SIMILARITY else None for value, i in near]
