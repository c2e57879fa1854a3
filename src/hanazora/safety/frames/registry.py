"""Who judges pictures: the moderators of a policy, and what each of them covers."""

from collections.abc import Sequence

from hanazora.safety.coverage import Coverage, covered
from hanazora.safety.frames.blocklist import LIST_NAME, BlocklistModerator
from hanazora.safety.frames.classifier import CATEGORY_OF, WEIGHTS, ClassifierModerator
from hanazora.safety.frames.faces import CATEGORY as LIKENESS
from hanazora.safety.frames.faces import FaceModerator, can_find_faces
from hanazora.safety.frames.moderator import Missing, Moderator
from hanazora.safety.frames.network import LABELS, read_config
from hanazora.safety.frames.onnx_classifier import OnnxModerator
from hanazora.safety.frames.remote import RemoteModerator
from hanazora.safety.policy import Policy, Stage

FACES_CHECK = "upload_faces"
"""Name of the face check in the policy's [checks]."""

MIN_RECALL = 0.3
"""A label that is found more rarely than this in pictures kept back covers nothing."""


def build_moderators(policy: Policy, stage: Stage) -> tuple[Moderator, ...]:
    """Return everybody who judges pictures at a stage; one that cannot run says so when asked.

    Raises:
        UserError: a descriptor or the blocklist of the policy cannot be read.
    """
    chosen: list[Moderator] = [ClassifierModerator(), BlocklistModerator(policy)]
    if stage == "upload" and policy.requirement(FACES_CHECK) != "off":
        chosen.append(FaceModerator(required=policy.requirement(FACES_CHECK) == "required"))
    for name in policy.data.classifiers:
        chosen.append(OnnxModerator(policy.directory / name))
    for plugin in policy.plugins:
        if stage not in plugin.stages:
            continue
        if plugin.kind == "llm":
            why = "a chat model cannot judge pictures here"
            chosen.append(Missing(f"plugin/{plugin.name}", (), why, plugin.required))
        else:
            chosen.append(RemoteModerator(plugin, policy, stage))
    return tuple(chosen)


def coverage(policy: Policy) -> list[Coverage]:
    """Return what covers which category on uploads and on generated frames."""
    found: list[Coverage] = []
    for stage in _STAGES:
        found += _classifier_coverage(stage)
        for moderator in build_moderators(policy, stage):
            if isinstance(moderator, ClassifierModerator):
                continue
            available, note = _state(moderator, policy)
            names = moderator.categories
            found += covered(stage, names, moderator.name, available=available, note=note)
    return found


def uncovered(policy: Policy, stage: Stage) -> tuple[str, ...]:
    """Return the categories of the policy that nobody here can be relied on to see."""
    seen = {one.category for one in coverage(policy) if one.stage == stage and one.available}
    return tuple(sorted(set(policy.categories) - seen))


_STAGES: Sequence[Stage] = ("upload", "frame")


def _classifier_coverage(stage: Stage) -> list[Coverage]:
    """Return what our classifier covers, with what it was measured to find."""
    if not WEIGHTS.exists():
        names = ClassifierModerator.categories
        return covered(stage, names, ClassifierModerator.name, available=False, note="no weights")
    recall = dict(zip(LABELS, read_config(WEIGHTS).recall, strict=True))
    found = []
    for category in ClassifierModerator.categories:
        mine = {name: recall[name] for name in LABELS if CATEGORY_OF[name] == category}
        note = ", ".join(f"{name} {share:.0%}" for name, share in mine.items())
        found += covered(
            stage, (category,), ClassifierModerator.name,
            available=max(mine.values()) >= MIN_RECALL,
            note=f"found in drawn pictures like those it learned from: {note}",
        )  # fmt: skip
    return found


def _state(moderator: Moderator, policy: Policy) -> tuple[bool, str]:
    if isinstance(moderator, Missing):
        return False, moderator.why
    if LIKENESS in moderator.categories and isinstance(moderator, FaceModerator):
        note = "frontal faces; who it is stays unknown"
        return can_find_faces(), note if can_find_faces() else "pip install hanazora[faces]"
    if isinstance(moderator, BlocklistModerator):
        listed = LIST_NAME in policy.data.lists
        return listed, f"{len(moderator.hashes)} pictures" if listed else "the policy names no list"
    return True, ""
