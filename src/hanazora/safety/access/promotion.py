"""Opening the next tier: refused until the figures and the red team's work say that it is time."""

from collections.abc import Sequence
from typing import NamedTuple

from hanazora.safety.access.evaluation import GateResult, SafetyReport, judge_gates
from hanazora.safety.access.grants import AccessStore
from hanazora.safety.access.tiers import AccessError, RedTeamMinimum
from hanazora.safety.audit.log import AuditLog
from hanazora.safety.audit.record import AuditEvent
from hanazora.safety.policy import TIERS, Policy, Tier
from hanazora.safety.redteam.campaigns import RedTeam
from hanazora.safety.redteam.coverage import CoverageTable
from hanazora.safety.redteam.tactics import load_tactics


class Readiness(NamedTuple):
    """What stands between a tier and its opening."""

    tier: Tier
    gates: list[GateResult]
    missing: list[str]
    """Reasons why it may not be opened; empty when it may."""


class Promoter:
    """Everything a promotion looks at.

    Args:
        store: grants and openings.
        redteam: campaigns and findings.
        reports: safety reports, oldest first.
        policy: the policy in use.
        model_sha256: hash of the model in use.
    """

    def __init__(
        self,
        store: AccessStore,
        redteam: RedTeam,
        reports: Sequence[SafetyReport],
        policy: Policy,
        model_sha256: str,
    ) -> None:
        self.store, self.redteam, self.reports = store, redteam, reports
        self.policy, self.model_sha256 = policy, model_sha256

    def next_tier(self) -> Tier | None:
        """Return the tier that would be opened next; none when all are open."""
        opened = TIERS.index(self.store.open_tier(self.policy.sha256, self.model_sha256))
        return TIERS[opened + 1] if opened + 1 < len(TIERS) else None

    def readiness(self, tier: Tier) -> Readiness:
        """Hold everything that is known against what a tier asks for."""
        if tier == TIERS[0]:
            return Readiness(tier, [], [])
        promotion = self.store.rules.promotions[tier]
        gates = judge_gates(promotion.gates, self.reports, self.policy.sha256, self.model_sha256)
        missing = [result.text for result in gates if not result.passed]
        return Readiness(tier, gates, missing + self._missing_redteam(promotion.redteam))

    def coverage(self) -> CoverageTable:
        """Return the red team's table for the policy and the model in use."""
        return CoverageTable(
            tuple(self.policy.categories),
            tuple(load_tactics().tactics),
            self.redteam.tries(self.policy.sha256, self.model_sha256),
        )

    def promote(self, tier: Tier, log: AuditLog, reviewer: str) -> None:
        """Open a tier and write it into the audit log.

        Raises:
            AccessError: it is open, not the next one, or something is missing.
        """
        upcoming = self.next_tier()
        if upcoming is None or TIERS.index(tier) < TIERS.index(upcoming):
            raise AccessError(f"tier {tier} is open")
        if tier != upcoming:
            raise AccessError(f"tier {tier} cannot be opened", "tiers open in order", upcoming)
        found = self.readiness(tier)
        if found.missing:
            raise AccessError(f"tier {tier} stays closed", "; ".join(found.missing))
        scores = {gate.metric: metric.value for gate, metric, _ in found.gates if metric}
        # The log comes first: an opening that nobody can account for would be worse than none.
        log.append(
            AuditEvent(
                event="promotion", action="open", tier=tier, scores=scores, reviewer=reviewer,
                policy_sha256=self.policy.sha256, model_sha256=self.model_sha256,
            )
        )  # fmt: skip
        self.store.open(tier, self.policy.sha256, self.model_sha256, reviewer)

    def _missing_redteam(self, minimum: RedTeamMinimum) -> list[str]:
        missing = []
        share = self.coverage().share(minimum.tries_per_cell)
        if share < minimum.min_coverage:
            missing.append(
                f"red team: {share:.0%} of the cells have {minimum.tries_per_cell} tries, "
                f"{minimum.min_coverage:.0%} needed"
            )
        for severity in minimum.no_open:
            count = sum(one.severity == severity for one in self.redteam.findings("open"))
            if count:
                missing.append(f"red team: {count} open findings of severity {severity}")
        return missing
