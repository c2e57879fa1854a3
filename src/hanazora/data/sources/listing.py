"""What a source of clips names: a folder with captions beside the clips, or a table of them."""

from collections import Counter
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from hanazora.core.errors import UserError

PICTURE_SUFFIXES = {".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"}
CLIP_SUFFIXES = {
    ".avi", ".gif", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".ts", ".webm", ".wmv",
}  # fmt: skip

Trouble: TypeAlias = Literal["caption", "times", "file"]
"""What is wrong with a clip, the cheapest to repair first."""
TROUBLES: tuple[Trouble, ...] = ("caption", "times", "file")


class ListedClip(NamedTuple):
    """One clip as its source names it."""

    path: Path
    captions: tuple[str, ...]
    start_s: float = 0.0
    end_s: float | None = None
    """None is the end of the file."""
    row: str = ""
    """Where a table names it, as in clips.jsonl:3."""

    @property
    def is_picture(self) -> bool:
        """Whether it is a still, by the end of its name."""
        return self.path.suffix.lower() in PICTURE_SUFFIXES


class DroppedClip(NamedTuple):
    """A clip that is not used, and why."""

    file: str
    """The file, and the row of the table that names it."""
    reason: str
    fix: str
    """What would make it usable; empty where nothing simple would."""
    trouble: Trouble


class Listing(NamedTuple):
    """Everything a source names."""

    clips: list[ListedClip]
    dropped: list[DroppedClip]
    notes: list[str]
    """What was seen and left aside."""


def drop(path: Path, row: str, error: UserError, trouble: Trouble) -> DroppedClip:
    """Turn the reason why a clip cannot be used into its line of the report."""
    what = error.what.replace(f"cannot read {path}", "cannot be read")
    what = what.removeprefix(f"reading {path} ").removeprefix(f"{path} ")
    reason = ": ".join(part for part in (what, error.rule) if part)
    file = f"{path} ({row})" if row else str(path)
    return DroppedClip(file, reason, error.nearest, trouble)


def list_folder(folder: Path) -> Listing:
    """List the clips and pictures of a folder and of those inside it.

    The caption of NAME.mp4 is all of NAME.txt, its lines joined: one caption per clip. A table
    gives several.
    """
    listing = Listing([], [], [])
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    media = [path for path in files if path.suffix.lower() in PICTURE_SUFFIXES | CLIP_SUFFIXES]
    for path in media:
        try:
            listing.clips.append(ListedClip(path, (_read_caption(path.with_suffix(".txt")),)))
        except UserError as error:
            listing.dropped.append(drop(path, "", error, "caption"))
    named = {path.with_suffix("") for path in media}
    others = [
        path
        for path in files
        if path not in media and (path.suffix != ".txt" or path.with_suffix("") not in named)
    ]
    if others:
        counts = Counter(path.suffix or "no suffix" for path in others)
        kinds = ", ".join(f"{count} {suffix}" for suffix, count in sorted(counts.items()))
        listing.notes.append(f"not looked at, neither clip nor picture nor its caption: {kinds}")
    return listing


def _read_caption(path: Path) -> str:
    fix = f"a sentence in {path}"
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise UserError("has no caption", f"there is no {path.name}", fix) from None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError("has no caption", f"{path.name} is not text in UTF-8", fix) from error
    caption = " ".join(text.split())
    if not caption:
        raise UserError("has no caption", f"{path.name} is empty", fix)
    return caption
