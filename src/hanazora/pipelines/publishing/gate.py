"""The gate: collects what every check found and stops the file where the policy says so.

A check that failed stops it always. One that should have run and could not (`error`) stops it
where the policy requires that check; elsewhere the file passes with a warning that is printed and
written down. Nothing that did not run is called passed.
"""

from hanazora.core.checks import CheckResult
from hanazora.core.errors import UserError
from hanazora.safety.findings import Verdict
from hanazora.safety.policy import Policy


class RefusedError(UserError):
    """A check said no; nothing was written.

    Args:
        check: which one.
        reason: what it said.
        verdict: what it found, where it says so.
    """

    def __init__(self, check: str, reason: str, verdict: Verdict | None = None) -> None:
        self.check = check
        self.verdict = verdict
        super().__init__(f"refused by {check}", reason)


class Gate:
    """What the checks of one file found so far.

    Args:
        policy: says which checks are required.
    """

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.checks: dict[str, CheckResult] = {}
        self.warnings: list[str] = []

    def is_off(self, check: str) -> bool:
        """Tell whether the policy leaves a check out; that is written down, too."""
        if self.policy.requirement(check) != "off":
            return False
        self.checks[check] = CheckResult("skipped", "the policy leaves it out")
        return True

    def admit(self, check: str, result: CheckResult, verdict: Verdict | None = None) -> None:
        """Note what a check found.

        Args:
            check: which one.
            result: its state.
            verdict: what it found, for whoever wants to appeal.

        Raises:
            RefusedError: it failed, or it is required and could not run.
        """
        self.checks[check] = result
        if result.state == "failed":
            raise RefusedError(check, result.detail or "it gave no reason", verdict)
        if result.state == "error":
            if self.policy.requirement(check) == "required":
                raise RefusedError(check, f"it could not run and is required: {result.detail}")
            self.warnings.append(f"{check} could not run: {result.detail}")

    def states(self) -> dict[str, str]:
        """Return the state of every check so far."""
        return {name: result.state for name, result in self.checks.items()}
