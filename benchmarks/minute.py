"""A minute of video: does the end cost what the beginning costs, and how fast is it (issue 3)?

    python benchmarks/minute.py --seconds 60 --size 320x192
    python benchmarks/minute.py --seconds 60 --size 128x128 --steps 4 --guidance 1

Frames are decoded as their chunks are finished. Reported: time per second of video in the first
and in the last 10 s, the whole, the time to the first frame, the most keys held, and the peak
memory of this process (run it with --seconds 10 as well to compare). With --contact FILE a sheet of
one frame a second is written, and drift of the first 5 s against the last 5 s is printed: mean
saturation, contrast, sharpness, and the mean step between frames (0 would be a frozen picture).
"""

import argparse
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from hanazora.core.config import apply_overrides
from hanazora.media.frames import Frames, contact_sheet
from hanazora.media.pictures import write_png
from hanazora.parallel.device import tune_allocator
from hanazora.pipelines.generate import Job, TextToVideo, load
from hanazora.pipelines.request import GenerateRequest

PROMPT = "A woman in a red coat walks under the cherry trees while petals fall."
EDGE_S = 10


def timed_pieces(
    model: TextToVideo, job: Job, clock: Callable[[], float]
) -> Iterator[tuple[float, Frames]]:
    """Yield pieces of frames with the time since the start at which each was ready."""
    started = clock()
    for piece in model.frames(job, model.chunks(job)):
        yield clock() - started, piece


def drift(frames: Frames) -> dict[str, float]:
    """Describe the look of some seconds."""
    values = frames.astype(np.float32) / 255
    grey = values.mean(axis=-1)
    sharp = np.abs(np.diff(grey, axis=1)).mean() + np.abs(np.diff(grey, axis=2)).mean()
    return {
        "saturation": float((values.max(-1) - values.min(-1)).mean()),
        "contrast": float(grey.std(axis=(1, 2)).mean()),
        "sharpness": float(sharp),
        "motion": float(np.abs(np.diff(values, axis=0)).mean()),
    }


def report(ready: list[tuple[float, int]], fps: float) -> None:
    """Print what the times say; `ready` is (time, frames ready by then)."""
    num_frames = ready[-1][1]
    edge = min(round(EDGE_S * fps), num_frames)

    def reached(count: int) -> float:
        return next(at for at, frames in ready if frames >= count)

    # The very first frame is a chunk of its own: the first 10 s begin when it is there.
    first = reached(edge) - ready[0][0]
    last = ready[-1][0] - reached(num_frames - edge + 1)
    seconds = num_frames / fps
    total = ready[-1][0]
    print(f"whole: {total:.1f} s for {seconds:g} s of video, {seconds / total:.2f} of real time")
    print(f"first frame after {ready[0][0]:.2f} s, {ready[0][0] / total:.1%} of the whole")
    print(f"first {EDGE_S} s: {first / EDGE_S:.3f} s per second of video")
    print(f"last {EDGE_S} s: {last / EDGE_S:.3f} s per second of video, {last / first:.2f} times")


def main() -> None:
    """Make one video and report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--prompt", default=PROMPT)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--size", default="320x192")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--guidance", type=float)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--dtype", default="auto")
    parser.add_argument("--keys-every", type=int)
    parser.add_argument("--cpu-time", action="store_true")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--contact", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    width, height = map(int, arguments.size.split("x"))
    tune_allocator()
    model = load(arguments.model, dtype=arguments.dtype)
    model.model.sampler = apply_overrides(model.model.sampler, arguments.set)
    request = GenerateRequest(
        prompt=arguments.prompt, width=width, height=height, seed=arguments.seed,
        num_frames=round(arguments.seconds * 8), num_inference_steps=arguments.steps,
        guidance_scale=arguments.guidance, keys_every=arguments.keys_every,
    )  # fmt: skip
    job = model.prepare(request)
    # On a machine that does other work too, processor time is what says something.
    clock = time.process_time if arguments.cpu_time else time.perf_counter
    ready, kept, count = list[tuple[float, int]](), list[Frames](), 0
    for at, piece in timed_pieces(model, job, clock):
        count += len(piece)
        ready.append((at, count))
        if arguments.contact is not None:
            kept.append(piece)
    report(ready, request.fps)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB")
    if arguments.contact is not None:
        frames = np.concatenate(kept)
        write_png(arguments.contact, contact_sheet(frames[:: round(request.fps)], 10))
        edge = round(5 * request.fps)
        for name, part in (("first", frames[:edge]), ("last", frames[-edge:])):
            print(f"{name} 5 s: " + ", ".join(f"{k} {v:.4f}" for k, v in drift(part).items()))


if __name__ == "__main__":
    main()
