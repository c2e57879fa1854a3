"""Many prompts from one file: the model is loaded once, every line ends as one result record.

A line is a prompt, or a JSON object with a prompt and settings of its own. A line that fails is
recorded like one that is done, and the next one goes on.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from hanazora.core.config import from_dict, to_dict
from hanazora.core.documents import read_text
from hanazora.core.errors import CancelledError, UserError
from hanazora.pipelines.request import GenerateRequest

RESULTS_NAME = "results.jsonl"
SETTINGS = (
    "prompt", "width", "height", "num_frames", "fps", "seed", "num_inference_steps",
    "guidance_scale", "negative_prompt",
)  # fmt: skip
"""What a line may say for itself, beside `output`, the name of its file."""

State: TypeAlias = Literal["done", "refused", "failed"]


class PromptLine(NamedTuple):
    """One line of a prompts file, not judged yet."""

    number: int
    text: str


class Made(NamedTuple):
    """What making one line gave."""

    sha256: str
    seconds: float
    warnings: list[str]


Make: TypeAlias = Callable[[GenerateRequest, Path], Made]
"""Makes one video and publishes it at a path."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """How one line ended; one line of the results file."""

    line: int
    """Number of the line, from 1."""
    prompt: str
    """What it asked for; the whole line where that could not be read."""
    state: State
    """Done; refused, because the line asks for what cannot be; or failed, which is our mistake."""
    output: str | None = None
    """Name of the video in the output directory."""
    sha256: str | None = None
    """Hash of the video."""
    seconds: float | None = None
    """How long it took."""
    warnings: list[str] = field(default_factory=list)
    """What a person should know about the video."""
    error: str | None = None
    """Why there is none."""


def read_prompts(path: Path) -> list[PromptLine]:
    """Return the lines of a prompts file that are not empty.

    Raises:
        UserError: the file cannot be read, is not UTF-8, or holds no prompt.
    """
    text = read_text(path)
    lines = [
        PromptLine(number, line.strip())
        for number, line in enumerate(text.split("\n"), start=1)
        if line.strip()
    ]
    if not lines:
        raise UserError(f"{path} holds no prompt", "it has one prompt per line")
    return lines


def make_lines(
    lines: list[PromptLine], defaults: Mapping[str, object], directory: Path, make: Make
) -> Iterator[Record]:
    """Make one video after another; each record is on the disk when it is yielded.

    Args:
        lines: as read.
        defaults: fields of every request that a line does not set itself.
        directory: where videos and the results file go; created when absent.
        make: makes one video.

    Raises:
        CancelledError, KeyboardInterrupt: the work was stopped; the records so far stay.
    """
    directory.mkdir(parents=True, exist_ok=True)
    taken = set[Path]()

    def make_new(request: GenerateRequest, path: Path) -> Made:
        if path in taken:
            raise UserError(f"output {path.name!r}", "an earlier line has the same")
        taken.add(path)
        return make(request, path)

    with (directory / RESULTS_NAME).open("w", encoding="utf-8") as results:
        for line in lines:
            record = _make_line(line, defaults, directory, make_new)
            results.write(json.dumps(to_dict(record), ensure_ascii=False) + "\n")
            results.flush()
            yield record


def _make_line(
    line: PromptLine, defaults: Mapping[str, object], directory: Path, make: Make
) -> Record:
    prompt = line.text
    try:
        settings = _settings(line)
        prompt = str(settings["prompt"])
        output = _file_name(settings.pop("output", f"line-{line.number:04d}.mp4"))
        request = from_dict(GenerateRequest, {**defaults, **settings})
        made = make(request, directory / output)
    except CancelledError:
        raise
    except UserError as error:
        return Record(line=line.number, prompt=prompt, state="refused", error=str(error))
    except Exception as error:  # one line must never cost the others
        reason = f"{type(error).__name__}: {error}"
        return Record(line=line.number, prompt=prompt, state="failed", error=reason)
    return Record(
        line=line.number,
        prompt=prompt,
        state="done",
        output=output,
        sha256=made.sha256,
        seconds=round(made.seconds, 2),
        warnings=made.warnings,
    )


def _settings(line: PromptLine) -> dict[str, object]:
    if not line.text.startswith("{"):
        return {"prompt": line.text}
    try:
        data = json.loads(line.text)
    except ValueError as error:
        raise UserError(f"line {line.number} is not valid JSON", str(error)) from error
    if "prompt" not in data:
        raise UserError(f"line {line.number} has no prompt")
    unknown = sorted(set(data) - {*SETTINGS, "output"})
    if unknown:
        rule = f"a line may say {', '.join(SETTINGS)}, output"
        raise UserError(f"line {line.number} says {unknown[0]!r}", rule)
    return dict(data)


def _file_name(name: object) -> str:
    if not isinstance(name, str) or Path(name).name != name or not name.endswith(".mp4"):
        rule = "it must be the name of an .mp4 file, without a directory"
        raise UserError(f"output {name!r}", rule)
    return name
