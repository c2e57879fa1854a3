"""One line of the audit log: what was decided, by which rule, under which policy and model.

A line is canonical JSON: sorted keys, no spaces, ASCII. `prev` is the hash of the line before and
`hash` the keyed hash of everything else in the line, so that a line changed by one bit, taken out
or moved breaks the chain.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Literal, NamedTuple, TypeAlias

from hanazora.safety.audit.keys import AuditKey
from hanazora.safety.findings import Verdict

Event = Literal[
    "decision", "published", "grant", "promotion", "appeal", "report", "review", "takedown",
    "finding", "recovered", "expired",
]  # fmt: skip
Value: TypeAlias = "str | int | float | bool | None | dict[str, float]"
Record: TypeAlias = dict[str, Value]

GENESIS = "0" * 64
"""What the first line of a log names as the hash before it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditEvent:
    """What is to be remembered; `user` and `prompt` are hashed with the key before writing."""

    event: Event
    """What happened."""
    stage: str = ""
    """Where: prompt, upload, frame or file."""
    action: str = ""
    """What was done: block, hold, allow, or an outcome such as overturned."""
    decision_id: str = ""
    """The decision that this is, or is about."""
    category: str = ""
    """Category of the policy that decided."""
    rule: str = ""
    """Rule that decided."""
    scores: dict[str, float] = field(default_factory=dict)
    """Highest score of each category, or figures of a promotion."""
    tier: str = ""
    """Access tier of who asked."""
    user: str = ""
    """Who asked, in clear; only its keyed hash is written."""
    prompt: str = ""
    """What was asked, in clear; only its keyed hash is written."""
    policy_sha256: str = ""
    """Hash of the policy."""
    model_sha256: str = ""
    """Hash of the model."""
    manifest_id: str = ""
    """Manifest of the file that left, if one did."""
    reviewer: str = ""
    """The person of the operator who decided, in clear: reviewers answer by name."""
    detail: str = ""
    """Facts for a reader, never the text of a user."""


class Link(NamedTuple):
    """A place in the chain: how many lines up to here, and the hash of the last of them."""

    seq: int
    hash: str


START = Link(0, GENESIS)


def decision_event(
    verdict: Verdict,
    *,
    stage: str,
    prompt: str = "",
    user: str = "",
    tier: str = "",
    policy_sha256: str = "",
    model_sha256: str = "",
) -> AuditEvent:
    """Return what is remembered of a verdict.

    Args:
        verdict: what the policy said.
        stage: prompt, upload, frame or file.
        prompt: the text that was judged, in clear.
        user: who asked, in clear.
        tier: access tier of who asked.
        policy_sha256: hash of the policy.
        model_sha256: hash of the model.
    """
    scores: dict[str, float] = {}
    for finding in verdict.findings:
        # Not a number, from a broken moderator, counted as sure when it was judged.
        score = float(finding.score) if math.isfinite(finding.score) else 1.0
        scores[finding.category] = max(scores.get(finding.category, 0.0), score)
    return AuditEvent(
        event="decision", stage=stage, action=verdict.action, decision_id=verdict.decision_id,
        category=verdict.category or "", rule=verdict.rule or "", scores=scores, tier=tier,
        user=user, prompt=prompt, policy_sha256=policy_sha256, model_sha256=model_sha256,
    )  # fmt: skip


def build_record(event: AuditEvent, key: AuditKey, previous: Link, time: str) -> Record:
    """Return the next record of a chain; fields that say nothing are left out.

    Args:
        event: what is to be remembered.
        key: hashes user and prompt, and seals the record.
        previous: the record before it.
        time: UTC, ISO 8601.
    """
    record: Record = {"seq": previous.seq + 1, "time": time, "prev": previous.hash}
    for name in (one.name for one in fields(AuditEvent)):
        value = getattr(event, name)
        if value:
            record[name] = value
    for name, hashed in (("user", key.user), ("prompt", key.prompt)):
        if name in record:
            record[name] = hashed(str(record[name]))
    record["hash"] = key.seal(encode(record))
    return record


def encode(record: Mapping[str, Value]) -> bytes:
    """Return the one way in which a record is written, without the end of the line."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def read_line(line: bytes, key: AuditKey, previous: Link) -> Record | None:
    """Return the record of a line, or none where it is not what follows `previous`."""
    try:
        record = json.loads(line)
        if not isinstance(record, dict) or encode(record) != line:
            return None
    except (ValueError, RecursionError):
        return None
    claimed = record.pop("hash", None)
    if record.get("seq") != previous.seq + 1 or record.get("prev") != previous.hash:
        return None
    if claimed != key.seal(encode(record)):
        return None
    record["hash"] = claimed
    return record


def link_of(record: Mapping[str, Value]) -> Link:
    """Return the place of a record in the chain."""
    return Link(int(str(record["seq"])), str(record["hash"]))
