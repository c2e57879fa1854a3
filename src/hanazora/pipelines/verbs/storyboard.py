"""Storyboard files: shots with their times, one style, and subjects that keep their looks.

TOML, or JSON of the same form::

    style = "soft light"
    [subjects]
    mia = "a girl in a red coat"
    [[shots]]
    seconds = 3
    prompt = "{mia} walks along a cherry alley"
    scene = "alley"
    [[shots]]
    seconds = 2
    prompt = "a fish in a reef"

A shot begins where the one before ends unless it says `start`. What a subject is called stands in
braces and is written out in every shot, and the style after it, so the same words describe the same
things throughout.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from hanazora.core.config import from_dict
from hanazora.core.documents import read_json, read_toml
from hanazora.core.errors import UserError
from hanazora.pipelines.material import Input, Shot
from hanazora.pipelines.request import (
    DEFAULT_FPS,
    DEFAULT_HEIGHT,
    DEFAULT_WIDTH,
    MAX_PROMPT_CHARS,
    GenerateRequest,
    Size,
    parse_size,
)
from hanazora.pipelines.verbs.tasks import Settings, Task, open_picture

_NAME = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, kw_only=True, slots=True)
class ShotEntry:
    """One shot as a file has it."""

    prompt: str
    """What it shows; names of subjects stand in braces."""
    seconds: float | None = None
    """How long it is; none is until the next one starts, or until the video ends."""
    start: float | None = None
    """When it begins; none is where the one before ends."""
    image: str | None = None
    """A picture that is its first frame; a path beside the file."""
    transition: Literal["cut", "continuous"] = "cut"
    """Whether it starts a new picture or flows from the shot before."""
    scene: str = ""
    """Shots of one scene keep its look across cuts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Storyboard:
    """A storyboard file."""

    shots: tuple[ShotEntry, ...]
    """In order of time."""
    title: str = ""
    """What the whole is called."""
    style: str = ""
    """Said at the end of every shot."""
    subjects: dict[str, str] = field(default_factory=dict)
    """What each name stands for."""
    size: str | None = None
    """Width and height, as in 320x192; none is that of the first picture, or the default."""
    fps: float = DEFAULT_FPS
    """Frames per second."""
    seconds: float | None = None
    """Duration of the whole; none is the end of the last shot."""


def read_storyboard(path: Path) -> Storyboard:
    """Read a storyboard file.

    Raises:
        UserError: it cannot be read, or says something that storyboards do not have.
    """
    data = read_json(path) if path.suffix.lower() == ".json" else read_toml(path)
    return from_dict(Storyboard, data, "storyboard")


def storyboard_task(path: Path, *, settings: Settings | None = None) -> Task:
    """Turn a storyboard file into a request.

    Raises:
        UserError: shots overlap, leave a gap or lie outside the video; a name has no subject.
    """
    board = read_storyboard(path)
    if not board.shots:
        raise UserError(f"{path} has no shot", "a storyboard has at least one", "[[shots]]")
    spans = shot_spans(board)
    files, inputs, shots = list[Path](), list[Input](), list[Shot]()
    for number, (entry, (start, end)) in enumerate(zip(board.shots, spans, strict=True), start=1):
        picture = None
        if entry.image is not None:
            picture = len(files)
            files.append(path.parent / entry.image)
            inputs.append(open_picture(files[-1], start / board.fps))
        shots.append(
            Shot(
                prompt=told(entry.prompt, board, number),
                num_frames=end - start,
                transition=entry.transition if number > 1 else "cut",
                scene=entry.scene,
                picture=picture,
            )
        )
    size = _size(board, inputs)
    whole = board.title or "; ".join(shot.prompt for shot in shots)
    request = GenerateRequest(
        verb="storyboard",
        prompt=whole[:MAX_PROMPT_CHARS],
        width=size.width,
        height=size.height,
        num_frames=spans[-1][1],
        fps=board.fps,
        inputs=tuple(inputs),
        shots=tuple(shots),
    )
    return Task((settings or Settings()).request(request), tuple(files))


def shot_spans(board: Storyboard) -> list[tuple[int, int]]:
    """Return the first frame of every shot and the one after its last.

    Raises:
        UserError: shots overlap, leave a gap, or lie outside the video.
    """
    spans, place = list[tuple[float, float]](), 0.0
    for number, shot in enumerate(board.shots, start=1):
        start = place if shot.start is None else shot.start
        if start < place - 1e-9:
            rule = f"shot {number - 1} lasts until {place:g} s"
            raise UserError(f"shot {number} starts at {start:g} s", rule, f"start = {place:g}")
        if start > place + 1e-9:
            rule = f"nothing is shown from {place:g} to {start:g} s"
            raise UserError(f"shot {number} starts at {start:g} s", rule, f"start = {place:g}")
        place = _end(board, number, start)
        spans.append((start, place))
    whole = place if board.seconds is None else board.seconds
    if abs(place - whole) > 1e-9:
        over = "past" if place > whole else "before"
        rule = f"the video lasts {whole:g} s"
        raise UserError(f"the shots end at {place:g} s, {over} its end", rule, f"{place:g} s")
    frames = [(round(start * board.fps), round(end * board.fps)) for start, end in spans]
    for number, (first, last) in enumerate(frames, start=1):
        if last <= first:
            rule = f"that is less than one frame at {board.fps:g} fps"
            raise UserError(f"shot {number} is too short", rule, f"{1 / board.fps:g} s")
    return frames


def _end(board: Storyboard, number: int, start: float) -> float:
    shot = board.shots[number - 1]
    if shot.seconds is not None:
        if not shot.seconds > 0:
            raise UserError(f"shot {number} lasts {shot.seconds:g} s", "it must be above 0")
        return start + shot.seconds
    following = board.shots[number].start if number < len(board.shots) else board.seconds
    if following is None:
        what = f"shot {number} says neither how long it is nor what ends it"
        raise UserError(what, "", "seconds = 3")
    return following


def told(prompt: str, board: Storyboard, number: int) -> str:
    """Write out the subjects of a shot's prompt, and the style after it.

    Raises:
        UserError: a name in braces has no subject.
    """

    def written(match: re.Match[str]) -> str:
        name = match[1].strip()
        if name not in board.subjects:
            known = ", ".join(board.subjects) or "none"
            raise UserError(f"shot {number} names {{{name}}}", f"the subjects are {known}")
        return board.subjects[name]

    text = _NAME.sub(written, prompt).strip()
    text = text[:1].upper() + text[1:]
    if not board.style:
        return text
    style = board.style.strip().rstrip(".")
    return f"{text.rstrip('.')}. {style[:1].upper()}{style[1:]}."


def _size(board: Storyboard, inputs: list[Input]) -> Size:
    if board.size is not None:
        return parse_size(board.size)
    if inputs:
        return Size(inputs[0].width, inputs[0].height)
    return Size(DEFAULT_WIDTH, DEFAULT_HEIGHT)
