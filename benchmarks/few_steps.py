"""How few denoising steps are enough, and how much guidance (issue 3, bar 6)?

    python benchmarks/few_steps.py --num-prompts 200 [--model DIR] [--out few_steps.json]

Every pair of `--steps` and `--guidance` makes the same prompts with the same seeds, and the scene
reader scores them as `hanazora eval fidelity` does. Prompts are taken in rounds of a few, all pairs
in each round, so a run that is cut off (`--minutes`) has seen every pair on the same prompts; it
prints how many. The figure of a pair is the mean of what the reader's floor shows it can read:
setting, object, binding, direction and camera, in %. The cheapest pair within 2 points of the best
is named, by network evaluations a chunk: steps, twice with guidance.
"""

import argparse
import json
import time
from pathlib import Path
from typing import NamedTuple

import torch

from hanazora.core.config import apply_overrides
from hanazora.evals.fidelity import FidelityReport, score_readings
from hanazora.evals.fidelity_run import PROMPT_SEED
from hanazora.evals.references import as_video
from hanazora.evals.scene_reader import SceneReader, SceneReading, load_reader, read_clips
from hanazora.parallel.device import tune_allocator
from hanazora.pipelines.generate import TextToVideo, load
from hanazora.pipelines.request import GenerateRequest
from hanazora.world.captions import Caption
from hanazora.world.prompts import held_out_prompts

COUNTED = ("setting", "object", "binding", "direction", "camera")
NEAR = 2.0  # points; closer than this is as good


class Pair(NamedTuple):
    """A setting of the sampler."""

    steps: int
    guidance: float

    @property
    def evaluations(self) -> int:
        """Network evaluations per chunk."""
        return self.steps * (1 if self.guidance == 1 else 2)

    def __str__(self) -> str:
        return f"{self.steps} steps, guidance {self.guidance:g}"


class Row(NamedTuple):
    """What is known about one pair."""

    readings: list[SceneReading]
    seconds: list[float]
    """Processor time of each video."""


def make(
    model: TextToVideo, reader: SceneReader, pair: Pair, caption: Caption, seed: int
) -> tuple[SceneReading, float]:
    """Make one video and read it."""
    request = GenerateRequest(
        prompt=caption.text, width=320, height=192, num_frames=17, seed=seed,
        num_inference_steps=pair.steps, guidance_scale=pair.guidance,
    )  # fmt: skip
    started = time.process_time()
    frames = model.generate(request).frames
    seconds = time.process_time() - started
    return read_clips(reader, as_video(torch.from_numpy(frames)))[0], seconds


def figure(report: FidelityReport) -> float:
    """Return the mean of what is counted, in %."""
    values = [report.estimates[name].value for name in COUNTED if name in report.estimates]
    return 100 * sum(values) / len(values)


def cheapest(figures: dict[Pair, float]) -> Pair:
    """Return the pair of fewest evaluations within `NEAR` points of the best."""
    best = max(figures.values())
    near = [pair for pair, value in figures.items() if value >= best - NEAR]
    return min(near, key=lambda pair: (pair.evaluations, -figures[pair]))


def show(rows: dict[Pair, Row], captions: list[Caption], reader: SceneReader) -> dict[Pair, float]:
    """Print the table and return each pair's figure."""
    figures = {}
    print("steps guidance  mean  " + "  ".join(name.rjust(9) for name in COUNTED) + "  CPU s")
    for pair, row in rows.items():
        report = score_readings(str(pair), row.readings, captions, reader)
        figures[pair] = figure(report)
        values = (
            f"{100 * report.estimates[name].value:9.1f}" if name in report.estimates else " " * 9
            for name in COUNTED
        )
        seconds = sum(row.seconds) / len(row.seconds)
        print(
            f"{pair.steps:5d} {pair.guidance:8g} {figures[pair]:5.1f}  "
            + "  ".join(values)
            + f"  {seconds:.2f}"
        )
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--num-prompts", type=int, default=200)
    parser.add_argument("--minutes", type=float, help="begin no round after so many")
    parser.add_argument("--round", type=int, default=4, help="prompts a round")
    parser.add_argument("--split", default="seen")
    parser.add_argument("--steps", type=int, nargs="+", default=[4, 8, 16, 32])
    parser.add_argument("--guidance", type=float, nargs="+", default=[1.0, 2.0, 3.0, 4.0])
    parser.add_argument("--model", type=Path)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    tune_allocator()
    model = load(arguments.model)
    model.model.sampler = apply_overrides(model.model.sampler, arguments.set)
    reader, _ = load_reader()
    prompts = held_out_prompts(arguments.split, arguments.num_prompts, PROMPT_SEED, num_frames=17)
    captions = [caption for _, caption in prompts]
    rows = {
        Pair(steps, guidance): Row([], [])
        for steps in arguments.steps
        for guidance in arguments.guidance
    }
    started = time.monotonic()
    done = 0
    while done < len(captions):
        part = range(done, min(done + arguments.round, len(captions)))
        for pair, row in rows.items():
            for index in part:
                reading, seconds = make(model, reader, pair, captions[index], index)
                row.readings.append(reading)
                row.seconds.append(seconds)
        done = part.stop
        print(f"{done} of {len(captions)} prompts, {time.monotonic() - started:.0f} s", flush=True)
        if arguments.minutes is not None and time.monotonic() - started > 60 * arguments.minutes:
            break
    figures = show(rows, captions[:done], reader)
    print(f"{done} prompts; the cheapest within {NEAR:g} points of the best: {cheapest(figures)}")
    if arguments.out is not None:
        told = [
            {"steps": pair.steps, "guidance": pair.guidance, "figure": value}
            for pair, value in figures.items()
        ]
        arguments.out.write_text(json.dumps({"num_prompts": done, "pairs": told}, indent=1))


if __name__ == "__main__":
    main()
