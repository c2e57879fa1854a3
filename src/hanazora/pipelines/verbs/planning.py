"""From a request to its plan: one function per verb, no file and no model needed."""

import math
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from hanazora.core.errors import UserError
from hanazora.core.shapes import TIME_STRIDE
from hanazora.pipelines.material import Input, Shot, require_size
from hanazora.pipelines.plan import (
    Geometry,
    Given,
    Part,
    Plan,
    Run,
    frames_before,
    inward,
    keys_first,
    latent_frames,
    lay_out,
    outward,
)
from hanazora.pipelines.request import GenerateRequest

LOOP_CONTEXT_FRAMES = 9
"""Latent frames of a clip's beginning that the end of a loop is made towards."""


DEFAULT_STRENGTH = 0.6
"""How far an edit goes from its clip where nothing is said."""


class Outline(NamedTuple):
    """What a verb decides; the rest of a plan follows."""

    parts: tuple[Part, ...]
    prompts: tuple[str, ...]
    order: Literal["forward", "outward", "inward"] = "outward"
    init_source: int | None = None


def plan_request(request: GenerateRequest, geometry: Geometry) -> Plan:
    """Plan a video.

    Raises:
        UserError: the request cannot be met; the message names what can.
    """
    for number, given in enumerate(request.inputs, start=1):
        require_size(f"input {number}", given, request.width, request.height)
    if request.strength is not None and request.verb != "edit":
        raise UserError(f"{request.verb} with a strength", "only edit starts from a clip")
    outline = _OUTLINES[request.verb](request)
    segments, chunks = lay_out(outline.parts, geometry)
    scenes = [segments[chunk.segment].scene for chunk in chunks]
    match outline.order:
        case "outward":
            order = outward(chunks, scenes)
        case "inward":
            order = inward(chunks, scenes)
        case "forward":
            order = tuple(i for i, chunk in enumerate(chunks) if chunk.given is None)
    if request.keys_every is not None:
        order = keys_first(order, request.keys_every)
    made = request.made_size
    rows, columns = geometry.latent_size(made.height, made.width)
    plan = Plan(
        verb=request.verb,
        width=made.width,
        height=made.height,
        fps=request.fps,
        latent_height=rows,
        latent_width=columns,
        prompts=outline.prompts,
        segments=segments,
        chunks=chunks,
        order=order,
        strength=1.0 if outline.init_source is None else request.strength or DEFAULT_STRENGTH,
        init_source=outline.init_source,
    )
    if plan.num_frames != request.num_frames:
        raise UserError(
            f"{request.num_frames} frames were asked for", f"{request.verb} gives {plan.num_frames}"
        )
    return plan


def _told(request: GenerateRequest) -> tuple[str, ...]:
    return (request.expanded_prompt or request.prompt,)


def _generate(request: GenerateRequest) -> Outline:
    _require_inputs(request, 0)
    part = Part((Run(latent_frames(request.num_frames)),), request.num_frames)
    return Outline((part,), _told(request))


def _picture(request: GenerateRequest) -> Outline:
    if request.num_frames != 1:
        raise UserError(f"a picture of {request.num_frames} frames", "a picture has one frame")
    return _generate(request)


def _animate(request: GenerateRequest) -> Outline:
    pins = sorted(_pinned_frame(given, i, request) for i, given in enumerate(request.inputs))
    if not pins:
        raise UserError("there is no picture to animate", "", "--image FILE@0")
    for (frame, _), (other, _) in zip(pins, pins[1:], strict=False):
        if frame == other:
            time = f"{frame / request.fps:g}"
            raise UserError(f"two pictures are pinned at {time} s", "a frame shows one picture")
    parts = list[Part]()
    if pins[0][0] > 0:
        parts.append(_leading_part(pins[0][0]))
    ends = [*(frame for frame, _ in pins[1:]), request.num_frames]
    for (frame, source), end in zip(pins, ends, strict=True):
        parts.append(Part(_from_picture(source, end - frame), end - frame))
    return Outline(tuple(parts), _told(request))


def _pinned_frame(given: Input, number: int, request: GenerateRequest) -> tuple[int, int]:
    time_s = 0.0 if given.time_s is None else given.time_s
    is_time = math.isfinite(time_s)
    frame = round(time_s * request.fps) if is_time else -1
    if time_s < 0 or not 0 <= frame < request.num_frames:
        last = (request.num_frames - 1) / request.fps
        nearest = f"{min(max(time_s, 0), last) if is_time else 0:g}"
        raise UserError(f"a picture at {time_s:g} s", f"the video ends at {last:g} s", nearest)
    return frame, number


def _from_picture(source: int, num_frames: int, prompt: int = 0) -> tuple[Run, ...]:
    """Runs of a segment that begins with a given picture."""
    picture = Run(1, prompt, Given(source=source))
    length = latent_frames(num_frames) - 1
    return (picture, Run(length, prompt)) if length else (picture,)


def _leading_part(num_frames: int) -> Part:
    """Return a segment that ends right before what follows; its surplus is left out in front."""
    length = latent_frames(num_frames)
    return Part((Run(length),), num_frames, frames_before(length) - num_frames)


def _given_parts(source: int, given: Input) -> list[Part]:
    return [
        Part(
            (Run(s.num_latent_frames, given=Given(source=source, first_frame=s.first_frame)),),
            s.num_frames,
            s.skip_frames,
        )
        for s in given.segments
    ]


def _followed_by(part: Part, num_frames: int, prompt: int = 0) -> Part:
    """Let a given segment go on; frames that its last latent frame holds already come first."""
    wanted = part.num_frames + num_frames
    length = latent_frames(part.skip_frames + wanted) - sum(run.num_frames for run in part.runs)
    runs = (*part.runs, Run(length, prompt)) if length > 0 else part.runs
    return part._replace(runs=runs, num_frames=wanted)


def _extend(request: GenerateRequest) -> Outline:
    (clip,) = _require_inputs(request, 1)
    parts = _given_parts(0, clip)
    if request.forward_frames == request.backward_frames == 0:
        raise UserError("nothing to extend by", "", "--forward 2 or --backward 2")
    parts[-1] = _followed_by(parts[-1], request.forward_frames)
    if request.backward_frames:
        parts.insert(0, _leading_part(request.backward_frames))
    return Outline(tuple(parts), _told(request))


def _connect(request: GenerateRequest) -> Outline:
    first, second = _require_inputs(request, 2)
    gap = request.num_frames - first.num_frames - second.num_frames
    parts = _given_parts(0, first)
    parts[-1] = _followed_by(parts[-1], _require_gap(gap))
    return Outline((*parts, *_given_parts(1, second)), _told(request), request.gap_order)


def _loop(request: GenerateRequest) -> Outline:
    (clip,) = _require_inputs(request, 1)
    parts = _given_parts(0, clip)
    parts[-1] = _followed_by(parts[-1], _require_gap(request.num_frames - clip.num_frames))
    start = clip.segments[0]
    length = min(start.num_latent_frames, LOOP_CONTEXT_FRAMES)
    again = Run(length, given=Given(source=0, first_frame=start.first_frame))
    return Outline((*parts, Part((again,), 0)), _told(request), request.gap_order)


def _require_gap(num_frames: int) -> int:
    if num_frames < 1:
        raise UserError("there is no gap to fill", "it has at least 1 frame", "--seconds 1")
    return num_frames


def _edit(request: GenerateRequest) -> Outline:
    (clip,) = _require_inputs(request, 1)
    parts = tuple(
        Part((Run(s.num_latent_frames),), s.num_frames, s.skip_frames) for s in clip.segments
    )
    return Outline(parts, _told(request), "forward", init_source=0)


def _storyboard(request: GenerateRequest) -> Outline:
    if not request.shots:
        raise UserError("a storyboard without a shot", "it has at least one")
    scenes = _scenes(request.shots)
    parts = [_take_part(take, request.shots, scenes[take[0]]) for take in _takes(request.shots)]
    prompts = tuple(shot.expanded_prompt or shot.prompt for shot in request.shots)
    return Outline(tuple(parts), prompts, "forward")


def _takes(shots: Sequence[Shot]) -> list[list[int]]:
    """Group shots that flow into each other; a cut or a given picture begins a new group."""
    takes = list[list[int]]()
    for number, shot in enumerate(shots):
        if takes and shot.transition == "continuous" and shot.picture is None:
            takes[-1].append(number)
        else:
            takes.append([number])
    return takes


def _scenes(shots: Sequence[Shot]) -> list[int]:
    """Number the scene of every shot: that of its name, of the shot it flows from, or a new one."""
    names = list[str]()
    for number, shot in enumerate(shots):
        flows = number > 0 and shot.transition == "continuous"
        names.append(shot.scene or (names[-1] if flows else f"shot {number}"))
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return [numbers[name] for name in names]


def _take_part(take: Sequence[int], shots: Sequence[Shot], scene: int) -> Part:
    """Lay out one take; a change of prompt falls on the nearest border of latent frames."""
    total = sum(shots[number].num_frames for number in take)
    runs, done, shown = list[Run](), 0, 0
    for number in take:
        shot = shots[number]
        shown += shot.num_frames
        border = round((shown - 1) / TIME_STRIDE) + 1
        end = latent_frames(total) if number == take[-1] else border
        if shot.picture is not None:
            runs.append(Run(1, number, Given(source=shot.picture)))
            done += 1
        if end > done:
            runs.append(Run(end - done, number))
        elif shot.picture is None:
            rule = f"a shot that flows into another has at least {TIME_STRIDE} frames"
            raise UserError(f"shot {number + 1} has {shot.num_frames} frames", rule)
        done = max(end, done)
    return Part(tuple(runs), total, scene=scene)


def _require_inputs(request: GenerateRequest, count: int) -> tuple[Input, ...]:
    clips = [given for given in request.inputs if given.kind != "picture"]
    if not len(request.inputs) == len(clips) == count:
        rule = f"{request.verb} takes {count} clip{'' if count == 1 else 's'}"
        raise UserError(f"{len(clips)} clips and {len(request.inputs) - len(clips)} pictures", rule)
    return request.inputs


_OUTLINES: dict[str, Callable[[GenerateRequest], Outline]] = {
    "generate": _generate,
    "picture": _picture,
    "animate": _animate,
    "extend": _extend,
    "connect": _connect,
    "loop": _loop,
    "edit": _edit,
    "storyboard": _storyboard,
}
