from dataclasses import replace

import pytest

from hanazora.core.checks import CheckResult
from hanazora.pipelines.publishing.gate import Gate, RefusedError
from hanazora.safety.policy import Policy, load_policy


def gate(**checks):
    policy = load_policy()
    return Gate(Policy(replace(policy.data, checks=checks), policy.sha256, policy.directory))


def test_what_failed_stops_whatever_the_policy_says():
    for requirement in ("required", "optional", "off"):
        with pytest.raises(RefusedError, match="refused by signature: no") as caught:
            gate(signature=requirement).admit("signature", CheckResult("failed", "no"))
        assert caught.value.check == "signature"
    with pytest.raises(RefusedError, match="it gave no reason"):
        gate().admit("signature", CheckResult("failed"))


def test_what_could_not_run_stops_where_it_is_required():
    with pytest.raises(RefusedError, match="could not run and is required: broken"):
        gate().admit("watermark", CheckResult("error", "broken"))
    passed = gate(watermark="optional")
    passed.admit("watermark", CheckResult("error", "broken"))
    assert passed.warnings == ["watermark could not run: broken"]
    assert passed.states() == {"watermark": "error"}


def test_what_is_left_out_is_noted():
    left = gate(signature="off")
    assert left.is_off("signature")
    assert not left.is_off("watermark")
    assert left.states() == {"signature": "skipped"}
