"""Each verb on held-out clips of the world, against the truth and against doing nothing (issue 3).

    python benchmarks/verbs.py --num-cases 50 --out verbs.json
    python benchmarks/verbs.py --verb connect --num-cases 20 --set steadiness=0

A case is a clip with a still camera and one thing that moves across it, drawn with a seed that
training never sees. Its frames go through a file, as a user's would. Reported per verb:

- `given`: PSNR of the given frames in the result against the file, less that of the autoencoder
  alone (the bar: at least -1 dB);
- `join`: difference of the two frames at the join over the mean difference of neighbours within
  four frames of it (the bar: at most 1.5); the truth's own beside it;
- `position`: distance in pixels of the moving thing from where it truly is, over the made frames,
  beside that of a frozen picture and, for `connect`, of a linear blend; `floor` is the tracker's
  own error on the truth through the autoencoder. A thing that is lost counts as half the width.

The figures of plain full attention come from the same command with `--model` of a model that was
trained with `causal = false`; none is trained so far.
"""

import argparse
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import torch

from hanazora.core.config import apply_overrides
from hanazora.core.shapes import VideoShape
from hanazora.media.clips import read_clip
from hanazora.media.encode import write_video
from hanazora.media.frames import Frames, Picture
from hanazora.media.pictures import write_png
from hanazora.media.stills import read_picture
from hanazora.pipelines.generate import Job, TextToVideo, load
from hanazora.pipelines.verbs.planning import plan_request
from hanazora.pipelines.verbs.sources import load_source
from hanazora.pipelines.verbs.tasks import (
    Settings,
    Task,
    animate_task,
    connect_task,
    edit_task,
    extend_task,
    loop_task,
)
from hanazora.world.captions import write_caption
from hanazora.world.clip import render_clip
from hanazora.world.facts import ObjectFacts
from hanazora.world.sampling import sample_spec
from hanazora.world.spec import CameraSpec, SceneSpec

FIRST_SEED = 7_300_000
TRAVELS = ("walk", "run", "drive", "swim", "fly", "roll")
NUM_FRAMES = 25
CLEAR = 0.25  # difference from the background, of 1, that surely is something
LOOK = 4  # a render this many times smaller tells whether a clip will do


class Case(NamedTuple):
    """A clip, its words, where its subject is, and what stands behind it."""

    prompt: str
    frames: Frames
    subject: ObjectFacts
    background: np.ndarray


class Judge:
    """What is compared with: frames through the autoencoder alone, each clip of a case once."""

    def __init__(self, model: TextToVideo) -> None:
        self.model = model
        self._known: dict[bytes, Frames] = {}

    def begin(self) -> None:
        """Forget the case before."""
        self._known.clear()

    @torch.inference_mode()
    def through(self, frames: Frames) -> Frames:
        """Encode and decode frames."""
        key = hashlib.sha256(frames.tobytes()).digest()
        if key not in self._known:
            autoencoder, device = self.model.model.autoencoder, self.model.device
            video = torch.from_numpy(frames).permute(3, 0, 1, 2)[None].float() / 127.5 - 1
            latents = autoencoder.encode(video.to(device.torch, device.dtype))
            decoded = autoencoder.decode(latents, VideoShape(*frames.shape[:3]))[0].float()
            pixels = ((decoded.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
            self._known[key] = pixels.permute(1, 2, 3, 0).cpu().numpy()
        return self._known[key]


class Outcome(NamedTuple):
    """A result, which of its frames were given, and the frames it should be."""

    frames: Frames
    given: dict[int, int]
    """Frame of the result to frame of the case."""
    made: dict[int, int]
    joins: tuple[int, ...]
    """Frames of the result that follow a border between given and made."""


def cases(count: int, height: int, width: int) -> Iterator[Case]:
    """Render cases until there are enough."""
    seed, found = FIRST_SEED, 0
    while found < count:
        seed += 1
        spec = _simple(sample_spec(seed, split="seen", num_frames=NUM_FRAMES))
        if spec is None:
            continue
        small = render_clip(spec, height // LOOK, width // LOOK, antialias=False).facts.objects[0]
        if not _crosses(small, width // LOOK):
            continue
        clip = render_clip(spec, height, width)
        subject = clip.facts.objects[0]
        if not _crosses(subject, width):
            continue
        frames = clip.frames.numpy()
        found += 1
        prompt = write_caption(spec, seed, "medium", split="seen").text
        yield Case(prompt, frames, subject, np.median(frames, axis=0))


def _simple(spec: SceneSpec) -> SceneSpec | None:
    """Keep the first subject only, under a still camera and a clear sky."""
    main = spec.subjects[0]
    if main.action not in TRAVELS or main.direction not in ("left", "right") or main.count > 1:
        return None
    main = replace(main, target=None, relation=None)
    return replace(
        spec, camera=CameraSpec(), weather="clear", subjects=(main,), shots=(), script=None
    )


def _crosses(subject: ObjectFacts, width: int) -> bool:
    """Return whether a thing is seen in every frame and goes far enough to be followed."""
    first, last = subject.centres[0], subject.centres[-1]
    if first is None or last is None or any(box is None for box in subject.boxes):
        return False
    return abs(last[0] - first[0]) >= 0.15 * width


def locate(picture: Picture, case: Case, frame: int) -> tuple[float, float] | None:
    """Find the moving thing: where a window of its size differs most from the background."""
    x0, y0, x1, y1 = case.subject.boxes[frame]  # type: ignore[misc]
    height, width = y1 - y0, x1 - x0
    away = np.abs(picture.astype(float) - case.background).mean(axis=-1) / 255
    clear = np.clip(away / CLEAR, 0, 1)
    sums = np.pad(clear, ((1, 0), (1, 0))).cumsum(0).cumsum(1)
    window = (
        sums[height:, width:] - sums[:-height, width:] - sums[height:, :-width]
        + sums[:-height, :-width]
    )  # fmt: skip
    y, x = np.unravel_index(window.argmax(), window.shape)
    if window[y, x] < 0.1 * height * width:
        return None
    return float(x + width / 2), float(y + height / 2)


def position_errors(frames: Frames, pairs: dict[int, int], case: Case) -> float:
    """Return the mean distance in pixels over some frames."""
    errors = []
    for mine, true in pairs.items():
        x0, y0, x1, y1 = case.subject.boxes[true]  # type: ignore[misc]
        found = locate(frames[mine], case, true)
        centre = ((x0 + x1) / 2, (y0 + y1) / 2)
        lost = case.frames.shape[2] / 2
        errors.append(
            lost if found is None else min(float(np.hypot(*np.subtract(found, centre))), lost)
        )
    return float(np.mean(errors))


def join_ratio(frames: Frames, join: int) -> float:
    """Return the step at a join over the mean step near it."""
    steps = np.abs(np.diff(frames.astype(float), axis=0)).mean(axis=(1, 2, 3))
    near = [i for i in range(max(join - 5, 0), min(join + 4, len(steps))) if i != join - 1]
    return float(steps[join - 1] / max(np.mean(steps[near]), 0.05))


def psnr(first: np.ndarray, second: np.ndarray) -> float:
    """Return the PSNR of uint8 frames."""
    error = np.mean((first.astype(float) - second.astype(float)) ** 2)
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def make(model: TextToVideo, task: Task) -> Frames:
    """Make what a task asks for; the checks of texts and uploads are not what is measured here."""
    plan = plan_request(task.request, model.geometry)
    autoencoder, inputs = model.model.autoencoder, task.request.inputs
    sources = {
        number: load_source(inputs[number], task.files[number], plan, autoencoder, model.device)
        for number in plan.sources
    }
    job = Job(model.resolve(task.request), plan, model.sampler(task.request), sources)
    return np.concatenate(list(model.frames(job, model.chunks(job))))


def animate(model: TextToVideo, case: Case, folder: Path, settings: Settings) -> Outcome:
    """Frame 0 is given."""
    write_png(folder / "first.png", case.frames[0])
    task = animate_task(
        case.prompt, [(folder / "first.png", 0.0)], seconds=17 / 8, settings=settings
    )
    return Outcome(make(model, task), {0: 0}, {i: i for i in range(1, 17)}, (1,))


def forward(model: TextToVideo, case: Case, folder: Path, settings: Settings) -> Outcome:
    """The first 17 frames are given, one second is made."""
    path = _clip(folder / "a.mp4", case.frames[:17])
    task = extend_task(
        path, model.autoencoder_sha256, forward_s=1.0, prompt=case.prompt, settings=settings
    )
    return Outcome(
        make(model, task), {i: i for i in range(17)}, {i: i for i in range(17, 25)}, (17,)
    )


def backward(model: TextToVideo, case: Case, folder: Path, settings: Settings) -> Outcome:
    """The last 17 frames are given, the second before is made."""
    path = _clip(folder / "b.mp4", case.frames[8:])
    task = extend_task(
        path, model.autoencoder_sha256, backward_s=1.0, prompt=case.prompt, settings=settings
    )
    return Outcome(make(model, task), {i: i for i in range(8, 25)}, {i: i for i in range(8)}, (8,))


def connect(model: TextToVideo, case: Case, folder: Path, settings: Settings) -> Outcome:
    """Both ends are given, nine and eight frames; the second between them is made."""
    first, second = (
        _clip(folder / "a.mp4", case.frames[:9]),
        _clip(folder / "b.mp4", case.frames[17:]),
    )
    task = connect_task(
        first, second, model.autoencoder_sha256, seconds=1.0, prompt=case.prompt, settings=settings
    )
    given = {i: i for i in (*range(9), *range(17, 25))}
    return Outcome(make(model, task), given, {i: i for i in range(9, 17)}, (9, 17))


def loop(model: TextToVideo, case: Case, folder: Path, settings: Settings) -> Outcome:
    """Nine frames are given; the way back has no truth, so only the joins are judged."""
    path = _clip(folder / "a.mp4", case.frames[:9])
    task = loop_task(
        path, model.autoencoder_sha256, seconds=1.0, prompt=case.prompt, settings=settings
    )
    frames = make(model, task)
    circle = np.concatenate([frames, frames[:4]])
    return Outcome(circle, {i: i for i in range(9)}, {}, (9, 17))


def edit(model: TextToVideo, case: Case, folder: Path, settings: Settings) -> Outcome:
    """The clip is made again under its own words; where things are must stay."""
    path = _clip(folder / "a.mp4", case.frames[:17])
    task = edit_task(path, case.prompt, model.autoencoder_sha256, strength=0.5, settings=settings)
    return Outcome(make(model, task), {}, {i: i for i in range(17)}, ())


VERBS: dict[str, Callable[[TextToVideo, Case, Path, Settings], Outcome]] = {
    "animate": animate, "forward": forward, "backward": backward, "connect": connect,
    "loop": loop, "edit": edit,
}  # fmt: skip


def _clip(path: Path, frames: Frames) -> Path:
    write_video(path, frames, fps=8)
    return path


def frozen(case: Case, outcome: Outcome) -> Frames:
    """Show the nearest given frame instead of what was made."""
    nearest = {
        made: min(outcome.given or {0: 0}, key=lambda given, made=made: abs(given - made))  # type: ignore[misc]
        for made in outcome.made
    }
    return np.stack([case.frames[nearest[made]] for made in outcome.made])


def blended(case: Case, outcome: Outcome) -> Frames:
    """Fade from the last frame before the gap to the first after it."""
    made = list(outcome.made)
    before, after = case.frames[made[0] - 1].astype(float), case.frames[made[-1] + 1].astype(float)
    weights = np.linspace(0, 1, len(made) + 2)[1:-1, None, None, None]
    return np.rint((1 - weights) * before + weights * after).astype(np.uint8)


def measure(judge: Judge, name: str, case: Case, settings: Settings) -> dict[str, float]:
    """Make one case with one verb and judge it."""
    with TemporaryDirectory() as folder:
        started = time.process_time()
        outcome = VERBS[name](judge.model, case, Path(folder), settings)
        row = {"cpu seconds": time.process_time() - started}
        row |= _given(judge, outcome, Path(folder))
    row |= {f"join {i}": join_ratio(outcome.frames, join) for i, join in enumerate(outcome.joins)}
    if outcome.made:
        through = judge.through(case.frames)
        pairs = {i: true for i, true in enumerate(outcome.made.values())}
        row["position"] = position_errors(outcome.frames, outcome.made, case)
        row["position floor"] = position_errors(through, {t: t for t in pairs.values()}, case)
        row["made psnr"] = psnr(outcome.frames[list(outcome.made)], case.frames[[*pairs.values()]])
        if name != "edit":
            row |= {f"truth join {i}": join_ratio(through, j) for i, j in enumerate(outcome.joins)}
            still = frozen(case, outcome)
            row["position frozen"] = position_errors(still, pairs, case)
            row["frozen psnr"] = psnr(still, case.frames[[*pairs.values()]])
    if name == "connect":
        row["position blend"] = position_errors(blended(case, outcome), pairs, case)
    return row


def _given(judge: Judge, outcome: Outcome, folder: Path) -> dict[str, float]:
    """Compare the given frames with their files, and with the autoencoder alone."""
    if not outcome.given:
        return {}
    files = sorted(folder.glob("[ab].mp4")) or [folder / "first.png"]
    clips = [
        read_picture(file)[None] if file.suffix == ".png" else read_clip(file).frames
        for file in files
    ]
    shown = outcome.frames[sorted(outcome.given)]
    alone = np.concatenate([judge.through(clip) for clip in clips])
    truth = np.concatenate(clips)
    return {"given": psnr(shown, truth) - psnr(alone, truth), "given psnr": psnr(shown, truth)}


def report(name: str, rows: list[dict[str, float]]) -> None:
    """Print the means of one verb, and how many of its cases meet each bar."""
    means = {key: float(np.mean([row[key] for row in rows])) for key in rows[0]}
    print(name.ljust(9), "  ".join(f"{key} {value:.2f}" for key, value in means.items()))
    met = {}
    if "given" in means:
        met["given within 1 dB"] = [row["given"] >= -1 for row in rows]
    joins = [key for key in means if key.startswith("join")]
    if joins:
        met["joins at most 1.5"] = [row[key] <= 1.5 for row in rows for key in joins]
    for rival in ("frozen", "blend"):
        if f"position {rival}" in means:
            met[f"nearer than {rival}"] = [
                row["position"] < row[f"position {rival}"] for row in rows
            ]
    counts = (f"{key}: {sum(values)} of {len(values)}" for key, values in met.items())
    print(" " * 9, "  ".join(counts))


def main() -> None:
    """Measure and print two lines per verb."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--num-cases", type=int, default=50)
    parser.add_argument("--minutes", type=float, help="begin no case after so many")
    parser.add_argument("--verb", choices=VERBS, action="append")
    parser.add_argument("--size", default="320x192")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--gap-order", choices=("inward", "outward"), default="inward")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    width, height = map(int, arguments.size.split("x"))
    judge = Judge(load(arguments.model))
    own = judge.model.model.sampler
    judge.model.model.sampler = apply_overrides(own, arguments.set)
    rows: dict[str, list[dict[str, float]]] = {name: [] for name in arguments.verb or VERBS}
    started = time.monotonic()
    for number, case in enumerate(cases(arguments.num_cases, height, width)):
        judge.begin()
        settings = Settings(
            seed=number, num_inference_steps=arguments.steps, gap_order=arguments.gap_order
        )
        for name, found in rows.items():
            found.append(measure(judge, name, case, settings))
        print(f"case {number + 1} of {arguments.num_cases}", flush=True)
        if arguments.out is not None:
            told = {"arguments": str(arguments), "rows": rows}
            arguments.out.write_text(json.dumps(told, indent=1))
        if arguments.minutes is not None and time.monotonic() - started > 60 * arguments.minutes:
            break
    for name, found in rows.items():
        report(name, found)


if __name__ == "__main__":
    main()
