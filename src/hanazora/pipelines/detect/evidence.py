"""Pieces of evidence that a file is ours, and the one scale on which they are put together.

    proven        a trusted signature over exactly this content
    very strong   the mark in the pixels (p <= 1e-6) and the fingerprint lead to the same file
    supporting    any one of: a signature that is not trusted or no longer holds, the mark alone,
                  the fingerprint alone, the classifier
    none found    nothing; which says nothing about how the file was made

There is no scale for the opposite: nothing here can show that a camera filmed something.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

from hanazora.pipelines.detect.classifier import ClassifierData, Measured

Kind = Literal["manifest", "watermark", "fingerprint", "classifier"]
State = Literal["found", "none", "not_applicable", "not_available"]
Conclusion = Literal["proven", "very strong", "supporting", "none found"]
Fact: TypeAlias = "str | int | float | bool | None | list[str]"

MAX_P = 1e-6
"""p-value up to which a mark counts for "very strong"."""


class Evidence(NamedTuple):
    """What one method found."""

    kind: Kind
    state: State
    p_value: float | None
    """Chance of at least this much on a file that is not ours; none where it has no meaning."""
    detail: str
    """One sentence for a person."""
    facts: dict[str, Fact]
    """Everything a program may want."""


class Detection(NamedTuple):
    """Everything that was found about a file."""

    sha256: str
    conclusion: Conclusion
    evidence: tuple[Evidence, ...]
    warnings: tuple[str, ...]
    """Contradictions between pieces of evidence, revocations, takedowns."""
    weaknesses: tuple[str, ...]
    """What this method cannot do, with measured error rates; always said."""


def missing(kind: Kind, reason: str) -> Evidence:
    """Return the evidence of a method that could not run here."""
    return Evidence(kind, "not_available", None, f"not available: {reason}", {})


def conclude(evidence: Sequence[Evidence]) -> tuple[Conclusion, tuple[str, ...]]:
    """Put the pieces together.

    Returns:
        The place on the scale, and warnings about pieces that contradict each other.
    """
    found = {one.kind: one for one in evidence if one.state == "found"}
    manifest, mark = found.get("manifest"), found.get("watermark")
    looks = found.get("fingerprint")
    warnings = list(_moved(mark, looks))
    if manifest is not None and manifest.facts["state"] == "Trusted":
        return "proven", tuple(warnings)
    if mark is not None and looks is not None and not warnings:
        same = mark.facts["manifest"] and mark.facts["manifest"] in _names(looks)
        if same and mark.p_value is not None and mark.p_value <= MAX_P:
            return "very strong", ()
    return ("supporting" if found else "none found"), tuple(warnings)


def _names(looks: Evidence) -> list[str]:
    names = looks.facts["manifests"]
    return names if isinstance(names, list) else []


def _moved(mark: Evidence | None, looks: Evidence | None) -> list[str]:
    """Warn of a mark that may have been moved from one of our files onto another."""
    if mark is None or not mark.facts["manifest"]:
        return []
    names = _names(looks) if looks is not None else []
    if mark.facts["manifest"] in names:
        return []
    return ["the mark belongs to a file that looks different: it may have been moved onto this one"]


def weaknesses(data: ClassifierData | None) -> tuple[str, ...]:
    """Return the two weaknesses that every answer states, with this build's measured rates."""
    if data is None:
        first = "Detectors err; the classifier is not available here, so it has no rates."
    else:
        wrong, clean = data.measured["false_positives"], data.measured["found_clean"]
        worse = data.measured["found_crf34"]
        first = (
            f"Detectors err: on held-out clips the classifier flagged {_percent(wrong)} of those "
            f"that are not ours and found {_percent(clean)} of ours, {_percent(worse)} after "
            "re-encoding at CRF 34. Photographs under a virtual camera, renders and drawings stood "
            "in for filmed video, so its rate on filmed video is not known."
        )
    second = (
        "Most sites strip metadata: one copy without re-encoding removes the manifest from every "
        "file, and then only the mark, the fingerprint and the classifier are left. So nothing "
        "found means nothing found, not that a file is no output of this or another model."
    )
    return first, second


def _percent(figure: Measured) -> str:
    low, high = 100 * figure.low, 100 * figure.high
    return f"{100 * figure.value:.1f} % (95 % interval {low:.1f} to {high:.1f})"
