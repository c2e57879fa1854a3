"""A small classifier over words and sets of terms: what no rule names but many harmful texts share.

Each sentence is read as its words (without endings), its pairs of neighbours, the sets its terms
belong to and the ordered pairs of sets near each other, hashed into a few thousand places (the
hashing trick of Weinberger et al. 2009). One softmax over them was fitted on the development half
of this project's own cases (`benchmarks/train_prompt_words.py`). It knows nothing but numpy, and a
finding points at the words that weighed most.
"""

import base64
import itertools
import json
import math
import re
import zlib
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hanazora.core.errors import UserError
from hanazora.safety.findings import Finding
from hanazora.safety.policy import Policy
from hanazora.safety.text.folding import Folded
from hanazora.safety.text.terms import Hit, TermSets, Token

LEARNED = "learned"
"""Name of the list in a policy; without it nothing is judged here."""

NUM_PLACES = 8192
_WINDOW = 6
_MIN_LETTERS = 8
_MIN_SCORE = 0.3
_SENTENCE = re.compile(r"[^.!?;\n]+")
_ENDINGS = ("ing", "ed", "es", "s", "ly")
_MIN_STEM = 3
_REMEMBERED = 32_768


Span = tuple[int, int]
"""Where something stands in a text."""


class Model(NamedTuple):
    """Weights of a softmax; the first class is harmless."""

    classes: tuple[str, ...]
    weight: NDArray[np.float32]
    """One row per class, one column per place."""
    bias: NDArray[np.float32]
    decides_at: float
    """Probability of harm that becomes a score of 0.5."""


def features(sentence: str, terms: TermSets) -> dict[int, Span]:
    """Return what a folded sentence has: its places among the weights and where each stands."""
    tokens, _, hits = terms.read(sentence)
    return _features_of(tokens, 0, len(tokens), hits)


def _features_of(
    tokens: Sequence[Token], first: int, end: int, hits: Sequence[Hit]
) -> dict[int, Span]:
    """Return what the tokens from `first` up to `end`, and the hits among them, have."""
    found: dict[int, Span] = {}
    seen = found.setdefault
    stems = [_stem(token.text) for token in tokens[first:end]]
    for stem, token in zip(stems, tokens[first:end], strict=True):
        seen(_place_of("w", stem, ""), (token.start, token.end))
    for index, (one, two) in enumerate(itertools.pairwise(stems), first):
        seen(_place_of("b", one, two), (tokens[index].start, tokens[index + 1].end))
    for group, start, past in hits:
        seen(_place_of("s", group, ""), (tokens[start].start, tokens[past - 1].end))
    for index, (group, start, past) in enumerate(hits, 1):
        for after in range(index, len(hits)):
            other, begun, over = hits[after]
            if begun > past + _WINDOW:  # hits come in the order of their places
                break
            if past <= begun and group != other:
                place = _place_of("p", group, other)
                if place not in found:  # most are: a term stands in many sets
                    found[place] = (tokens[start].start, tokens[over - 1].end)
    return found


@lru_cache(maxsize=_REMEMBERED)
def _place_of(kind: str, first: str, second: str) -> int:
    """Return the place of a word (w), a pair of words (b), a set (s) or a pair of sets (p)."""
    name = f"{kind} {first} {second}" if second else f"{kind} {first}"
    return zlib.crc32(name.encode()) % NUM_PLACES


def judge_words(reading: Folded, terms: TermSets, policy: Policy) -> list[Finding]:
    """Return a finding per sentence whose words together speak of harm.

    Args:
        reading: the text in clear, with the places of the original.
        terms: the sets of the policy.
        policy: names the weights; without them nothing is found.

    Raises:
        UserError: the weights are not what they should be.
    """
    if LEARNED not in policy.data.lists:
        return []
    model, found = _model_of(policy.sha256, policy), []
    tokens, _, hits = terms.read(reading.text)
    starts, firsts = [token.start for token in tokens], [hit.first for hit in hits]
    for match in _SENTENCE.finditer(reading.text):
        sentence = match.group()
        if not sentence.isascii() or sum(map(str.isalpha, sentence)) < _MIN_LETTERS:
            continue
        first, end = bisect_left(starts, match.start()), bisect_left(starts, match.end())
        inside = hits[bisect_left(firsts, first) : bisect_left(firsts, end)]
        seen = _features_of(tokens, first, end, inside)
        if not seen:
            continue
        category, score, top = weigh(seen, model)
        if score >= _MIN_SCORE:
            found.append(Finding(category, score, "learned/words", reading.span(*seen[top])))
    return found


def weigh(seen: Mapping[int, Span], model: Model) -> tuple[str, float, int]:
    """Return category, score (0.5 where harm begins) and the place that weighed most.

    Of a score that makes no finding the place is any.
    """
    places = list(seen)
    columns = model.weight[:, places]
    # A dozen numbers: plain floats are faster than arrays.
    logits = (columns.sum(axis=1) / np.sqrt(len(seen)) + model.bias).tolist()
    highest = max(logits)
    shares = [math.exp(each - highest) for each in logits]
    harm, border = 1 - shares[0] / sum(shares), model.decides_at
    score = 0.5 * harm / border if harm < border else 0.5 + 0.5 * (harm - border) / (1 - border)
    # Rounded, so that another machine's last bit does not change a record.
    score = round(score, 3)
    worst = shares.index(max(shares[1:]), 1)
    if score < _MIN_SCORE:
        return model.classes[worst], score, places[0]
    top = places[int((columns[worst] - columns[0]).argmax())]
    return model.classes[worst], score, top


def write_model(model: Model, about: str) -> str:
    """Return a model as the text of its file: weights of one byte each."""
    scale = float(np.abs(model.weight).max()) / 127
    packed = np.rint(model.weight / scale).astype(np.int8).tobytes()
    data = {
        "about": about,
        "classes": model.classes,
        "decides_at": model.decides_at,
        "scale": scale,
        "bias": [round(float(each), 4) for each in model.bias],
        "weight": base64.b64encode(zlib.compress(packed, 9)).decode("ascii"),
    }
    return json.dumps(data, indent=1) + "\n"


def read_model(text: str) -> Model:
    """Read what `write_model` wrote.

    Raises:
        UserError: it is something else.
    """
    try:
        data = json.loads(text)
        classes, border = tuple(map(str, data["classes"])), float(data["decides_at"])
        packed = zlib.decompress(base64.b64decode(data["weight"], validate=True))
        levels = np.frombuffer(packed, np.int8).reshape(len(classes), NUM_PLACES)
        bias = np.array(data["bias"], np.float32)
        weight = (levels * float(data["scale"])).astype(np.float32)
    except (KeyError, TypeError, ValueError, zlib.error) as error:
        raise UserError("the learned weights cannot be used", str(error)) from error
    if bias.shape != (len(classes),) or not 0 < border < 1:
        raise UserError("the learned weights cannot be used", "their sizes do not fit together")
    return Model(classes, weight, bias, border)


@lru_cache(maxsize=_REMEMBERED)
def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _MIN_STEM:
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=4)
def _model_of(sha256: str, policy: Policy) -> Model:
    del sha256  # the key: the same policy gives the same weights
    return read_model(policy.read_list(LEARNED))
