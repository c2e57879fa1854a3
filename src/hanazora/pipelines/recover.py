"""Find out where a file comes from: by its manifest, and where that is gone, by what it shows.

A manifest is lost at the first re-encoding. The mark in the pixels and the fingerprint lead to the
entry of the ledger, whose manifest still tells who signed and how the file was made; only that the
content is no longer the signed one. The two fail on different attacks and check each other: a mark
whose entry looks different was moved onto this file.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from hanazora.core.errors import UserError
from hanazora.pipelines.detect.looking import look
from hanazora.provenance.fingerprint import MAX_DISTANCE, Fingerprint, nearest
from hanazora.provenance.keys import Keys, load_keys
from hanazora.provenance.ledger import Entry, Ledger, open_ledger
from hanazora.provenance.verify import Verification, read_verification
from hanazora.provenance.watermark import MarkReading, read_mark

Clue: TypeAlias = Literal["manifest", "mark", "fingerprint"]


class Recovered(NamedTuple):
    """A file of the ledger that this one seems to come from."""

    entry: Entry
    clues: tuple[Clue, ...]
    """What led there."""
    distance: float
    """Share of fingerprint bits that differ; unrelated files differ in about half."""
    verification: Verification
    """The kept manifest, held against this file."""

    @property
    def agrees(self) -> bool:
        """Tell whether the file looks like the entry; a mark alone may have been moved here."""
        return self.distance <= MAX_DISTANCE


class Provenance(NamedTuple):
    """Everything that is known about where a file comes from."""

    verification: Verification
    """The manifest in the file, or beside it."""
    revoked: str
    """Why this file must no longer be vouched for; empty for one in good standing."""
    mark: MarkReading | None
    """What was read from the pixels; none where that was not needed or not possible."""
    recovered: list[Recovered]
    """Entries of the ledger, best first; empty where the manifest itself is whole."""


def trace(
    path: Path, *, keys: Keys | None = None, ledger: Ledger | None = None, deep: bool = False
) -> Provenance:
    """Find out where a file comes from.

    Args:
        path: a video or picture of any kind.
        keys: the roots and the secret of the mark; else those of this installation.
        ledger: what left before; else that of this installation.
        deep: read the pixels even where the manifest is whole, and look for the mark of a cropped
            picture, which takes seconds; the fingerprint knows usual crops without it.

    Raises:
        UserError: the file cannot be read.
        LibraryMissingError: no manifest can be read on this machine.
    """
    keys, ledger = keys or load_keys(), ledger or open_ledger()
    found = read_verification(path, keys.anchors, _manifest_beside(path))
    known = ledger.get(found.manifests[0].label) if found.manifests else None
    revoked = known.revoked if known is not None else ""
    if found.state == "Trusted" and not deep:
        return Provenance(found, revoked, None, [])
    try:
        looked = look(path)
    except UserError:
        if found.state == "None":
            raise
        return Provenance(found, revoked, None, [])  # signed, of a kind that shows no pictures
    mark = read_mark(
        looked.frames, looked.fps, [keys.mark], known_ids=ledger.mark_ids(), cropped=deep
    )
    recovered = _recover(path, keys, ledger, mark, looked.searched, known)
    return Provenance(found, revoked, mark, recovered)


def _manifest_beside(path: Path) -> bytes | None:
    beside = path.with_name(path.name + ".c2pa")
    return beside.read_bytes() if beside.is_file() else None


def _recover(
    path: Path,
    keys: Keys,
    ledger: Ledger,
    mark: MarkReading,
    searched: Sequence[Fingerprint],
    known: Entry | None,
) -> list[Recovered]:
    entries, clues = dict[str, Entry](), dict[str, tuple[Clue, ...]]()

    def note(entry: Entry, clue: Clue) -> None:
        entries[entry.manifest_id] = entry
        clues[entry.manifest_id] = (*clues.get(entry.manifest_id, ()), clue)

    if known is not None:
        note(known, "manifest")
    if mark.found and mark.mark_id is not None:
        for entry in ledger.find_by_mark(mark.mark_id):
            note(entry, "mark")
    for match in ledger.find_by_fingerprint(searched):
        note(match.entry, "fingerprint")
    distances = nearest(searched, [entry.fingerprint for entry in entries.values()])
    found = [
        Recovered(entry, clues[name], far, read_verification(path, keys.anchors, entry.manifest))
        for (name, entry), far in zip(entries.items(), distances, strict=True)
    ]
    # Two clues that agree come before one; among equals the nearer one.
    return sorted(found, key=lambda one: (not one.agrees, -len(one.clues), one.distance))
