"""`detect`: everything there is to say about whether a file is ours, as separate evidence.

The same file gives the same answer. It never says that a file was filmed, and never that it was not
made by a model: no method can.
"""

from pathlib import Path
from typing import Any

from hanazora.core.documents import sha256_file
from hanazora.core.errors import UserError
from hanazora.pipelines.detect.classifier import ClassifierData
from hanazora.pipelines.detect.evidence import (
    Conclusion,
    Detection,
    Evidence,
    conclude,
    weaknesses,
)
from hanazora.pipelines.detect.looking import look
from hanazora.pipelines.detect.sources import (
    Tools,
    from_classifier,
    from_fingerprint,
    from_manifest,
    from_mark,
)
from hanazora.safety.database import database_path
from hanazora.safety.review.takedown import TakedownList

FORMAT = "hanazora.detect/1"
SCHEMA_PATH = Path(__file__).resolve().parent / "detection.schema.json"

EXIT_CODES: dict[Conclusion, int] = {
    "proven": 0,
    "very strong": 0,
    "supporting": 5,
    "none found": 6,
}
"""What the command exits with; 2 is a file that cannot be read."""


def detect(path: Path, *, deep: bool = False, tools: Tools | None = None) -> Detection:
    """Gather the evidence that a file is ours.

    Args:
        path: a video or a picture of any kind.
        deep: look for the mark of cropped pictures, too, which takes seconds.
        tools: other ways to a classifier and a ledger than those of this installation.

    Raises:
        UserError: the file cannot be read as a video or picture.
    """
    tools = tools or Tools()
    sha256 = sha256_file(path)
    looked = look(path)
    evidence = (
        from_manifest(path),
        from_mark(looked, tools, deep=deep),
        from_fingerprint(looked, tools),
        from_classifier(looked, tools),
    )
    conclusion, warnings = conclude(evidence)
    warnings = (*warnings, *_standing(sha256, evidence))
    return Detection(sha256, conclusion, evidence, warnings, weaknesses(_rates(tools)))


def subjects_of(detection: Detection) -> dict[str, str]:
    """Return every way in which the file can be known again, for reports and takedowns."""
    subjects = {"sha256": detection.sha256}
    for one in detection.evidence:
        if one.state != "found":
            continue
        if one.kind == "manifest" and one.facts["manifest"]:
            subjects["manifest"] = str(one.facts["manifest"])
        if one.kind == "watermark" and one.facts["mark_id"]:
            subjects["mark"] = str(one.facts["mark_id"])
        names = one.facts.get("manifests")
        if one.kind == "fingerprint" and isinstance(names, list):
            subjects["fingerprint"] = names[0]
    return subjects


def as_data(detection: Detection) -> dict[str, Any]:
    """Return a detection as JSON values, as `detection.schema.json` describes them."""
    return {
        "format": FORMAT,
        "sha256": detection.sha256,
        "conclusion": detection.conclusion,
        "evidence": [one._asdict() for one in detection.evidence],
        "warnings": list(detection.warnings),
        "weaknesses": list(detection.weaknesses),
    }


def as_lines(name: str, detection: Detection) -> list[str]:
    """Return what a person reads."""
    lines = [f"{name}: evidence that it was made here: {detection.conclusion}"]
    lines += [f"  {one.kind:<12} {one.detail}" for one in detection.evidence]
    lines += [f"  WARNING: {warning}" for warning in detection.warnings]
    return [*lines, "", *detection.weaknesses]


def _standing(sha256: str, evidence: tuple[Evidence, ...]) -> list[str]:
    """Say that a file was revoked or taken down."""
    said = [
        f"revoked: {one.facts['revoked']}"
        for one in evidence
        if one.state == "found" and one.facts.get("revoked")
    ]
    found = Detection(sha256, "none found", evidence, (), ())
    if database_path().exists():
        entry = TakedownList(database_path()).find(subjects_of(found))
        if entry is not None:
            said.append(f"taken down after case {entry.case}")
    return said


def _rates(tools: Tools) -> ClassifierData | None:
    try:
        return tools.classifier().data
    except UserError:
        return None
