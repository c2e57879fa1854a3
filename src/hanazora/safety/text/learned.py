"""A small classifier over words and sets of terms: what no rule names but many harmful texts share.

Each sentence is read as its words (without endings), its pairs of neighbours, the sets its terms
belong to and the ordered pairs of sets near each other, hashed into a few thousand places (the
hashing trick of Weinberger et al. 2009). One softmax over them was fitted on the development half
of this project's own cases (`benchmarks/train_prompt_words.py`). It knows nothing but numpy, and a
finding points at the words that weighed most.
"""

import base64
import json
import re
import zlib
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hanazora.core.errors import UserError
from hanazora.safety.findings import Finding
from hanazora.safety.policy import Policy
from hanazora.safety.text.folding import Folded
from hanazora.safety.text.terms import TermSets, Token, tokenize

LEARNED = "learned"
"""Name of the list in a policy; without it nothing is judged here."""

NUM_PLACES = 8192
_WINDOW = 6
_MIN_LETTERS = 8
_MIN_SCORE = 0.3
_SENTENCE = re.compile(r"[^.!?;\n]+")
_ENDINGS = ("ing", "ed", "es", "s", "ly")
_MIN_STEM = 3


class Feature(NamedTuple):
    """Something that a sentence has."""

    place: int
    """Its place among the weights."""
    span: tuple[int, int]
    """Where it stands in the sentence."""


class Model(NamedTuple):
    """Weights of a softmax; the first class is harmless."""

    classes: tuple[str, ...]
    weight: NDArray[np.float32]
    """One row per class, one column per place."""
    bias: NDArray[np.float32]
    decides_at: float
    """Probability of harm that becomes a score of 0.5."""


def features(sentence: str, terms: TermSets) -> list[Feature]:
    """Return what a folded sentence has, each place once."""
    tokens = tokenize(sentence)
    named = [(f"w {_stem(one.text)}", (one.start, one.end)) for one in tokens]
    pairs = zip(tokens, tokens[1:], strict=False)
    named += [
        (f"b {_stem(one.text)} {_stem(two.text)}", (one.start, two.end)) for one, two in pairs
    ]
    hits = terms.find(tokens)
    named += [(f"s {hit.group}", _span(tokens, hit.first, hit.end)) for hit in hits]
    for index, one in enumerate(hits):
        for two in hits[index + 1 :]:
            if two.first > one.end + _WINDOW:  # hits come in the order of their places
                break
            if one.end <= two.first and one.group != two.group:
                span = _span(tokens, one.first, two.end)
                named.append((f"p {one.group} {two.group}", span))
    found: dict[int, Feature] = {}
    for name, span in named:
        place = zlib.crc32(name.encode()) % NUM_PLACES
        found.setdefault(place, Feature(place, span))
    return list(found.values())


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
    for match in _SENTENCE.finditer(reading.text):
        sentence = match.group()
        if sum(map(str.isalpha, sentence)) < _MIN_LETTERS or not sentence.isascii():
            continue
        seen = features(sentence, terms)
        if not seen:
            continue
        category, score, top = weigh(seen, model)
        if score >= _MIN_SCORE:
            start, end = top.span
            place = reading.span(match.start() + start, match.start() + end)
            found.append(Finding(category, score, "learned/words", place))
    return found


def weigh(seen: Sequence[Feature], model: Model) -> tuple[str, float, Feature]:
    """Return category, score (0.5 where harm begins) and the feature that weighed most."""
    columns = model.weight[:, [each.place for each in seen]]
    logits = columns.sum(axis=1) / np.sqrt(len(seen)) + model.bias
    shares = np.exp(logits - logits.max())
    shares /= shares.sum()
    harm, border = float(1 - shares[0]), model.decides_at
    score = 0.5 * harm / border if harm < border else 0.5 + 0.5 * (harm - border) / (1 - border)
    worst = 1 + int(shares[1:].argmax())
    top = seen[int((columns[worst] - columns[0]).argmax())]
    # Rounded, so that another machine's last bit does not change a record.
    return model.classes[worst], round(score, 3), top


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


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _MIN_STEM:
            return word[: -len(ending)]
    return word


def _span(tokens: Sequence[Token], first: int, end: int) -> tuple[int, int]:
    return tokens[first].start, tokens[end - 1].end


@lru_cache(maxsize=4)
def _model_of(sha256: str, policy: Policy) -> Model:
    del sha256  # the key: the same policy gives the same weights
    return read_model(policy.read_list(LEARNED))
