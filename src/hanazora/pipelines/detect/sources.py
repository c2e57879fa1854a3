"""The four methods, each on its own: a missing package, key or file costs only its own evidence."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from hanazora.core.errors import UserError
from hanazora.pipelines.detect.classifier import OwnClassifier, bundled_classifier
from hanazora.pipelines.detect.evidence import Evidence, Fact, Kind, missing
from hanazora.pipelines.detect.looking import Looked
from hanazora.provenance.keys import load_keys
from hanazora.provenance.ledger import Ledger, open_ledger
from hanazora.provenance.library import GENERATOR, LibraryMissingError
from hanazora.provenance.verify import read_verification
from hanazora.provenance.watermark import read_mark

FALSE_MATCH_RATE = 1.2e-4
"""Upper end of the one-sided 95 % interval for a wrong fingerprint match.

None in 25,425 pairs of 226 renders (`benchmarks/recovery.py --clips 240 --pool POOL`, 2026-11-22),
and none in 139,256 of 104 where one was re-encoded, cropped or trimmed.
"""

_MEANING = {
    "Trusted": "signed here, and unchanged since",
    "Valid": "signed by somebody unknown here, and unchanged since",
    "Invalid": "signed, but the signature does not hold",
}


class Tools(NamedTuple):
    """What the methods need; the tests put their own here."""

    classifier: Callable[[], OwnClassifier] = bundled_classifier
    ledger: Callable[[], Ledger] = open_ledger


def from_manifest(path: Path) -> Evidence:
    """Read and judge the manifest in the file."""

    def read() -> Evidence:
        found = read_verification(path, load_keys().anchors)
        if found.state == "None":
            return Evidence("manifest", "none", None, "the file has no manifest", {"state": "None"})
        chain = found.manifests
        ours = bool(chain) and chain[0].generator == GENERATOR
        detail = _MEANING[found.state]
        if found.content_changed:
            detail += ": the signature is whole, the content changed since signing"
        # A manifest of another program says something about that program, not about us.
        counts = ours or found.state == "Trusted"
        return Evidence(
            "manifest",
            "found" if counts else "none",
            None,
            detail if counts else f"{detail}, by another program",
            {
                "state": found.state,
                "signer": chain[0].signer if chain else "",
                "manifest": chain[0].label if chain else "",
                "content_changed": found.content_changed,
                "failures": found.failures,
                "actions": [step.action for one in chain for step in one.actions],
                "ingredient_failures": [
                    code for one in chain for given in one.given for code in given.failures
                ],
            },
        )

    return _tried("manifest", read)


def from_mark(looked: Looked, tools: Tools, *, deep: bool) -> Evidence:
    """Look for the mark of this installation's key in the pixels."""

    def read() -> Evidence:
        ledger = tools.ledger()
        known = ledger.mark_ids()
        reading = read_mark(
            looked.frames, looked.fps, [load_keys().mark], known_ids=known, cropped=deep
        )
        facts: dict[str, Fact] = {
            "mark_id": None if reading.mark_id is None else f"{reading.mark_id:010x}",
            "bits_matched": reading.bits_matched,
            "bits": 124,
            "num_geometries": reading.num_geometries,
            "manifest": "",
        }
        if not reading.found:
            detail = "no mark was found (p above 1e-6)"
            return Evidence("watermark", "none", reading.p_value, detail, facts)
        entries = [] if reading.mark_id is None else ledger.find_by_mark(reading.mark_id)
        facts["manifest"] = entries[0].manifest_id if entries else ""
        known_as = f"of {entries[0].manifest_id}" if entries else "of a file not in the ledger"
        detail = f"the mark {known_as}, p at most {reading.p_value:.1e}"
        return Evidence("watermark", "found", reading.p_value, detail, facts)

    return _tried("watermark", read)


def from_fingerprint(looked: Looked, tools: Tools) -> Evidence:
    """Look for files of the ledger that look the same."""

    def read() -> Evidence:
        ledger = tools.ledger()
        matches, size = ledger.find_by_fingerprint(looked.searched), len(ledger)
        if not matches:
            detail = f"nothing like it among {size} files of the ledger"
            return Evidence("fingerprint", "none", None, detail, {"manifests": list[str]()})
        best = matches[0]
        facts: dict[str, Fact] = {
            "manifests": [match.entry.manifest_id for match in matches],
            "distance": round(best.distance, 4),
            "ledger_size": size,
            "revoked": best.entry.revoked,
        }
        chance = min(1.0, FALSE_MATCH_RATE * size)
        detail = f"looks like {best.entry.manifest_id}, {best.distance:.1%} of the bits differ"
        return Evidence("fingerprint", "found", chance, detail, facts)

    return _tried("fingerprint", read)


def from_classifier(looked: Looked, tools: Tools) -> Evidence:
    """Ask the own-output classifier."""

    def read() -> Evidence:
        answer = tools.classifier().judge(looked.frames)
        if answer is None:
            detail = "not applicable: too few frames, too small or blank"
            return Evidence("classifier", "not_applicable", None, detail, {})
        facts: dict[str, Fact] = {
            "score": round(answer.score, 3),
            "likelihood_ratio": round(answer.likelihood_ratio, 4),
            "low": round(answer.low, 4),
            "high": round(answer.high, 4),
            "distance": round(answer.distance, 3),
        }
        if not answer.applicable:
            detail = "not applicable: unlike every clip it was calibrated on"
            return Evidence("classifier", "not_applicable", None, detail, facts)
        ratio = f"likelihood ratio {answer.likelihood_ratio:.3g} [{answer.low:.2g}, "
        detail = f"{ratio}{answer.high:.2g}], p {answer.p_value:.2g}"
        return Evidence(
            "classifier",
            "found" if answer.above_threshold else "none",
            answer.p_value,
            detail,
            facts,
        )

    return _tried("classifier", read)


def _tried(kind: Kind, read: Callable[[], Evidence]) -> Evidence:
    """Turn what a method lacks into evidence that is not available."""
    try:
        return read()
    except (LibraryMissingError, UserError, ImportError) as error:
        return missing(kind, str(error))
