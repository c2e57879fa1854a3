"""What each part of the memory is worth (issue 3, bar 5; spec training.md E.2).

    python benchmarks/permanence.py --cases 8 --seconds 4 --out memory.json
    python benchmarks/permanence.py --cases 4 --made --steps 8

On stories of `hanazora eval permanence` (a thing leaves, or the camera turns away, and it comes
back) with the truth as the past:

- `recall`: how often one of the frames that are brought back shows what is about to reappear, which
  the world knows, for both rules of `pipelines.context.retrieval`, for the most recent and for
  random ones;
- `worth`: the squared error of the predicted latents where the thing reappears and elsewhere, over
  their energy, with one part of the memory after the other; once where the first frame of the video
  shows the thing, once with seconds before it in which nobody has seen it yet;
- with `--made`: the suite itself with each memory (slow).
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import torch

from hanazora.core.config import apply_overrides
from hanazora.evals.permanence.cases import Draws, absence_cases, encode_case
from hanazora.evals.permanence.recall import Worth, measure_recall, measure_worth
from hanazora.evals.permanence.report import text_report
from hanazora.evals.permanence.run import PermanenceRun, measure_permanence
from hanazora.evals.permanence.scenes import STORIES
from hanazora.parallel.device import tune_allocator
from hanazora.pipelines.context.memory import MemoryConfig
from hanazora.pipelines.generate import TextToVideo, load
from hanazora.pipelines.progress import SilentProgress

LEAD_IN_S = 2
MEMORIES = {
    "window only": MemoryConfig(sink=False, num_retrieved=0, num_slots=0),
    "window + sink": MemoryConfig(num_retrieved=0, num_slots=0),
    "window + sink + slots": MemoryConfig(turn_window=2),
    "narrow + retrieved": MemoryConfig(sink=False, num_slots=0),
    "narrow + sink + retrieved": MemoryConfig(num_retrieved=1, num_slots=0),
    "narrow + sink + retrieved + slots": MemoryConfig(),
    "the same at every chunk's window": MemoryConfig(window=1),
}
"""What is compared; at a turn the window narrows to one neighbour, unless it says otherwise."""


def measure(
    model: TextToVideo, draws: Draws, seconds: int, counts: Sequence[int]
) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, Worth]]]:
    """Return recall by (story, count) and worth by (story, lead-in), means over cases."""
    own = model.model.sampler.memory
    memories = {
        name: replace(memory, trained_frames=own.trained_frames)
        for name, memory in MEMORIES.items()
    }
    recalls: dict[str, list[Mapping[str, float]]] = {}
    worths: dict[str, list[Mapping[str, Worth]]] = {}
    for story in STORIES:
        for case in absence_cases(story, draws):
            latents = encode_case(model, case)
            for count in counts:
                found = measure_recall(model, case, latents, seconds, count)
                recalls.setdefault(f"{story}, {count} frames", []).append(found)
            for lead_in in (0, LEAD_IN_S):
                worth = measure_worth(
                    model, case, latents, memories, seconds=seconds, lead_in=lead_in
                )
                name = f"{story}, {'not seen' if lead_in else 'seen'} at first"
                worths.setdefault(name, []).append(worth)
            print(case.name, flush=True)
    return (
        {
            key: {n: _mean([row[n] for row in rows]) for n in rows[0]}
            for key, rows in recalls.items()
        },
        {
            key: {n: _middle([row[n] for row in rows]) for n in rows[0]}
            for key, rows in worths.items()
        },
    )


def _middle(rows: Sequence[Worth]) -> Worth:
    return Worth(*(_mean(column) for column in zip(*rows, strict=True)))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=8)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--folder", type=Path, help="keeps the drawn cases")
    parser.add_argument("--made", action="store_true")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    tune_allocator()
    model = load(arguments.model)
    sampler = apply_overrides(model.model.sampler, arguments.set)
    draws = Draws(count=arguments.cases, folder=arguments.folder)
    recalls, worths = measure(model, draws, arguments.seconds, (1, 2))
    for key, row in recalls.items():
        print("recall", key.ljust(26), "  ".join(f"{n} {v:.2f}" for n, v in row.items()))
    for key, worth in worths.items():
        for name, value in worth.items():
            print(
                "worth", key.ljust(32), name.ljust(34),
                "  ".join(f"{part} {error:.4f}" for part, error in value._asdict().items()),
            )  # fmt: skip
    if arguments.made:
        run = PermanenceRun(
            stories=STORIES, num_cases=arguments.cases, seconds=(arguments.seconds,),
            folder=arguments.folder,
        )  # fmt: skip
        for name, memory in MEMORIES.items():
            own = replace(memory, trained_frames=sampler.memory.trained_frames)
            report = measure_permanence(run, model, replace(sampler, memory=own), SilentProgress())
            print(name, text_report(report), sep="\n")
    if arguments.out is not None:
        plain = {k: {n: v._asdict() for n, v in row.items()} for k, row in worths.items()}
        arguments.out.write_text(
            json.dumps({"recall": recalls, "worth": plain, "arguments": str(arguments)}, indent=1)
        )


if __name__ == "__main__":
    main()
