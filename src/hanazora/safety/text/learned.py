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
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hanazora.core.errors import UserError
from hanazora.safety.findings import Finding
from hanazora.safety.policy import Policy
from hanazora.safety.text.folding import Folded
from hanazora.safety.text.remembered import MAX_LETTERS, Remembered
from hanazora.safety.text.terms import Hit, TermSets, Tokens

LEARNED = "learned"
"""Name of the list in a policy; without it nothing is judged here."""

NUM_PLACES = 8192
_WINDOW = 6
_ENOUGH_LETTERS = re.compile(r"(?:[^a-z]*[a-z]){8}")
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
    return _features_of(tokens, 0, len(tokens.texts), hits)


def _features_of(tokens: Tokens, first: int, end: int, hits: Sequence[Hit]) -> dict[int, Span]:
    """Return what the tokens from `first` up to `end`, and the hits among them, have."""
    starts, ends = tokens.starts, tokens.ends
    found: dict[int, Span] = {}
    seen = found.setdefault
    words, pairs = _word_places(tokens.texts[first:end])
    for index, place in enumerate(words, first):
        seen(place, (starts[index], ends[index]))
    for index, place in enumerate(pairs, first):
        seen(place, (starts[index], ends[index + 1]))
    for groups, start, past in hits:
        for place in _set_places(groups):
            seen(place, (starts[start], ends[past - 1]))
    done = set[tuple[str, tuple[str, ...]]]()
    for hit, near in _neighbours(hits):
        for group, other in itertools.product(hit.groups, near):
            if (group, other.groups) not in done:
                done.add((group, other.groups))
                for place in _pair_places((group,), other.groups):
                    seen(place, (starts[hit.first], ends[other.end - 1]))
    return found


def _hit_places(hits: Sequence[Hit]) -> set[int]:
    """Return what hits alone have, without the spans, in a fraction of the time."""
    found, done = set[int](), set[tuple[tuple[str, ...], tuple[str, ...]]]()
    for hit in hits:
        found.update(_set_places(hit.groups))
    for hit, near in _neighbours(hits):
        for other in near:
            if (hit.groups, other.groups) not in done:
                done.add((hit.groups, other.groups))
                found.update(_pair_places(hit.groups, other.groups))
    return found


def _neighbours(hits: Sequence[Hit]) -> Iterator[tuple[Hit, list[Hit]]]:
    """Yield each hit with those that begin soon after its end."""
    for index, hit in enumerate(hits, 1):
        near = []
        for after in range(index, len(hits)):
            other = hits[after]
            if other.first > hit.end + _WINDOW:  # hits come in the order of their places
                break
            if hit.end <= other.first:
                near.append(other)
        if near:
            yield hit, near


def _word_places(words: Sequence[str]) -> tuple[list[int], list[int]]:
    """Return the places of words, and those of their pairs of neighbours."""
    # Pairs with overlong words are not remembered: they would fill the memory.
    usual = max(map(len, words), default=0) <= MAX_LETTERS
    of_pair = _word_pair_place if usual else _word_pair_place.__wrapped__
    return list(map(_WORD_PLACES.__getitem__, words)), list(map(of_pair, words, words[1:]))


@lru_cache(maxsize=_REMEMBERED)
def _word_pair_place(one: str, two: str) -> int:
    return _place_of(f"b {_stem(one)} {_stem(two)}")


@lru_cache(maxsize=_REMEMBERED)
def _set_places(groups: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(_place_of(f"s {group}") for group in groups)


@lru_cache(maxsize=_REMEMBERED)
def _pair_places(groups: tuple[str, ...], others: tuple[str, ...]) -> tuple[int, ...]:
    """Return the places of every set of a hit with every other set of a later one."""
    pairs = itertools.product(groups, others)
    return tuple(_place_of(f"p {group} {other}") for group, other in pairs if group != other)


def _place_of(name: str) -> int:
    return zlib.crc32(name.encode()) % NUM_PLACES


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _MIN_STEM:
            return word[: -len(ending)]
    return word


_WORD_PLACES = Remembered(lambda word: _place_of(f"w {_stem(word)}"))


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
    model = _model_of(policy.sha256, policy)
    found = []
    for sentence in _suspicious(_sentences(reading.text, terms), model):
        seen = _features_of(*sentence)
        category, score, top = weigh(seen, model)
        if score >= _MIN_SCORE:
            found.append(Finding(category, score, "learned/words", reading.span(*seen[top])))
    return found


class _Sentence(NamedTuple):
    """Where a sentence stands among the tokens of its text, and the hits inside it."""

    tokens: Tokens
    first: int
    end: int
    hits: Sequence[Hit]


def _sentences(text: str, terms: TermSets) -> list[_Sentence]:
    """Return the sentences that have enough letters, all of them ASCII."""
    tokens, _, hits = terms.read(text)
    firsts = [hit.first for hit in hits]
    found = []
    for match in _SENTENCE.finditer(text):
        sentence = match.group()
        if sentence.isascii() and _ENOUGH_LETTERS.match(sentence):
            first = bisect_left(tokens.starts, match.start())
            end = bisect_left(tokens.starts, match.end())
            inside = hits[bisect_left(firsts, first) : bisect_left(firsts, end)]
            found.append(_Sentence(tokens, first, end, inside))
    return [each for each in found if each.first < each.end]


def _suspicious(sentences: Sequence[_Sentence], model: Model) -> list[_Sentence]:
    """Return the sentences that may score enough, weighed all at once and without spans."""
    if not sentences:
        return []
    words, pairs = _word_places(sentences[0].tokens.texts)
    places = [
        {*words[first:end], *pairs[first : end - 1], *_hit_places(hits)}
        for _, first, end, hits in sentences
    ]
    sizes = np.array([len(each) for each in places])
    flat = np.fromiter(itertools.chain.from_iterable(places), np.intp, int(sizes.sum()))
    sums = np.add.reduceat(model.weight[:, flat], np.cumsum(sizes) - sizes, axis=1)
    logits = sums / np.sqrt(sizes) + model.bias[:, None]
    shares = np.exp(logits - logits.max(axis=0))
    harm = 1 - shares[0] / shares.sum(axis=0)
    # A little less than what makes the lowest score: the order of a sum moves its last bits.
    likely = harm > 0.98 * 2 * _MIN_SCORE * model.decides_at
    return list(itertools.compress(sentences, likely))


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


@lru_cache(maxsize=4)
def _model_of(sha256: str, policy: Policy) -> Model:
    del sha256  # the key: the same policy gives the same weights
    return read_model(policy.read_list(LEARNED))
