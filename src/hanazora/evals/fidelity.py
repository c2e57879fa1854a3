"""Suite F, prompt fidelity: is what the sentence asserts to be seen in the video?

Only facts that the caption asserts are scored; what it leaves open is free. The scene reader reads
the video, so every figure stands beside that of true renders (the floor of the reader) and of
trivial answers. specs/world-and-evaluation.md sections 2 and 3.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from hanazora.evals.scene_reader import SceneReader, SceneReading, read_clips
from hanazora.world.captions import Caption
from hanazora.world.speech.noun_phrases import CLIP, Fact
from hanazora.world.vocabulary import COLOURS, KINDS

Video = Float[Tensor, "1 c t h w"]

Generate = Callable[[str, int], Video]
"""Makes the video of a prompt and a seed: `1 c t h w` in [-1, 1]."""

METRICS = (
    "setting", "object", "binding", "direction", "camera", "weather", "time_of_day", "style", "all",
)  # fmt: skip
"""What is scored.

object:    share of the named kinds of thing that are there.
binding:   F1 of kind and colour together.
direction: the named thing goes where the sentence says; a thing that is not found is wrong.
all:       setting, bindings, directions and camera, as far as asserted, are all right.
The others are the share of prompts whose asserted value is the one that was read.
"""

NUM_RESAMPLES = 1000


class Tally(NamedTuple):
    """Counts of one metric for one prompt; the score is 2 right / (2 right + wrong)."""

    right: float = 0.0
    wrong: float = 0.0
    """Missed ones and false ones; for a yes-or-no metric 2 when it is not right."""


Scores = dict[str, Tally]
"""Tallies of one prompt by metric; a metric that the prompt does not ask for is absent."""


class Estimate(NamedTuple):
    """A score with its 95 % bootstrap interval over prompts."""

    value: float
    low: float
    high: float
    num_prompts: int
    """Prompts that assert such a fact."""


class FidelityReport(NamedTuple):
    """Scores of one set of videos."""

    name: str
    """Whose videos they are."""
    estimates: dict[str, Estimate]
    """By metric, in the order of `METRICS`; metrics nobody asserted are absent."""


def evaluate_fidelity(
    generate: Generate,
    captions: Sequence[Caption],
    reader: SceneReader,
    *,
    name: str = "model",
    first_seed: int = 0,
    on_prompt: Callable[[int], None] | None = None,
) -> tuple[FidelityReport, FidelityReport]:
    """Generate one video per prompt and score it.

    Args:
        generate: makes the video of a prompt and a seed.
        captions: the prompts with what they assert.
        reader: reads the videos.
        name: name of the row.
        first_seed: seed of the first prompt; the others follow.
        on_prompt: called after each prompt with the number of finished ones.

    Returns:
        The scores, and those of the same videos under the sentence of another prompt.
    """
    readings = []
    for index, caption in enumerate(captions):
        readings += read_clips(reader, generate(caption.text, first_seed + index))
        if on_prompt is not None:
            on_prompt(index + 1)
    shuffled = [readings[other] for other in shuffle(len(readings))]
    return (
        score_readings(name, readings, captions, reader),
        score_readings(f"{name}, captions shuffled", shuffled, captions, reader),
    )


def read_videos(reader: SceneReader, videos: Iterator[Video]) -> list[SceneReading]:
    """Read videos one by one."""
    return [reading for video in videos for reading in read_clips(reader, video)]


def shuffle(count: int) -> list[int]:
    """Return for every prompt the index of another one, always the same."""
    order = torch.randperm(count, generator=torch.Generator().manual_seed(0)).tolist()
    other = [0] * count
    for here, there in zip(order, order[1:] + order[:1], strict=True):
        other[here] = there
    return other


def score_readings(
    name: str, readings: Sequence[SceneReading], captions: Sequence[Caption], reader: SceneReader
) -> FidelityReport:
    """Score what was read in the videos of captions."""
    rows = [
        score_prompt(reading, caption.asserted, reader)
        for reading, caption in zip(readings, captions, strict=True)
    ]
    return FidelityReport(
        name, {m: estimate(rows, m) for m in METRICS if any(m in r for r in rows)}
    )


def score_prompt(reading: SceneReading, asserted: Sequence[Fact], reader: SceneReader) -> Scores:
    """Compare one reading with what the sentence asserts of the whole clip."""
    scores: Scores = {}
    for fact in asserted:
        if fact.subject == CLIP and fact.shot == CLIP and fact.name in reading.clip:
            scores[fact.name] = _yes_or_no(reading.clip[fact.name] == fact.value)
    subjects = _gather_subjects(asserted)
    objects = _score_objects(reading, subjects, reader.config.kind_threshold)
    bindings = _score_bindings(reading, subjects, reader.config.binding_threshold)
    directions = _score_directions(reading, subjects, reader)
    for name, tally in (("object", objects), ("binding", bindings), ("direction", directions)):
        if tally.right + tally.wrong > 0:
            scores[name] = tally
    strict = [scores[n] for n in ("setting", "camera", "binding", "direction") if n in scores]
    if strict:
        scores["all"] = _yes_or_no(all(tally.wrong == 0 for tally in strict))
    return scores


def estimate(rows: Sequence[Scores], metric: str) -> Estimate:
    """Pool a metric over prompts, with its 95 % bootstrap interval."""
    counts = torch.tensor([row[metric] for row in rows if metric in row], dtype=torch.float64)
    generator = torch.Generator().manual_seed(0)
    drawn = torch.randint(len(counts), (NUM_RESAMPLES, len(counts)), generator=generator)
    values = _f1(counts[drawn].sum(dim=1))
    low, high = values.quantile(torch.tensor([0.025, 0.975], dtype=torch.float64)).tolist()
    return Estimate(_f1(counts.sum(dim=0)[None]).item(), low, high, len(counts))


class _Subject(NamedTuple):
    kind: str | None
    colour: str | None
    direction: str | None


def _gather_subjects(asserted: Sequence[Fact]) -> list[_Subject]:
    """Join the facts of every subject."""
    found: dict[int, dict[str, str]] = {}
    for fact in asserted:
        if fact.subject != CLIP and fact.name in _Subject._fields:
            found.setdefault(fact.subject, {})[fact.name] = str(fact.value)
    return [
        _Subject(facts.get("kind"), facts.get("colour"), facts.get("direction"))
        for facts in found.values()
    ]


def _score_objects(reading: SceneReading, subjects: Sequence[_Subject], threshold: float) -> Tally:
    kinds = {subject.kind for subject in subjects if subject.kind is not None}
    right = sum(reading.kinds[KINDS.index(kind)].item() > threshold for kind in kinds)
    return Tally(right, 2.0 * (len(kinds) - right))


def _score_bindings(reading: SceneReading, subjects: Sequence[_Subject], threshold: float) -> Tally:
    """Count named pairs that are there, that are not, and named kinds in a colour nobody named."""
    named = {(s.kind, s.colour) for s in subjects if s.kind is not None and s.colour is not None}
    open_kinds = {s.kind for s in subjects if s.colour is None}
    right = wrong = 0.0
    for kind in sorted({kind for kind, _ in named}):
        scores = reading.bindings[KINDS.index(kind)]
        wanted = {COLOURS.index(colour) for of, colour in named if of == kind}
        there = set(torch.nonzero(scores > threshold).flatten().tolist())
        right += len(wanted & there)
        wrong += len(wanted - there) + (0 if kind in open_kinds else len(there - wanted))
    return Tally(right, wrong)


def _score_directions(
    reading: SceneReading, subjects: Sequence[_Subject], reader: SceneReader
) -> Tally:
    right = wrong = 0.0
    for subject in subjects:
        if subject.direction is None:
            continue
        found = _is_found(reading, subject, reader)
        goes = reading.direction(subject.kind, subject.colour)
        if found and goes == subject.direction:
            right += 1.0
        else:
            wrong += 2.0
    return Tally(right, wrong)


def _is_found(reading: SceneReading, subject: _Subject, reader: SceneReader) -> bool:
    if subject.kind is None:
        return True
    kind = KINDS.index(subject.kind)
    if subject.colour is None:
        return reading.kinds[kind].item() > reader.config.kind_threshold
    score = reading.bindings[kind, COLOURS.index(subject.colour)].item()
    return score > reader.config.binding_threshold


def _yes_or_no(is_right: bool) -> Tally:
    return Tally(1.0, 0.0) if is_right else Tally(0.0, 2.0)


def _f1(counts: Float[Tensor, "n 2"]) -> Float[Tensor, " n"]:
    right, wrong = counts.unbind(dim=1)
    return 2.0 * right / (2.0 * right + wrong)
