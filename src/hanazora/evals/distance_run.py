"""A whole run of FD-reader: true renders, videos of a model, trivial answers, protocol."""

from collections.abc import Iterator
from dataclasses import replace

from hanazora.evals.distance import (
    MIN_VIDEOS,
    SUITE,
    DistanceReport,
    DistanceRow,
    frechet_distance,
    spread_of,
    video_features,
)
from hanazora.evals.fidelity import Video
from hanazora.evals.fidelity_run import FidelityRun, open_run, sampler_facts, video_maker
from hanazora.evals.references import FROZEN, as_video
from hanazora.pipelines.generate import TextToVideo
from hanazora.pipelines.progress import Progress
from hanazora.pipelines.request import check_range
from hanazora.world.clip import render_clip
from hanazora.world.spec import SceneSpec

OTHERS = "true renders of other prompts"


def measure_distances(
    run: FidelityRun,
    model: TextToVideo | None = None,
    *,
    num_inference_steps: int | None = None,
    guidance_scale: float | None = None,
    progress: Progress,
) -> DistanceReport:
    """Measure how far a model's videos, and trivial answers, are from true renders.

    Args:
        run: which prompts, how large, and who reads the videos.
        model: makes a video per prompt; none measures the trivial answers alone.
        num_inference_steps: denoising steps; none is the model's own.
        guidance_scale: strength of the prompt; none is the model's own.
        progress: told about each video.
    """
    check_range("num_prompts", run.num_prompts, MIN_VIDEOS, 10_000)
    # As many prompts again: what two sets of true renders are apart is the best a model can reach.
    opened = open_run(replace(run, num_prompts=2 * run.num_prompts))
    protocol = replace(open_run(run).protocol, suite=SUITE)
    specs = [spec for spec, _ in opened.prompts]
    progress.start("renders", len(specs))
    truth = list(_renders(specs[: run.num_prompts], run, progress))
    others = _renders(specs[run.num_prompts :], run, progress)
    reference = spread_of(video_features(opened.reader, truth))

    def row(name: str, videos: Iterator[Video]) -> DistanceRow:
        spread = spread_of(video_features(opened.reader, videos))
        return DistanceRow(name=name, distance=frechet_distance(reference, spread))

    frozen = (video[:, :, :1].expand_as(video) for video in truth)
    rows = [row(OTHERS, others), row(FROZEN, frozen)]
    if model is None:
        return DistanceReport(protocol=protocol, rows=tuple(rows))
    make = video_maker(run, model, num_inference_steps, guidance_scale)

    def made() -> Iterator[Video]:
        progress.start("prompts", run.num_prompts)
        for index, (_, caption) in enumerate(opened.prompts[: run.num_prompts]):
            yield make(caption.text, run.first_seed + index)
            progress.advance()

    return DistanceReport(
        protocol=protocol,
        rows=(row(model.name, made()), *rows),
        sampler=sampler_facts(model, num_inference_steps, guidance_scale),
        model_hashes=model.model.weight_hashes,
    )


def _renders(specs: list[SceneSpec], run: FidelityRun, progress: Progress) -> Iterator[Video]:
    for spec in specs:
        yield as_video(render_clip(spec, run.height, run.width).frames)
        progress.advance()
