"""The effective state of a check, as it is written into the sidecar.

A check that could not run is never reported as passed (DESIGN section 4, rule 2): `skipped` was
left out on purpose, `error` should have run and could not, `not_implemented` has no code yet.
"""

from typing import Literal, NamedTuple

CheckState = Literal["passed", "failed", "skipped", "error", "not_implemented"]


class CheckResult(NamedTuple):
    """What a check found."""

    state: CheckState
    detail: str = ""
