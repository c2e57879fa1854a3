"""Which user is in which tier, how much of a quota is used, and which tier is open at all.

Users appear as keyed hashes. The open tier belongs to one policy and one model: with another of
either, access starts at the safety testers again.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from hanazora.core.choices import require_choice
from hanazora.safety.access.tiers import AccessError, AccessRules, Feature
from hanazora.safety.audit.keys import AuditKey
from hanazora.safety.database import transaction, utc_now
from hanazora.safety.policy import TIERS, Tier

_SCHEMA = """
CREATE TABLE IF NOT EXISTS grants (
    user TEXT PRIMARY KEY, tier TEXT NOT NULL, granted TEXT NOT NULL, reviewer TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS usage (
    user TEXT NOT NULL, day TEXT NOT NULL, videos INTEGER NOT NULL, seconds REAL NOT NULL,
    PRIMARY KEY (user, day));
CREATE TABLE IF NOT EXISTS openings (
    policy_sha256 TEXT NOT NULL, model_sha256 TEXT NOT NULL, tier TEXT NOT NULL,
    opened TEXT NOT NULL, reviewer TEXT NOT NULL,
    PRIMARY KEY (policy_sha256, model_sha256, tier))
"""


class Usage(NamedTuple):
    """What a user has made in a day."""

    videos: int
    seconds: float


class AccessStore:
    """Grants, usage and openings of one installation.

    Args:
        path: the database.
        key: hashes the names of users.
        rules: what tiers may do.
    """

    def __init__(self, path: Path, key: AuditKey, rules: AccessRules) -> None:
        self.path, self.key, self.rules = path, key, rules

    def grant(self, user: str, tier: Tier, reviewer: str = "") -> None:
        """Put a user into a tier."""
        row = (self.key.user(user), tier, utc_now(), reviewer)
        with transaction(self.path, _SCHEMA) as database:
            database.execute("INSERT OR REPLACE INTO grants VALUES (?, ?, ?, ?)", row)

    def tier_of(self, user: str) -> Tier:
        """Return the tier of a user; somebody nobody knows is general."""
        query = "SELECT tier FROM grants WHERE user = ?"
        with transaction(self.path, _SCHEMA) as database:
            row = database.execute(query, (self.key.user(user),)).fetchone()
        return require_choice("tier", row["tier"], TIERS) if row else "general"

    def open_tier(self, policy_sha256: str, model_sha256: str) -> Tier:
        """Return the widest tier that is open for a policy and a model."""
        query = "SELECT tier FROM openings WHERE policy_sha256 = ? AND model_sha256 = ?"
        with transaction(self.path, _SCHEMA) as database:
            rows = database.execute(query, (policy_sha256, model_sha256)).fetchall()
        opened = {row["tier"] for row in rows} | {TIERS[0]}
        return max((tier for tier in TIERS if tier in opened), key=TIERS.index)

    def open(self, tier: Tier, policy_sha256: str, model_sha256: str, reviewer: str = "") -> None:
        """Open a tier; `promotion.promote` checks first whether it may be."""
        row = (policy_sha256, model_sha256, tier, utc_now(), reviewer)
        with transaction(self.path, _SCHEMA) as database:
            database.execute("INSERT OR REPLACE INTO openings VALUES (?, ?, ?, ?, ?)", row)

    def require_open(self, tier: Tier, policy_sha256: str, model_sha256: str) -> None:
        """Refuse a tier that is not open yet.

        Raises:
            AccessError: with who may use the system now.
        """
        opened = self.open_tier(policy_sha256, model_sha256)
        if TIERS.index(tier) > TIERS.index(opened):
            rule = f"this policy with this model is open to {self.rules.tier(opened).title} only"
            raise AccessError(f"access for {self.rules.tier(tier).title} is not open", rule)

    def usage(self, user: str, day: str | None = None) -> Usage:
        """Return what a user has made on a day (today in UTC where none is given)."""
        query = "SELECT videos, seconds FROM usage WHERE user = ? AND day = ?"
        with transaction(self.path, _SCHEMA) as database:
            row = database.execute(query, (self.key.user(user), day or _today())).fetchone()
        return Usage(row["videos"], row["seconds"]) if row else Usage(0, 0.0)

    def charge(
        self,
        user: str,
        seconds: float,
        longer_side_px: int,
        features: Iterable[Feature] = (),
        day: str | None = None,
    ) -> Tier:
        """Count one video against the quota of a user, if the tier allows it, and return the tier.

        Args:
            user: who asks.
            seconds: duration of the video.
            longer_side_px: its longer side.
            features: what the request makes use of.
            day: the day to count for; today in UTC where none is given.

        Raises:
            AccessError: not allowed, or the quota of the day is used up; nothing is counted.
        """
        tier = self.tier_of(user)
        access = self.rules.tier(tier)
        access.require(seconds, longer_side_px, features)
        name, day = self.key.user(user), day or _today()
        with transaction(self.path, _SCHEMA) as database:
            database.execute("INSERT OR IGNORE INTO usage VALUES (?, ?, 0, 0)", (name, day))
            # One statement: two requests at the same moment cannot both take the last video.
            changed = database.execute(
                "UPDATE usage SET videos = videos + 1, seconds = seconds + ? WHERE user = ? AND "
                "day = ? AND videos < ? AND seconds + ? <= ?",
                (seconds, name, day, access.videos_per_day, seconds, access.seconds_per_day),
            )
            if changed.rowcount == 1:
                return tier
        used = self.usage(user, day)
        rule = f"{access.videos_per_day} videos and {access.seconds_per_day:g} s are allowed"
        what = f"{used.videos} videos of {used.seconds:g} s were made on {day}"
        raise AccessError(what, rule, "again after midnight UTC")

    def refund(self, user: str, seconds: float, day: str | None = None) -> None:
        """Give back what a video cost that was not delivered."""
        row = (seconds, self.key.user(user), day or _today())
        with transaction(self.path, _SCHEMA) as database:
            database.execute(
                "UPDATE usage SET videos = max(0, videos - 1), seconds = max(0, seconds - ?) "
                "WHERE user = ? AND day = ?",
                row,
            )


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
