"""The prompt filter: judges every text that reaches the model, before anything is computed.

Prompt, expanded prompt, negative prompt, storyboard captions and file names are all read by one
judge: terms in context, known names, readability, meaning where the `semantic` extra is installed,
and the plug-ins of the policy. What could not be judged is not passed on.
"""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from hanazora.core.checks import CheckResult
from hanazora.core.errors import UserError
from hanazora.safety.coverage import Coverage, covered
from hanazora.safety.findings import Finding, Verdict, decide
from hanazora.safety.policy import PROTECTED_CATEGORY, Policy, Stage, Tier, load_policy
from hanazora.safety.text.judge import text_judge
from hanazora.safety.text.learned import judge_words
from hanazora.safety.text.negative import without_avoided
from hanazora.safety.text.plugins import ask_plugins
from hanazora.safety.text.semantic import judge_meaning, meaning_categories, semantic_state

_TERM_CATEGORIES = (
    "sexual-minors", "sexual", "violence", "self-harm", "hate", "illicit", "deception", "likeness",
)  # fmt: skip

MAX_TEXT_CHARS = 4000
"""What a request may hold, too: a longer text would only cost time."""


class Judged(NamedTuple):
    """What the filter says about all texts of a request."""

    result: CheckResult
    verdicts: dict[str, Verdict]
    """By the name of the text."""


def judge_text(
    text: str, *, stage: Stage = "prompt", tier: Tier = "general", policy: Policy | None = None
) -> Verdict:
    """Judge one text.

    Args:
        text: at most `MAX_TEXT_CHARS` of anything; spans of the findings point into it.
        stage: prompt, or file for a file name.
        tier: access tier of who asks.
        policy: the rules; else that of the operator, else the packaged one.

    Raises:
        UserError: the text is too long, or the policy or one of its lists cannot be used.
    """
    if len(text) > MAX_TEXT_CHARS:
        nearest = f"its first {MAX_TEXT_CHARS}"
        rule = f"at most {MAX_TEXT_CHARS} are judged"
        raise UserError(f"the text has {len(text)} characters", rule, nearest)
    policy = policy or load_policy()
    return decide(_findings(text, stage, policy), policy, stage, tier, _sha256(text))


def check_prompt(prompt: str, negative_prompt: str) -> CheckResult:
    """Judge what was asked: passed, failed with the reason, or error where that was impossible."""
    return check_texts({"prompt": prompt, "negative_prompt": negative_prompt}).result


def check_texts(
    texts: Mapping[str, str], *, tier: Tier = "general", policy: Policy | None = None
) -> Judged:
    """Judge all texts of a request, each by itself and, for minors, all of them together.

    Args:
        texts: by name; of `negative_prompt` words that are there to be avoided are left out, and
            the names `file_name` are read with their separators as spaces.
        tier: access tier of who asks.
        policy: the rules; else that of the operator, else the packaged one.
    """
    try:
        policy = policy or load_policy()
        if policy.requirement("prompt_filter") == "off":
            return Judged(CheckResult("skipped", "switched off by the policy"), {})
        verdicts = _judge_all(texts, tier, policy)
    except UserError as error:
        return Judged(CheckResult("error", f"the texts could not be judged: {error}"), {})
    refused = [(name, verdict) for name, verdict in verdicts.items() if verdict.blocked]
    if refused:
        return Judged(CheckResult("failed", _reason(*refused[0])), verdicts)
    warned = [(name, verdict) for name, verdict in verdicts.items() if verdict.action != "allow"]
    identity = f"policy {policy.version}"
    detail = "; ".join([identity, *(_reason(*each) for each in warned)])
    return Judged(CheckResult("passed", detail), verdicts)


def coverage(policy: Policy) -> list[Coverage]:
    """Return what judges texts, per category."""
    entries = covered("prompt", _TERM_CATEGORIES, "terms (en, zh, ja)")
    entries += covered("file", _TERM_CATEGORIES, "terms of the file name (en, zh, ja)")
    people = f"names ({text_judge(policy).names.num_people} people)"
    entries += covered("prompt", ["known-people"], people)
    entries += covered("file", ["known-people"], f"{people} in the file name")
    entries += covered("prompt", ["unreadable"], "readability")
    missing = semantic_state(policy)
    meaning = meaning_categories(policy)
    entries += covered("prompt", meaning, "meaning (en)", available=not missing, note=missing)
    for plugin in policy.plugins:
        categories = sorted(set(plugin.categories.values())) or sorted(policy.categories)
        note = "required" if plugin.required else "optional"
        if "prompt" in plugin.stages:
            entries += covered("prompt", categories, f"plug-in {plugin.name}", note=note)
    return entries


def _judge_all(texts: Mapping[str, str], tier: Tier, policy: Policy) -> dict[str, Verdict]:
    verdicts = {}
    for name, text in texts.items():
        if not text.strip():
            continue
        stage: Stage = "file" if name.startswith("file_name") else "prompt"
        found = _findings(_as_read(name, text), stage, policy)
        verdicts[name] = decide(found, policy, stage, tier, _sha256(text))
    if len(verdicts) > 1:
        together = _protected_together(texts, policy)
        if together:
            joined = "\n".join(texts.values())
            verdicts["together"] = decide(together, policy, "prompt", tier, _sha256(joined))
    return verdicts


def _findings(text: str, stage: Stage, policy: Policy) -> list[Finding]:
    judge = text_judge(policy)
    clear = judge.clear(text)
    return [
        *judge.findings(text),
        *judge_words(clear, judge.rules.terms, policy),
        *judge_meaning(clear, policy),
        *ask_plugins(text, stage, policy),
    ]


def _as_read(name: str, text: str) -> str:
    if name.startswith("negative_prompt"):
        return without_avoided(text)
    if name.startswith("file_name"):
        stem = text.rpartition("/")[2].rpartition(".")[0] or text
        return stem.replace("_", " ").replace("-", " ")
    return text


def _protected_together(texts: Mapping[str, str], policy: Policy) -> list[Finding]:
    """Find what is spread over several captions; only for the category without an override."""
    shown = [_as_read(name, text) for name, text in texts.items() if "negative" not in name]
    found = text_judge(policy).findings("\n".join(shown))
    return [each._replace(span=None) for each in found if each.category == PROTECTED_CATEGORY]


def _reason(name: str, verdict: Verdict) -> str:
    where = name.replace("_", " ")
    return f"{verdict.message} ({where}: {verdict.category}, decision {verdict.decision_id})"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
