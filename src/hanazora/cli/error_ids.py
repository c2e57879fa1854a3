"""The id at the end of every refusal; it leads to docs/reference/errors.md.

An id names a family: that of the error's class where it has one of its own, else that of the room
whose code refused. So nothing is said where an error is raised. Ids are never given away again.
"""

from types import TracebackType
from typing import NamedTuple


class Family(NamedTuple):
    """Errors that are helped in the same way."""

    id: str
    title: str
    help: str
    """What to look at."""


COMMAND_LINE = Family(
    "HZ-100", "The command line",
    "An option or a command is misspelt, or a value is of the wrong kind. `--help` behind any "
    "command lists what it takes; so does [the reference](cli.md).",
)  # fmt: skip

REQUEST = Family(
    "HZ-101", "What was asked for",
    "A size, a duration, a plan, a sidecar or two options together cannot be. The message ends in "
    "the nearest thing that works. [Verbs](../guides/verbs.md) says what each command takes.",
)  # fmt: skip

BY_ROOM = {
    "cli": REQUEST,
    "pipelines": REQUEST,
    "core": Family(
        "HZ-102", "A file or a setting that cannot be read",
        "A document is absent, not UTF-8 or not what it says, or `--set` names a field that is not "
        "there. [Config fields](config.md) lists them.",
    ),
    "media": Family(
        "HZ-103", "A clip or picture that cannot be taken",
        "It is cut off, damaged, of a kind that would come out wrong, outside the limits, or its "
        "decoder hangs. [Runs](../guides/runs.md) lists what is taken; the message names the copy "
        "that would be.",
    ),
    "data": Family(
        "HZ-104", "Clips to train on",
        "A folder, a list or a pool of clips cannot be used. `hanazora data check` names every "
        "clip and its reason; [training](../guides/train.md) says what a pool is.",
    ),
    "world": Family(
        "HZ-105", "The procedural world",
        "A scene was asked for that the world does not have. `hanazora world --help`.",
    ),
    "train": Family(
        "HZ-106", "Training",
        "A run cannot start, or go on, as it is asked for: another shape than its directory holds, "
        "fewer micro batches than processes. [Training](../guides/train.md).",
    ),
    "evals": Family(
        "HZ-107", "Evaluation",
        "Reports of unequal protocols, a file that is no report, too few videos. "
        "[Evaluation](../guides/evaluation.md).",
    ),
    "provenance": Family(
        "HZ-108", "Keys, signatures and marks",
        "Keys cannot be read or do not fit, or a file cannot be checked. "
        "[Provenance](../concepts/provenance.md).",
    ),
    "safety": Family(
        "HZ-109", "Policy and checks",
        "A policy file, a list or a plug-in of the checks cannot be used. "
        "[Safety](../concepts/safety.md).",
    ),
    "parallel": Family(
        "HZ-110", "This machine",
        "A device or a precision that is not there. `hanazora doctor` says what is.",
    ),
    "models": Family(
        "HZ-111", "The networks",
        "A network was asked for something that its weights do not give. "
        "[The model](../concepts/model.md).",
    ),
}  # fmt: skip
BY_ROOM["recipes"] = BY_ROOM["train"]
BY_ROOM["diffusion"] = BY_ROOM["models"]

BY_CLASS = {
    "OutputError": Family(
        "HZ-201", "A file cannot be written",
        "No space, no permission, no such directory. A video's finished chunks are kept: "
        "`hanazora resume` when there is room ([runs](../guides/runs.md)).",
    ),
    "ModelError": Family(
        "HZ-202", "A model directory cannot be used",
        "It is incomplete, of another architecture, or its weights do not fit its config. A run "
        "directory of `hanazora train` is a model after its first checkpoint.",
    ),
    "DecodeMemoryError": Family(
        "HZ-203", "Not enough memory to decode",
        "Not even small tiles fit. The latents are kept: `hanazora decode RUN` with more free "
        "memory; `hanazora estimate` tells what a size takes.",
    ),
    "RefusedError": Family(
        "HZ-204", "A check said no",
        "The prompt, an input or a frame was refused, or a check that is required could not run. "
        "Nothing was published. `hanazora appeal` asks for another look "
        "([safety](../concepts/safety.md)).",
    ),
    "AuditError": Family(
        "HZ-205", "The audit log",
        "It cannot be read or is not whole ([access and audit](../concepts/access-and-audit.md)).",
    ),
    "AccessError": Family(
        "HZ-206", "Access",
        "The tier or the grant does not allow it "
        "([access and audit](../concepts/access-and-audit.md)).",
    ),
    "PromptTooLongError": Family(
        "HZ-207", "A prompt that is too long",
        "It has more tokens than the model reads. A [storyboard](../guides/verbs.md) has a prompt "
        "for each shot.",
    ),
    "NonFiniteError": Family(
        "HZ-208", "A value that is not finite",
        "A network returned NaN or infinity, and nothing made from it was written. `--dtype fp32`; "
        "if it stays, the weights are broken.",
    ),
}  # fmt: skip


def error_id(error: BaseException) -> str:
    """Return the id of an error that was raised."""
    family = BY_CLASS.get(type(error).__name__) or BY_ROOM.get(_room(error.__traceback__), REQUEST)
    return family.id


def families() -> list[Family]:
    """Return every family once, in the order of their ids."""
    return sorted({COMMAND_LINE, *BY_ROOM.values(), *BY_CLASS.values()})


def _room(trace: TracebackType | None) -> str:
    """Return the room whose code raised an error."""
    room = ""
    while trace is not None:
        package, _, inner = str(trace.tb_frame.f_globals.get("__name__")).partition(".")
        room = inner.partition(".")[0] if package == "hanazora" else room
        trace = trace.tb_next
    return room
