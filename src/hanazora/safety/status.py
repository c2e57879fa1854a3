"""Gathers what covers what: per stage and category, with "nothing" where nothing does."""

from collections.abc import Sequence

from hanazora.safety import prompt_filter
from hanazora.safety.coverage import Coverage
from hanazora.safety.frames import registry
from hanazora.safety.policy import STAGES, Policy

NOTHING = "nothing"

# Every part of the room that judges something; a new one is added here.
SOURCES = (prompt_filter.coverage, registry.coverage)


def all_coverage(policy: Policy) -> list[Coverage]:
    """Return everything that judges anything under a policy, in the order of the stages."""
    entries = [entry for source in SOURCES for entry in source(policy)]
    return sorted(entries, key=lambda entry: STAGES.index(entry.stage))


def status_lines(policy: Policy) -> list[tuple[str, str, str]]:
    """Return stage, category and what covers it, one row for every pair."""
    entries = all_coverage(policy)
    rows: list[tuple[str, str, str]] = []
    for stage in STAGES:
        for category in sorted(policy.categories):
            found = [each for each in entries if (each.stage, each.category) == (stage, category)]
            rows.append((stage, category, _described(found)))
    return rows


def _described(entries: Sequence[Coverage]) -> str:
    working = [_noted(entry.moderator, entry.note) for entry in entries if entry.available]
    missing = [_noted(entry.moderator, entry.note) for entry in entries if not entry.available]
    text = "; ".join(working) or NOTHING
    return f"{text} [not here: {'; '.join(missing)}]" if missing else text


def _noted(name: str, note: str) -> str:
    return f"{name} ({note})" if note else name
