"""What is refused, as data: categories x stages x tiers -> an action, with the text the user reads.

A policy is one versioned TOML file. The lists that it uses (terms, names, prototypes) are separate
files named in it with their sha256, so that the hash of the policy stands for all of them. An
operator copies the packaged file, changes it and names it in HANAZORA_POLICY; one category, sexual
content with minors, is blocked at every stage for every tier whatever a file says.
"""

import hashlib
import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from hanazora.core.config import from_dict
from hanazora.core.documents import read_bytes
from hanazora.core.errors import UserError

Action = Literal["block", "hold", "rewrite", "warn", "allow"]
Stage = Literal["prompt", "upload", "frame", "file"]
Tier = Literal["redteam", "trusted", "limited", "general"]
Requirement = Literal["required", "optional", "off"]
PluginKind = Literal["moderations", "http", "llm"]

ACTIONS: tuple[Action, ...] = get_args(Action)
"""From the most severe to none."""

STAGES: tuple[Stage, ...] = get_args(Stage)
TIERS: tuple[Tier, ...] = get_args(Tier)

PROTECTED_CATEGORY = "sexual-minors"
"""Blocked at every stage for every tier; no policy file can say otherwise."""

PROTECTED_THRESHOLD = 0.5
"""The highest threshold that a policy may set for the protected category."""

POLICY_VARIABLE = "HANAZORA_POLICY"
"""Environment variable with the path of the operator's policy."""

DATA_DIR = Path(__file__).resolve().parent / "data"
_PACKAGED = "package:"


class Rule(NamedTuple):
    """What happens to a finding of one category at one stage for one tier."""

    action: Action
    threshold: float
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TierRule:
    """What is different for one tier."""

    action: Action | None = None
    """Another action than that of the stage."""

    threshold: float | None = None
    """Another threshold than that of the stage."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StageRule:
    """What happens to a category at one stage."""

    action: Action = "block"
    """What is done with a finding at or above the threshold."""

    threshold: float = 0.5
    """Scores from here on count, 0 to 1."""

    tiers: dict[str, TierRule] = field(default_factory=dict)
    """What is different for single tiers."""

    def __post_init__(self) -> None:
        _require_choices("tier", self.tiers, TIERS)
        for value in (self.threshold, *(rule.threshold for rule in self.tiers.values())):
            if value is not None and not 0 <= value <= 1:
                raise UserError(f"threshold {value}", "it must be 0 to 1", "0.5")


@dataclass(frozen=True, kw_only=True, slots=True)
class Category:
    """A kind of content that has rules."""

    title: str
    """What it is called in sentences."""

    message: str
    """What the user reads when it is refused."""

    reference: str
    """Where the rule is explained."""

    stages: dict[str, StageRule]
    """The rule of each stage; a stage that is absent blocks at 0.5."""

    def __post_init__(self) -> None:
        _require_choices("stage", self.stages, STAGES)


@dataclass(frozen=True, kw_only=True, slots=True)
class ListFile:
    """A file that the policy uses, fixed by its content."""

    path: str
    """Beside the policy; package:NAME is a file that is shipped with hanazora."""

    sha256: str
    """Hash of the file; another content is refused."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PluginConfig:
    """A moderator outside this process."""

    name: str
    """What findings call it."""

    kind: PluginKind
    """moderations: OpenAI-compatible; http: a JSON hook; llm: a chat model asked with a prompt."""

    url: str
    """Where it answers."""

    stages: tuple[str, ...] = ("prompt",)
    """What it judges."""

    categories: dict[str, str] = field(default_factory=dict)
    """Its category names to ours; a name that is absent is taken as it is."""

    required: bool = True
    """When it does not answer: true blocks, false is recorded and passed."""

    timeout_s: float = 5.0
    """Seconds to wait for the whole answer."""

    model: str = ""
    """Model name sent along, where the service wants one."""

    key_variable: str = ""
    """Environment variable with the bearer key; the key itself never lies in a policy."""

    def __post_init__(self) -> None:
        _require_choices("stage", self.stages, STAGES)
        if not 0 < self.timeout_s <= 60:
            raise UserError(f"timeout_s {self.timeout_s}", "it must be above 0 and at most 60", "5")
        if not self.url.startswith(("http://", "https://")):
            raise UserError(f"plug-in url {self.url!r}", "it must start with http:// or https://")


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyData:
    """The fields of a policy file."""

    version: str
    """Raised with every change of meaning."""

    categories: dict[str, Category]
    """The rules."""

    checks: dict[str, Requirement] = field(default_factory=dict)
    """Which checks must run: a required one that could not run blocks; absent means required."""

    lists: dict[str, ListFile] = field(default_factory=dict)
    """Files of terms, names and prototypes."""

    plugins: tuple[PluginConfig, ...] = ()
    """Moderators outside this process."""

    classifiers: tuple[str, ...] = ()
    """Descriptors of ONNX picture classifiers, beside the policy (frames/onnx_classifier.py)."""

    def __post_init__(self) -> None:
        _require_protected(self.categories)


class Policy:
    """A loaded policy: answers what to do with a finding.

    Args:
        data: the fields of the file.
        sha256: hash of the file, which holds the hashes of its lists.
        directory: where the lists lie that are not packaged.
    """

    def __init__(self, data: PolicyData, sha256: str, directory: Path) -> None:
        self.data = data
        self.sha256 = sha256
        self.directory = directory

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Policy):
            return NotImplemented
        return (self.sha256, self.directory, self.data) == (
            other.sha256, other.directory, other.data,
        )  # fmt: skip

    def __hash__(self) -> int:  # one file loaded twice is one key, so its lists are read once
        return hash((self.sha256, self.directory))

    @property
    def version(self) -> str:
        """Version written in the file."""
        return self.data.version

    @property
    def categories(self) -> dict[str, Category]:
        """The categories by name."""
        return self.data.categories

    def require_category(self, name: str) -> str:
        """Return the name if the policy has such a category.

        Raises:
            UserError: it has none.
        """
        if name not in self.categories:
            known = ", ".join(self.categories)
            raise UserError(f"category {name!r}", f"it must be one of {known}")
        return name

    @property
    def plugins(self) -> tuple[PluginConfig, ...]:
        """Moderators outside this process."""
        return self.data.plugins

    def rule(self, category: str, stage: Stage, tier: Tier) -> Rule:
        """Return what happens to a finding; a category without a rule is blocked."""
        known = self.categories.get(category)
        if known is None:
            return Rule("block", 0.5, f"Refused: {category}.")
        found = known.stages.get(stage, StageRule())
        special = found.tiers.get(tier, TierRule())
        action = special.action or found.action
        threshold = found.threshold if special.threshold is None else special.threshold
        if category == PROTECTED_CATEGORY:  # holds for policies built in code, too
            action, threshold = "block", min(threshold, PROTECTED_THRESHOLD)
        return Rule(action, threshold, known.message)

    def requirement(self, check: str) -> Requirement:
        """Return whether a check must run; one that is not named must."""
        return self.data.checks.get(check, "required")

    def list_path(self, name: str) -> Path:
        """Return where a list lies.

        Raises:
            UserError: the policy names no such list.
        """
        if name not in self.data.lists:
            known = ", ".join(sorted(self.data.lists)) or "no lists"
            raise UserError(f"the policy names no list {name!r}", f"it has {known}")
        path = self.data.lists[name].path
        if path.startswith(_PACKAGED):
            return DATA_DIR / path.removeprefix(_PACKAGED)
        return self.directory / path

    def read_list(self, name: str) -> str:
        """Return the text of a list.

        Raises:
            UserError: it cannot be read or is not the file that the policy was made with.
        """
        path, expected = self.list_path(name), self.data.lists[name].sha256
        content = read_bytes(path)
        found = hashlib.sha256(content).hexdigest()
        if found != expected:
            rule = f"the policy says sha256 {expected[:12]}, the file has {found[:12]}"
            raise UserError(f"list {name} ({path.name}) was changed", rule, "hanazora policy seal")
        return content.decode("utf-8")


def packaged_policy_path() -> Path:
    """Return the policy that is shipped."""
    return DATA_DIR / "policy.toml"


def load_policy(path: Path | None = None) -> Policy:
    """Load a policy: the given one, else that of HANAZORA_POLICY, else the packaged one.

    Raises:
        UserError: unreadable, not TOML, an unknown key, or a rule that loosens `sexual-minors`.
    """
    chosen = path or Path(os.environ.get(POLICY_VARIABLE) or packaged_policy_path())
    content = read_bytes(chosen)
    try:
        data = from_dict(PolicyData, tomllib.loads(content.decode("utf-8")), "policy")
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError(f"{chosen.name} is not valid TOML", str(error)) from error
    return Policy(data, hashlib.sha256(content).hexdigest(), chosen.resolve().parent)


def _require_choices(what: str, found: Any, known: tuple[str, ...]) -> None:
    for name in found:
        if name not in known:
            raise UserError(f"unknown {what} {name!r}", f"it must be one of {', '.join(known)}")


def _require_protected(categories: dict[str, Category]) -> None:
    if PROTECTED_CATEGORY not in categories:
        raise UserError(f"the policy has no {PROTECTED_CATEGORY}", "it cannot be left out")
    for stage, rule in categories[PROTECTED_CATEGORY].stages.items():
        loose = rule.action != "block" or rule.threshold > PROTECTED_THRESHOLD
        if loose or rule.tiers:
            what = f"{PROTECTED_CATEGORY}.{stage} is loosened"
            limit = f"it is blocked from at most {PROTECTED_THRESHOLD} on, for every tier"
            raise UserError(what, limit, 'action = "block" and no tiers')
