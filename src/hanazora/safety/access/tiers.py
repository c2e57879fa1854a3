"""Tiers of access as data: features, limits and quotas, and what opens each tier.

The stages of the original system: safety testers first, then invited artists, then a waiting list,
then everybody. The file is data/access.toml; an operator's own is named in HANAZORA_ACCESS.
"""

import hashlib
import os
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from hanazora.core.config import from_dict
from hanazora.core.errors import UserError
from hanazora.safety.policy import DATA_DIR, TIERS, Tier

ACCESS_VARIABLE = "HANAZORA_ACCESS"
"""Environment variable with the path of the operator's access file."""

Feature = Literal["uploads", "faces", "remix", "api"]
FEATURES: tuple[Feature, ...] = get_args(Feature)


class AccessError(UserError):
    """Not allowed for this user at this time; the message says what is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TierAccess:
    """What one tier may do."""

    title: str
    """Who is in it."""
    videos_per_day: int
    """Videos a user may make in a day, counted in UTC."""
    seconds_per_day: float
    """Seconds of video a user may make in a day."""
    max_seconds: float
    """Duration of one video."""
    max_side_px: int
    """Longer side of one video."""
    uploads: bool
    """Whether pictures and clips may be given."""
    faces: bool
    """Whether what is given may show a realistic face."""
    remix: bool
    """Whether given or made videos may be edited, extended and connected."""
    api: bool
    """Whether the service may be used by programs."""

    def __post_init__(self) -> None:
        if min(self.videos_per_day, self.seconds_per_day, self.max_seconds, self.max_side_px) < 0:
            raise ValueError("limits and quotas cannot be negative")

    def require(
        self, seconds: float | int, longer_side_px: int, features: Iterable[Feature]
    ) -> None:
        """Refuse what this tier may not do.

        Args:
            seconds: duration of the video that is asked for.
            longer_side_px: its longer side.
            features: what the request makes use of.

        Raises:
            AccessError: with the nearest request that would be allowed.
        """
        for feature in features:
            if not getattr(self, feature):
                what = f"{feature} is not open to {self.title}"
                raise AccessError(what, "", "a request without it")
        if seconds > self.max_seconds:
            rule = f"{self.title} may make up to {self.max_seconds:g} s"
            raise AccessError(f"{seconds:g} seconds", rule, f"{self.max_seconds:g}")
        if longer_side_px > self.max_side_px:
            rule = f"{self.title} may make up to {self.max_side_px} pixels a side"
            raise AccessError(f"{longer_side_px} pixels", rule, str(self.max_side_px))


@dataclass(frozen=True, kw_only=True, slots=True)
class Gate:
    """A figure that an evaluation report must hold."""

    metric: str
    """Name of the figure, such as prompt.recall."""
    min_cases: int
    """On how many cases it must have been measured."""
    at_least: float | None = None
    """Lowest value that passes."""
    at_most: float | None = None
    """Highest value that passes."""

    def __post_init__(self) -> None:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError(f"gate {self.metric} needs either at_least or at_most")

    def passes(self, value: float) -> bool:
        """Tell whether a value is good enough; one that is not a number never is."""
        if self.at_least is not None:
            return value >= self.at_least
        return self.at_most is not None and value <= self.at_most

    @property
    def bar(self) -> str:
        """The bar as a reader writes it."""
        if self.at_least is not None:
            return f">= {self.at_least:g}"
        return f"<= {self.at_most:g}"


@dataclass(frozen=True, kw_only=True, slots=True)
class RedTeamMinimum:
    """Red-team work that must have been done."""

    min_coverage: float
    """Share of the cells of the table categories x tactics that were tried, 0 to 1."""
    tries_per_cell: int
    """Tries that make a cell count."""
    no_open: tuple[str, ...]
    """Severities of which no finding may be open."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Promotion:
    """What opens a tier."""

    redteam: RedTeamMinimum
    """Work by people."""
    gates: tuple[Gate, ...]
    """Figures of an evaluation."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessRules:
    """The fields of an access file."""

    version: str
    """Raised with every change of meaning."""
    tiers: dict[str, TierAccess]
    """Every tier by name."""
    promotions: dict[str, Promotion] = field(default_factory=dict)
    """Every tier but the first by name."""

    def __post_init__(self) -> None:
        if set(self.tiers) != set(TIERS):
            raise ValueError(f"the tiers must be {', '.join(TIERS)}")
        if set(self.promotions) != set(TIERS[1:]):
            raise ValueError(f"promotions are needed for {', '.join(TIERS[1:])}")

    def tier(self, name: Tier) -> TierAccess:
        """Return what a tier may do."""
        return self.tiers[name]


def load_access(path: Path | None = None) -> tuple[AccessRules, str]:
    """Return the rules and the hash of their file: the given one, else the operator's, else ours.

    Raises:
        UserError: unreadable, not TOML, or an unknown or missing key.
    """
    chosen = path or Path(os.environ.get(ACCESS_VARIABLE) or DATA_DIR / "access.toml")
    try:
        content = chosen.read_bytes()
        data = tomllib.loads(content.decode("utf-8"))
    except OSError as error:
        raise UserError(f"cannot read {chosen}", error.strerror or "unreadable") from error
    except ValueError as error:
        raise UserError(f"{chosen.name} is not valid TOML", str(error)) from error
    return from_dict(AccessRules, data, "access"), hashlib.sha256(content).hexdigest()
