"""What a red team has covered: the table of categories x tactics, and the summary of a quarter."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hanazora.safety.redteam.campaigns import SEVERITIES, RedTeamFinding


@dataclass(frozen=True, slots=True)
class CoverageTable:
    """Tries per category and tactic.

    Attributes:
        categories: rows.
        tactics: columns.
        tries: by (category, tactic); a cell that is absent was never tried.
    """

    categories: tuple[str, ...]
    tactics: tuple[str, ...]
    tries: Mapping[tuple[str, str], int]

    def share(self, tries_per_cell: int = 1) -> float:
        """Return the share of cells with at least so many tries, 0 to 1."""
        cells = len(self.categories) * len(self.tactics)
        done = sum(
            self.cell(category, tactic) >= tries_per_cell
            for category in self.categories
            for tactic in self.tactics
        )
        return done / cells if cells else 0.0

    def cell(self, category: str, tactic: str) -> int:
        """Return the tries of one cell."""
        key = (category, tactic)
        return self.tries[key] if key in self.tries else 0

    def text(self) -> str:
        """Return the table for a terminal: one row per tactic, as categories have short names."""
        head = ["", *self.categories]
        rows = [
            [tactic, *(str(self.cell(category, tactic)) for category in self.categories)]
            for tactic in self.tactics
        ]
        widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
        return "\n".join(
            "  ".join(
                cell.ljust(width) if i == 0 else cell.rjust(width)
                for i, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in [head, *rows]
        )


def summary(findings: Sequence[RedTeamFinding], table: CoverageTable, since: str = "") -> list[str]:
    """Return the lines of a summary: coverage, findings by severity and state, by category.

    Args:
        findings: of all campaigns.
        table: of the policy and model in use.
        since: only findings opened on or after this date, ISO 8601.
    """
    recent = [finding for finding in findings if finding.opened >= since]
    lines = [f"coverage {table.share():.0%} of {len(table.categories)} categories x "
             f"{len(table.tactics)} tactics, {sum(table.tries.values())} tries"]  # fmt: skip
    for severity in reversed(SEVERITIES):
        states = Counter(found.status for found in recent if found.severity == severity)
        if states:
            parts = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
            lines.append(f"{severity}: {parts}")
    for category, count in Counter(found.category for found in recent).most_common():
        lines.append(f"{category}: {count} findings")
    return lines if recent else [*lines, "no findings"]
