"""Videos of a list of prompts as VBench looks for them: `{prompt}-{i}.mp4` in one directory.

VBench (Huang et al., 2024) finds a video by its prompt, word for word, and takes five samples of
each; videos of 5 s and more belong to its long variant. Each file leaves the one way every file
does, signed and marked. How they were made stands beside them: files of another protocol are never
added to a directory.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

from hanazora.core.errors import UserError
from hanazora.core.paths import write_text
from hanazora.evals.report import hash_prompts
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.way_out import RefusedError

NUM_SAMPLES = 5
"""Samples that VBench takes of every prompt."""
LONG_S = 5.0
"""Videos of at least so many seconds are for VBench-Long."""
PROTOCOL_NAME = "protocol.json"
MAX_NAME_BYTES = 240
_UNFIT = "/\\\0\n"

Make = Callable[[GenerateRequest, Path], None]
"""Makes one video and publishes it at a path."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportProtocol:
    """What two exports must share to be compared."""

    prompts_sha256: str
    """Hash of the prompts."""
    num_prompts: int
    """How many prompts."""
    num_samples: int
    """Videos of each."""
    first_seed: int
    """Seed of the first sample of every prompt; the others follow."""
    num_frames: int
    """Frames of every video."""
    height: int
    """Pixels."""
    width: int
    """Pixels."""
    fps: float
    """Frames per second."""
    prompt_rewriting: bool
    """Whether prompts are put into the model's own language."""
    sampler: dict[str, str | int | float | bool | None]
    """Solver, steps, guidance."""
    model: dict[str, str]
    """Hash of every weight file."""

    @property
    def variant(self) -> str:
        """Which of VBench's programs reads the directory."""
        return "vbench-long" if self.num_frames / self.fps >= LONG_S else "vbench"


class Exported(NamedTuple):
    """How one sample ended."""

    path: Path
    refusal: str = ""
    """Why there is no video."""
    was_there: bool = False


def sample_name(prompt: str, number: int) -> str:
    """Return the name under which VBench looks for a sample.

    Raises:
        UserError: no file can have that name.
    """
    name = f"{prompt}-{number}.mp4"
    if any(character in prompt for character in _UNFIT):
        raise UserError(f"prompt {prompt!r}", "a file is named after it: no / and no line break")
    if len(name.encode()) > MAX_NAME_BYTES:
        rule = f"a file is named after it: at most {MAX_NAME_BYTES - 6} bytes"
        raise UserError(f"prompt {prompt[:40]!r}...", rule)
    return name


def protocol_for(
    prompts: Sequence[str],
    like: GenerateRequest,
    num_samples: int,
    *,
    prompt_rewriting: bool,
    sampler: dict[str, str | int | float | bool | None],
    model: dict[str, str],
) -> ExportProtocol:
    """Return the protocol of an export.

    Args:
        prompts: all of them.
        like: size, length and first seed of every video.
        num_samples: of each prompt.
        prompt_rewriting: whether prompts are put into the model's own language.
        sampler: how videos are made.
        model: hashes of its weights.
    """
    return ExportProtocol(
        prompts_sha256=hash_prompts([(prompt, []) for prompt in prompts]),
        num_prompts=len(prompts), num_samples=num_samples, first_seed=like.seed,
        num_frames=like.num_frames, height=like.height, width=like.width, fps=like.fps,
        prompt_rewriting=prompt_rewriting, sampler=sampler, model=model,
    )  # fmt: skip


def export(
    prompts: Sequence[str],
    directory: Path,
    protocol: ExportProtocol,
    request_for: Callable[[str, int], GenerateRequest],
    make: Make,
) -> Iterator[Exported]:
    """Make what is missing of an export, and yield every sample as it is there.

    Args:
        prompts: word for word as VBench has them.
        directory: created when absent; an export that was stopped goes on in it.
        protocol: written beside the videos.
        request_for: what to make of a prompt under a seed.
        make: makes and publishes one video.

    Raises:
        UserError: a prompt comes twice or can be no file name; the directory holds an export of
            another protocol.
    """
    names = [sample_name(prompt, 0) for prompt in prompts]
    if len(set(names)) < len(names):
        twice = next(prompt for prompt in prompts if list(prompts).count(prompt) > 1)
        raise UserError(f"prompt {twice!r} comes twice", "a file is named after each")
    directory.mkdir(parents=True, exist_ok=True)
    _require_protocol(protocol, directory / PROTOCOL_NAME)
    for prompt in prompts:
        for number in range(protocol.num_samples):
            path = directory / sample_name(prompt, number)
            if path.exists():
                yield Exported(path, was_there=True)
                continue
            try:
                make(request_for(prompt, protocol.first_seed + number), path)
            except RefusedError as error:
                yield Exported(path, refusal=str(error))
            else:
                yield Exported(path)


def _require_protocol(protocol: ExportProtocol, path: Path) -> None:
    data = {"variant": protocol.variant, **asdict(protocol)}
    if path.is_file():
        known = json.loads(path.read_text(encoding="utf-8"))
        differing = [name for name in data if known.get(name) != data[name]]
        if differing:
            rule = f"it differs in {', '.join(differing)}"
            raise UserError(f"{path.parent} holds another export", rule, "another directory")
    write_text(path, json.dumps(data, indent=2) + "\n")
