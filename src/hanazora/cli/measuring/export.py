"""`hanazora eval export`: videos of a list of prompts, named and laid out as VBench reads them."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from hanazora.cli.measuring.asked import MAX_PROMPTS, NumPrompts, Split
from hanazora.cli.options.aliases import Expand, Guidance, Seed, Steps
from hanazora.cli.options.folding import folded
from hanazora.cli.options.making import MachineOptions
from hanazora.cli.options.shape import ShapeOptions
from hanazora.cli.progress import TerminalProgress
from hanazora.pipelines.request import GenerateRequest, check_range

EXIT_SOME_REFUSED = 1
MAX_SAMPLES = 100


@folded
def export(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where the videos go.")],
    shape: ShapeOptions,
    machine: MachineOptions,
    prompts: Annotated[
        Path | None, typer.Option(metavar="FILE", help="One prompt a line; else those of a split.")
    ] = None,
    split: Split = "seen",
    num_prompts: NumPrompts = 20,
    samples: Annotated[int, typer.Option(help="Videos of each prompt; VBench takes 5.")] = 5,
    seed: Seed = None,
    num_inference_steps: Steps = None,
    guidance_scale: Guidance = None,
    expand: Expand = None,
) -> None:
    """Write {prompt}-{i}.mp4 for a list of prompts, as VBench reads them, and their protocol.

    Videos of 5 s and more are for VBench-Long. The same command again makes what is missing.
    """
    check_range("num_prompts", num_prompts, 1, MAX_PROMPTS)
    check_range("samples", samples, 1, MAX_SAMPLES)
    extent = shape.extent()

    def request_for(prompt: str, number: int) -> GenerateRequest:
        return GenerateRequest(
            prompt=prompt, seed=number, num_inference_steps=num_inference_steps,
            guidance_scale=guidance_scale, **extent._asdict(),
        )  # fmt: skip

    texts = _read(prompts) if prompts is not None else _draw(split, num_prompts)
    requests = [request_for(text, seed or 0) for text in texts]  # refuses what cannot be met
    is_expanding = machine.model is None if expand is None else expand
    _export(texts, requests[0], directory, request_for, machine, samples, is_expanding)


def _export(
    texts: list[str],
    like: GenerateRequest,
    directory: Path,
    request_for: Callable[[str, int], GenerateRequest],
    machine: MachineOptions,
    samples: int,
    is_expanding: bool,
) -> None:
    from hanazora.evals.fidelity_run import sampler_facts
    from hanazora.evals.vbench import export as export_videos
    from hanazora.evals.vbench import protocol_for
    from hanazora.parallel.device import tune_allocator
    from hanazora.pipelines.generate import load
    from hanazora.pipelines.produce import produce
    from hanazora.pipelines.verbs.telling import told
    from hanazora.pipelines.way_out import admit

    tune_allocator()
    model = load(machine.model, device=machine.device, dtype=machine.dtype)
    protocol = protocol_for(
        texts, like, samples, prompt_rewriting=is_expanding,
        sampler=sampler_facts(model, like.num_inference_steps, like.guidance_scale),
        model=model.model.weight_hashes,
    )  # fmt: skip

    def make(request: GenerateRequest, path: Path) -> None:
        admit(request)
        with TerminalProgress() as progress:
            wanted = told(request) if is_expanding else request
            produce(model, wanted, path, model_dir=machine.model, progress=progress)

    refused = 0
    for exported in export_videos(texts, directory, protocol, request_for, make):
        if exported.refusal:
            refused += 1
            print(f"{exported.path.name}: {exported.refusal}")
        elif not exported.was_there:
            print(exported.path)
    print(f"{len(texts)} prompts, {samples} videos each, for {protocol.variant}")
    if refused:
        print(f"{refused} were refused; {protocol.variant} will not find them")
        raise typer.Exit(EXIT_SOME_REFUSED)


def _read(path: Path) -> list[str]:
    from hanazora.pipelines.runs.batch import read_prompts

    return [line.text for line in read_prompts(path)]


def _draw(split: str, num_prompts: int) -> list[str]:
    from hanazora.evals.fidelity_run import PROMPT_SEED, FidelityRun
    from hanazora.world.prompts import held_out_prompts

    run = FidelityRun(split=split, num_prompts=num_prompts)
    drawn = held_out_prompts(run.split, run.num_prompts, PROMPT_SEED)
    return list(dict.fromkeys(caption.text for _, caption in drawn))
