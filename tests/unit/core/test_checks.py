from typing import get_args

from hanazora.core.checks import CheckResult, CheckState


def test_a_check_that_did_not_run_has_its_own_words():
    did_not_run = {"skipped", "error", "not_implemented"}
    assert set(get_args(CheckState)) == {"passed", "failed"} | did_not_run
    assert CheckResult("skipped") == ("skipped", "")
