"""Campaigns, tries and findings of the red team.

A campaign belongs to one policy and one model. A try is one attempt with one tactic against one
category, counted whether it got through or not; a finding is one that did. What was asked is kept
as a keyed hash only: whoever fixes a finding gets the words from the tester, not from the disk.
"""

import sqlite3
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from hanazora.core.errors import UserError
from hanazora.safety.audit.keys import AuditKey
from hanazora.safety.database import transaction, utc_now

Severity = Literal["low", "medium", "high", "critical"]
Status = Literal["open", "fixed", "accepted", "duplicate", "invalid"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
STATUSES: tuple[Status, ...] = get_args(Status)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS campaigns (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, policy_sha256 TEXT NOT NULL,
    model_sha256 TEXT NOT NULL, started TEXT NOT NULL, closed TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS tries (
    campaign INTEGER NOT NULL, category TEXT NOT NULL, tactic TEXT NOT NULL,
    tries INTEGER NOT NULL, PRIMARY KEY (campaign, category, tactic));
CREATE TABLE IF NOT EXISTS findings (
    id INTEGER PRIMARY KEY, campaign INTEGER NOT NULL, category TEXT NOT NULL,
    tactic TEXT NOT NULL, severity TEXT NOT NULL, repro TEXT NOT NULL, status TEXT NOT NULL,
    note TEXT NOT NULL, reviewer TEXT NOT NULL, opened TEXT NOT NULL, changed TEXT NOT NULL)
"""


class Campaign(NamedTuple):
    """A campaign."""

    id: int
    name: str
    policy_sha256: str
    model_sha256: str
    started: str
    closed: str


class RedTeamFinding(NamedTuple):
    """Something that got through."""

    id: int
    campaign: str
    category: str
    tactic: str
    severity: str
    repro: str
    status: str
    note: str
    reviewer: str
    opened: str
    changed: str


class RedTeam:
    """The red team's records of one installation.

    Args:
        path: the database.
        key: hashes what was asked.
    """

    def __init__(self, path: Path, key: AuditKey) -> None:
        self.path, self.key = path, key

    def start(self, name: str, policy_sha256: str, model_sha256: str) -> Campaign:
        """Start a campaign.

        Raises:
            UserError: there is one of that name.
        """
        with transaction(self.path, _SCHEMA) as database:
            if _campaign_row(database, name) is not None:
                raise UserError(f"campaign {name!r} exists", "names are given once", f"{name}-2")
            database.execute(
                "INSERT INTO campaigns (name, policy_sha256, model_sha256, started) "
                "VALUES (?, ?, ?, ?)",
                (name, policy_sha256, model_sha256, utc_now()),
            )
            return _require_campaign(database, name)

    def close(self, name: str) -> None:
        """End a campaign; its tries and findings stay."""
        with transaction(self.path, _SCHEMA) as database:
            campaign = _require_campaign(database, name)
            database.execute(
                "UPDATE campaigns SET closed = ? WHERE id = ?", (utc_now(), campaign.id)
            )

    def campaigns(self) -> list[Campaign]:
        """Return every campaign, oldest first."""
        with transaction(self.path, _SCHEMA) as database:
            rows = database.execute("SELECT * FROM campaigns ORDER BY id").fetchall()
        return [Campaign(*row) for row in rows]

    def count(self, campaign: str, category: str, tactic: str, tries: int = 1) -> None:
        """Count tries; category and tactic have been checked by the caller."""
        if tries < 1:
            raise UserError(f"{tries} tries", "at least one was made", "1")
        with transaction(self.path, _SCHEMA) as database:
            _count(database, _require_open(database, campaign), category, tactic, tries)

    def find(
        self,
        campaign: str,
        category: str,
        tactic: str,
        severity: Severity,
        *,
        repro: str,
        note: str = "",
        reviewer: str = "",
    ) -> int:
        """Record a finding, which is a try, too, and return its number.

        Args:
            campaign: name of an open campaign.
            category: category of the policy.
            tactic: name of the tactic.
            severity: how bad it is.
            repro: what makes it happen again, in clear; only its keyed hash is kept.
            note: facts for whoever fixes it, without the words themselves.
            reviewer: who found it.
        """
        now = utc_now()
        with transaction(self.path, _SCHEMA) as database:
            found = _require_open(database, campaign)
            _count(database, found, category, tactic, 1)
            row = database.execute(
                "INSERT INTO findings (campaign, category, tactic, severity, repro, status, note, "
                "reviewer, opened, changed) VALUES (?, ?, ?, ?, ?, 'open', ?, ?, ?, ?)",
                (found.id, category, tactic, severity, self.key.prompt(repro), note, reviewer)
                + (now, now),
            )
            return int(row.lastrowid or 0)

    def set_status(self, finding: int, status: Status, reviewer: str, note: str = "") -> None:
        """Change what became of a finding.

        Raises:
            UserError: there is no such finding.
        """
        values = (status, reviewer, note, note, utc_now(), finding)
        with transaction(self.path, _SCHEMA) as database:
            changed = database.execute(
                "UPDATE findings SET status = ?, reviewer = ?, "
                "note = CASE WHEN ? = '' THEN note ELSE ? END, changed = ? WHERE id = ?",
                values,
            )
            if changed.rowcount != 1:
                raise UserError(f"there is no finding {finding}", "", "hanazora redteam summary")

    def findings(self, status: Status | None = None) -> list[RedTeamFinding]:
        """Return the findings of all campaigns, oldest first."""
        query = (
            "SELECT f.id, c.name, f.category, f.tactic, f.severity, f.repro, f.status, f.note, "
            "f.reviewer, f.opened, f.changed FROM findings f JOIN campaigns c ON c.id = f.campaign "
            "WHERE ? IN ('', f.status) ORDER BY f.id"
        )
        with transaction(self.path, _SCHEMA) as database:
            rows = database.execute(query, (status or "",)).fetchall()
        return [RedTeamFinding(*row) for row in rows]

    def tries(self, policy_sha256: str, model_sha256: str) -> dict[tuple[str, str], int]:
        """Return the tries per (category, tactic) in the campaigns of a policy and a model."""
        query = (
            "SELECT category, tactic, sum(tries) FROM tries JOIN campaigns c ON c.id = campaign "
            "WHERE c.policy_sha256 = ? AND c.model_sha256 = ? GROUP BY category, tactic"
        )
        with transaction(self.path, _SCHEMA) as database:
            rows = database.execute(query, (policy_sha256, model_sha256)).fetchall()
        return {(row[0], row[1]): int(row[2]) for row in rows}


def _count(
    database: sqlite3.Connection, campaign: Campaign, category: str, tactic: str, tries: int
) -> None:
    database.execute(
        "INSERT INTO tries VALUES (?, ?, ?, ?) ON CONFLICT (campaign, category, tactic) "
        "DO UPDATE SET tries = tries + excluded.tries",
        (campaign.id, category, tactic, tries),
    )


def _campaign_row(database: sqlite3.Connection, name: str) -> Campaign | None:
    row = database.execute("SELECT * FROM campaigns WHERE name = ?", (name,)).fetchone()
    return Campaign(*row) if row else None


def _require_campaign(database: sqlite3.Connection, name: str) -> Campaign:
    found = _campaign_row(database, name)
    if found is None:
        nearest = f"hanazora redteam campaign {name}"
        raise UserError(f"there is no campaign {name!r}", "it must be started first", nearest)
    return found


def _require_open(database: sqlite3.Connection, name: str) -> Campaign:
    found = _require_campaign(database, name)
    if found.closed:
        raise UserError(f"campaign {name!r} is closed", f"since {found.closed}", f"{name}-2")
    return found
