"""The labelled set that reviews leave: what should have been allowed, and what should not.

It lies in its own file and is kept apart from every held-out set: it is for writing new rules and
cases, never for the figures of an evaluation, because it holds only what the filters got wrong or
were said to.
"""

import json
import os
from pathlib import Path
from typing import Literal, NamedTuple

from hanazora.core.errors import UserError
from hanazora.core.paths import make_state_dir, output_error, state_dir, wait_for_lock

Verdict = Literal["harmless", "harmful"]


class Label(NamedTuple):
    """One reviewed case."""

    case: int
    kind: str
    label: str
    category: str
    stage: str
    decision_id: str
    prompt: str
    """In clear only where the user gave it with the appeal."""


def labels_path() -> Path:
    """Return where the labelled set of this installation lies."""
    return state_dir() / "labels" / "reviewed.jsonl"


def add_label(label: Label, path: Path | None = None) -> None:
    """Append one label; other processes wait."""
    path = path or labels_path()
    line = json.dumps(label._asdict(), sort_keys=True) + "\n"
    make_state_dir(path.parent)
    try:
        with os.fdopen(os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600), "a") as file:
            wait_for_lock(file)
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise output_error(path, error) from error


def read_labels(path: Path | None = None) -> list[Label]:
    """Return every label in the order of the reviews.

    Raises:
        UserError: the file holds something else.
    """
    path = path or labels_path()
    if not path.exists():
        return []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [Label(**json.loads(line)) for line in lines]
    except (ValueError, TypeError) as error:
        raise UserError(f"cannot read {path}", str(error)) from error
