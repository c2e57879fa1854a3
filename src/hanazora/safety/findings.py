"""What moderators report and what the policy makes of it, the same for texts, uploads and frames.

A verdict is deterministic and explainable: it names the category, the rule that fired and where,
and carries an id made of the policy, the stage and the input, so that an appeal can point at it.
"""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from hanazora.safety.policy import ACTIONS, Action, Policy, Stage, Tier


class Finding(NamedTuple):
    """One thing that one moderator saw."""

    category: str
    """A category of the policy."""

    score: float
    """How sure, 0 to 1."""

    rule: str
    """Which rule fired, as in patterns/violence.gore or moderator/frames."""

    span: tuple[int, int] | None = None
    """First and one past the last: characters of the original text, or frames of the clip."""

    detail: str = ""
    """Anything a reviewer should know; never the text itself."""


class Verdict(NamedTuple):
    """What the policy says about an input."""

    action: Action
    """block, hold, rewrite, warn or allow."""

    category: str | None
    """The category that decided; none when nothing was found."""

    rule: str | None
    """The rule that decided."""

    span: tuple[int, int] | None
    """Where it was seen."""

    decision_id: str
    """The same policy, stage and input give the same id."""

    message: str
    """What the user reads."""

    findings: tuple[Finding, ...] = ()
    """Everything that was seen, the deciding finding first."""

    @property
    def blocked(self) -> bool:
        """Whether nothing may be shown: a held input waits for a person."""
        return self.action in ("block", "hold")


def decide(
    findings: Sequence[Finding], policy: Policy, stage: Stage, tier: Tier, input_sha256: str
) -> Verdict:
    """Return the most severe action that the policy gives to any of the findings.

    Args:
        findings: in any order; those under their threshold count as allowed.
        policy: the rules.
        stage: where in the pipeline the input stands.
        tier: access tier of who asks.
        input_sha256: hash of everything that was judged.
    """
    identity = decision_id(policy.sha256, stage, input_sha256)
    ranked = sorted(findings, key=lambda finding: _rank(finding, policy, stage, tier))
    if not ranked:
        return Verdict("allow", None, None, None, identity, "")
    first = ranked[0]
    action = _action(first, policy, stage, tier)
    message = "" if action == "allow" else policy.rule(first.category, stage, tier).message
    return Verdict(action, first.category, first.rule, first.span, identity, message, tuple(ranked))


def decision_id(policy_sha256: str, stage: str, input_sha256: str) -> str:
    """Return the id of a decision: 16 hexadecimal digits."""
    joined = "\n".join((policy_sha256, stage, input_sha256))
    return hashlib.sha256(joined.encode()).hexdigest()[:16]


def _action(finding: Finding, policy: Policy, stage: Stage, tier: Tier) -> Action:
    rule = policy.rule(finding.category, stage, tier)
    # Not a number, from a broken moderator, counts as sure.
    return "allow" if finding.score < rule.threshold else rule.action


def _rank(
    finding: Finding, policy: Policy, stage: Stage, tier: Tier
) -> tuple[int, float, str, str, tuple[int, int]]:
    # Ties are broken by name and place, so that the order of moderators changes nothing.
    severity = ACTIONS.index(_action(finding, policy, stage, tier))
    score = finding.score if finding.score == finding.score else 1.0
    return severity, -score, finding.category, finding.rule, finding.span or (-1, -1)
