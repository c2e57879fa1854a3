"""The reviewer queue: appeals against decisions and reports of videos, until a person decides.

An appeal names the id of a block. The audit log says whether there was such a decision; where the
user gives the prompt along, the log's keyed hash says whether it is the one that was judged.
"""

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from hanazora.core.errors import UserError
from hanazora.safety.audit.log import AuditLog
from hanazora.safety.audit.record import AuditEvent, Record
from hanazora.safety.audit.verification import read_records
from hanazora.safety.database import transaction, utc_now
from hanazora.safety.review.labels import Label, add_label
from hanazora.safety.review.takedown import TakedownList

Outcome = Literal["upheld", "overturned", "dismissed", "removed"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
_OUTCOMES_OF = {"appeal": ("upheld", "overturned"), "report": ("dismissed", "removed")}
_LABELS = {"upheld": "harmful", "overturned": "harmless", "removed": "harmful"}

MAX_TEXT_CHARS = 4000

_SCHEMA = """
CREATE TABLE IF NOT EXISTS cases (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, decision_id TEXT NOT NULL, subjects TEXT NOT NULL,
    category TEXT NOT NULL, stage TEXT NOT NULL, reason TEXT NOT NULL, prompt TEXT NOT NULL,
    opened TEXT NOT NULL, outcome TEXT NOT NULL DEFAULT '', reviewer TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '', decided TEXT NOT NULL DEFAULT '')
"""


class Case(NamedTuple):
    """An appeal or a report."""

    id: int
    kind: str
    decision_id: str
    subjects: dict[str, str]
    category: str
    stage: str
    reason: str
    prompt: str
    opened: str
    outcome: str
    reviewer: str
    note: str
    decided: str


class ReviewQueue:
    """The queue of one installation.

    Args:
        path: the database.
        log: the audit log.
        labels_path: where labels go; that of the installation where none is given.
    """

    def __init__(self, path: Path, log: AuditLog, labels_path: Path | None = None) -> None:
        self.path, self.log, self.labels_path = path, log, labels_path

    def appeal(self, decision_id: str, reason: str, prompt: str = "") -> Case:
        """Open a case against a block.

        Args:
            decision_id: what the block gave.
            reason: why the user thinks it is wrong.
            prompt: what was asked, if the user wants the reviewer to see it.

        Raises:
            UserError: no such block, another prompt, or the case is open already.
        """
        _require_text(reason)
        record = self._blocked(decision_id)
        if prompt and record.get("prompt") != self.log.key.prompt(prompt):
            raise UserError("the prompt is not the one that was judged", "give the exact text")
        category, stage = str(record.get("category", "")), str(record.get("stage", ""))
        return self._open("appeal", decision_id, {}, (category, stage, reason, prompt))

    def report(self, subjects: Mapping[str, str], reason: str, category: str = "") -> Case:
        """Open a case against a video.

        Args:
            subjects: how to know it again: by kind, see `takedown.KINDS`.
            reason: what is wrong with it.
            category: category of the policy, if the user named one.
        """
        _require_text(reason)
        if not subjects:
            raise UserError("the report names no file", "it needs a file or an id")
        return self._open("report", "", subjects, (category, "file", reason, ""))

    def cases(self, *, only_open: bool = True) -> list[Case]:
        """Return the cases, oldest first."""
        query = "SELECT * FROM cases WHERE outcome = '' OR NOT ? ORDER BY id"
        with transaction(self.path, _SCHEMA) as database:
            rows = database.execute(query, (only_open,)).fetchall()
        return [_case(row) for row in rows]

    def case(self, number: int) -> Case:
        """Return one case.

        Raises:
            UserError: there is none of that number.
        """
        with transaction(self.path, _SCHEMA) as database:
            row = database.execute("SELECT * FROM cases WHERE id = ?", (number,)).fetchone()
        if row is None:
            raise UserError(f"there is no case {number}", "", "hanazora review list")
        return _case(row)

    def decide(self, number: int, outcome: Outcome, reviewer: str, note: str = "") -> Case:
        """Close a case: into the audit log, the labelled set and, if removed, the takedown list.

        Raises:
            UserError: no such case, closed already, or an outcome of the other kind of case.
        """
        case = self.case(number)
        allowed = _OUTCOMES_OF[case.kind]
        if outcome not in allowed:
            raise UserError(f"outcome {outcome} of an {case.kind}", f"it is {' or '.join(allowed)}")
        if not reviewer.strip():
            raise UserError("no reviewer is named", "a decision is somebody's", "--reviewer NAME")
        values = (outcome, reviewer, note, utc_now(), number)
        with transaction(self.path, _SCHEMA) as database:
            changed = database.execute(
                "UPDATE cases SET outcome = ?, reviewer = ?, note = ?, decided = ? "
                "WHERE id = ? AND outcome = ''",
                values,
            )
            if changed.rowcount != 1:
                raise UserError(f"case {number} is decided", f"{case.outcome} by {case.reviewer}")
        self._remember("review", case, outcome, reviewer)
        if outcome == "removed":
            TakedownList(self.path).add(case.subjects, number, reviewer)
            self._remember("takedown", case, outcome, reviewer)
        if outcome in _LABELS:
            add_label(_label(case, _LABELS[outcome]), self.labels_path)
        return self.case(number)

    def _blocked(self, decision_id: str) -> Record:
        found: Record | None = None
        for record in read_records(self.log):
            same = record.get("decision_id") == decision_id and record.get("event") == "decision"
            if same and record.get("action") in ("block", "hold"):
                found = record
        if found is None:
            raise UserError(f"there is no block {decision_id!r}", "the refusal shows its id")
        return found

    def _open(
        self, kind: str, decision_id: str, subjects: Mapping[str, str], texts: tuple[str, ...]
    ) -> Case:
        named = json.dumps(dict(subjects), sort_keys=True)
        with transaction(self.path, _SCHEMA) as database:
            row = database.execute(
                "SELECT id FROM cases WHERE kind = ? AND decision_id = ? AND subjects = ? "
                "AND outcome = ''",
                (kind, decision_id, named),
            ).fetchone()
            if row is not None:
                raise UserError(f"case {row['id']} is open", "the same was said before")
            added = database.execute(
                "INSERT INTO cases (kind, decision_id, subjects, category, stage, reason, prompt, "
                "opened) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (kind, decision_id, named, *texts, utc_now()),
            )
            number = int(added.lastrowid or 0)
        case = self.case(number)
        self._remember("appeal" if kind == "appeal" else "report", case, "opened", "")
        return case

    def _remember(
        self,
        event: Literal["appeal", "report", "review", "takedown"],
        case: Case,
        action: str,
        reviewer: str,
    ) -> None:
        self.log.append(
            AuditEvent(
                event=event, action=action, decision_id=case.decision_id, category=case.category,
                stage=case.stage, reviewer=reviewer, detail=f"case {case.id}",
            )
        )  # fmt: skip


def _require_text(text: str) -> None:
    if not text.strip() or len(text) > MAX_TEXT_CHARS:
        rule = f"it has 1 to {MAX_TEXT_CHARS} characters"
        raise UserError(f"a reason of {len(text.strip())} characters", rule)


def _case(row: sqlite3.Row) -> Case:
    return Case(**{**dict(row), "subjects": json.loads(row["subjects"])})


def _label(case: Case, label: str) -> Label:
    return Label(
        case.id, case.kind, label, case.category, case.stage, case.decision_id, case.prompt
    )
