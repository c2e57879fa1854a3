"""The place of the prompt filter: called before anything is computed and again on the way out.

Nothing is filtered yet, and the sidecar says so. A filter that is put here returns "passed" or
"failed"; the way out refuses to write a file on "failed".
"""

from hanazora.core.checks import CheckResult


def check_prompt(prompt: str, negative_prompt: str) -> CheckResult:
    """Judge what was asked."""
    del prompt, negative_prompt
    return CheckResult("not_implemented", "no prompt filter in this version")
