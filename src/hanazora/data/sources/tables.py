"""Tables of clips: JSON lines and CSV with a file, its captions and, if wanted, its times."""

import csv
import difflib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hanazora.core.errors import UserError
from hanazora.data.sources.listing import DroppedClip, ListedClip, Listing, drop, list_folder

COLUMNS = ("file", "caption", "captions", "start", "end")


def list_source(source: Path) -> Listing:
    """List the clips of a folder, a .jsonl or a .csv.

    Raises:
        UserError: there is no such source, or it is of another kind.
    """
    if source.is_dir():
        return list_folder(source)
    if source.suffix.lower() in (".parquet", ".pq"):
        name = source.with_suffix(".jsonl").name
        pandas = f"pandas.read_parquet({source.name!r}).to_json({name!r}"
        fix = f"{name}, written by {pandas}, orient='records', lines=True)"
        raise UserError(f"{source} is Parquet", "no dependency of this package reads it", fix)
    if source.suffix.lower() not in (".jsonl", ".csv"):
        rule = "a source is a folder, a .jsonl or a .csv"
        raise UserError(f"source {str(source)!r}", rule, str(source.parent))
    if not source.is_file():
        raise UserError(f"there is no {source}", "a source is a folder, a .jsonl or a .csv")
    rows = _csv_rows(source) if source.suffix.lower() == ".csv" else _json_rows(source)
    return _list_rows(source, rows)


def _list_rows(source: Path, rows: Iterator[tuple[int, Any]]) -> Listing:
    listing, unknown = Listing([], [], []), dict[str, None]()
    for number, row in rows:
        where = f"{source.name}:{number}"
        if isinstance(row, UserError):
            listing.dropped.append(DroppedClip(where, str(row), "", "file"))
            continue
        unknown |= dict.fromkeys(key for key in row if key not in COLUMNS)
        try:
            path = _read_file(source, row)
        except UserError as error:
            reason = f"{error.what}: {error.rule}"
            listing.dropped.append(DroppedClip(where, reason, error.nearest, "file"))
            continue
        try:
            captions = _read_captions(row)
        except UserError as error:
            listing.dropped.append(drop(path, where, error, "caption"))
            continue
        try:
            start, end = _read_time(row, "start"), _read_time(row, "end")
            listing.clips.append(ListedClip(path, captions, start or 0.0, end, where))
        except UserError as error:
            listing.dropped.append(drop(path, where, error, "times"))
    if unknown:
        listing.notes.append(f"columns that are not used: {', '.join(unknown)}")
    return listing


def _json_rows(source: Path) -> Iterator[tuple[int, Any]]:
    with source.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                yield number, UserError("is not JSON", str(error))
                continue
            yield number, row if isinstance(row, dict) else UserError("is not a JSON object")


def _csv_rows(source: Path) -> Iterator[tuple[int, Any]]:
    with source.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines, restkey="more")
        columns = list(reader.fieldnames or [])
        for needed in ("file", "caption"):
            if needed not in columns:
                have = f"its columns are {', '.join(columns) or 'none'}"
                raise UserError(f"{source} has no column {needed!r}", have, _rename(columns))
        for row in reader:
            yield reader.line_num, {key: value for key, value in row.items() if value != ""}


def _rename(columns: list[str]) -> str:
    """Suggest which column is meant, as path or video for file, text or prompt for caption."""
    usual = {"file": ("path", "video", "video_path", "file_name"), "caption": ("text", "prompt")}
    for wanted, names in usual.items():
        if wanted not in columns:
            near = [name for name in columns if name in names]
            near += difflib.get_close_matches(wanted, columns, n=1)
            return f"{wanted} as the name of column {near[0]}" if near else f"a column {wanted}"
    return ""


def _read_file(source: Path, row: Mapping[str, Any]) -> Path:
    name = row.get("file")
    if not isinstance(name, str) or not name:
        raise UserError("names no file", "a row needs a file, relative to the table")
    path = source.parent / name
    if not path.exists():
        raise UserError(f"names {path}", "there is no such file", "its path relative to the table")
    return path


def _read_captions(row: Mapping[str, Any]) -> tuple[str, ...]:
    given = row.get("captions", row.get("caption"))
    texts = given if isinstance(given, list) else [given]
    if not all(isinstance(text, str) for text in texts) or not texts:
        raise UserError("has no caption", "caption is a text, captions a list of them", "a caption")
    captions = tuple(" ".join(text.split()) for text in texts)
    if not all(captions):
        raise UserError("has an empty caption", "a caption says what is seen", "a sentence")
    return captions


def _read_time(row: Mapping[str, Any], name: str) -> float | None:
    given = row.get(name)
    if given is None:
        return None
    try:
        if isinstance(given, bool):
            raise ValueError
        return float(given)
    except (TypeError, ValueError):
        rule = "a time is a number of seconds"
        raise UserError(f"has the {name} {given!r}", rule, f"{name} 1.5, or none") from None
