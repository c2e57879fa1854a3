"""What an operator does with policy files: compare two, and renew the hashes of the lists."""

import hashlib
import re
from pathlib import Path

from hanazora.core.config import to_dict
from hanazora.core.errors import UserError
from hanazora.core.paths import write_text
from hanazora.safety.policy import STAGES, TIERS, Policy, load_policy


def differences(first: Policy, second: Policy) -> list[str]:
    """Return one line per rule, check, list or plug-in that differs; versions do not count."""
    lines = []
    for category in sorted({*first.categories, *second.categories}):
        if (category in first.categories) != (category in second.categories):
            where = "first" if category in first.categories else "second"
            lines.append(f"{category}: only in the {where}")
            continue
        lines += _rule_differences(category, first, second)
    checks = sorted({*first.data.checks, *second.data.checks})
    lines += [
        f"check {name}: {first.requirement(name)} -> {second.requirement(name)}"
        for name in checks
        if first.requirement(name) != second.requirement(name)
    ]
    hashes = [
        {name: each.sha256 for name, each in policy.data.lists.items()}
        for policy in (first, second)
    ]
    lines += _named_differences("list", *hashes)
    plugins = [
        {each.name: str(to_dict(each)) for each in policy.plugins} for policy in (first, second)
    ]
    return lines + _named_differences("plug-in", *plugins)


def seal_lists(path: Path) -> list[str]:
    """Write the hashes that the lists of a policy have now; return the names that changed.

    Raises:
        UserError: the policy or one of its lists cannot be read, or a hash is not written once.
    """
    policy = load_policy(path)
    text = path.read_text(encoding="utf-8")
    changed = []
    for name, each in policy.data.lists.items():
        try:
            content = policy.list_path(name).read_bytes()
        except OSError as error:
            raise UserError(f"cannot read list {name}", error.strerror or "unreadable") from error
        found = hashlib.sha256(content).hexdigest()
        if found == each.sha256:
            continue
        table = re.compile(rf"(\[lists\.{re.escape(name)}\][^\[]*?sha256 = \")[^\"]*(\")")
        text, count = table.subn(rf"\g<1>{found}\g<2>", text)
        if count != 1:
            rule = f"it must be a table [lists.{name}] with path and sha256"
            raise UserError(f"list {name} of {path.name}", rule)
        changed.append(name)
    if changed:
        write_text(path, text)
    return changed


def _rule_differences(category: str, first: Policy, second: Policy) -> list[str]:
    lines = []
    for stage in STAGES:
        for tier in TIERS:
            one, two = (policy.rule(category, stage, tier) for policy in (first, second))
            if one[:2] != two[:2]:
                before, after = (f"{rule.action} from {rule.threshold:g}" for rule in (one, two))
                lines.append(f"{category} {stage} {tier}: {before} -> {after}")
    if first.categories[category].message != second.categories[category].message:
        lines.append(f"{category}: another message")
    return lines


def _named_differences(what: str, first: dict[str, str], second: dict[str, str]) -> list[str]:
    lines = []
    for name in sorted({*first, *second}):
        if name not in second:
            lines.append(f"{what} {name}: only in the first")
        elif name not in first:
            lines.append(f"{what} {name}: only in the second")
        elif first[name] != second[name]:
            lines.append(f"{what} {name}: changed")
    return lines
