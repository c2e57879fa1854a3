"""A whole run of the suites P and O: cases, videos, judgements, references."""

from dataclasses import dataclass
from pathlib import Path

from hanazora.core.choices import require_choice
from hanazora.core.config import to_dict
from hanazora.core.errors import UserError
from hanazora.evals.permanence.absence import Judgement, judge, make_returns, references, show
from hanazora.evals.permanence.cases import Draws, absence_cases, encode_case, passage_cases
from hanazora.evals.permanence.occlusion import (
    Survival,
    judge_passage,
    make_passage,
    passage_references,
)
from hanazora.evals.permanence.report import (
    AbsenceRow,
    PassageRow,
    PermanenceReport,
    Settings,
)
from hanazora.evals.permanence.scenes import STORIES, Story
from hanazora.evals.scene_reader import SceneReader, load_reader
from hanazora.pipelines.generate import TextToVideo
from hanazora.pipelines.progress import Progress
from hanazora.pipelines.sampler import SamplerConfig

PASSAGE = "truck_sign"
ALL_STORIES = (*STORIES, PASSAGE)
SECONDS = (1, 2, 4, 8, 16)


@dataclass(frozen=True, kw_only=True, slots=True)
class PermanenceRun:
    """What is measured."""

    stories: tuple[str, ...] = ALL_STORIES
    """Some of `ALL_STORIES`."""
    num_cases: int = 20
    """Cases of each story; the first ones of a longer list."""
    seconds: tuple[int, ...] = SECONDS
    """Lengths of absence."""
    height: int = 192
    """Pixels."""
    width: int = 320
    """Pixels."""
    seed: int = 0
    """Seed of the first case's noise; the others follow."""
    folder: Path | None = None
    """Where drawn cases are kept between runs."""
    reader_dir: Path | None = None
    """Scene reader; None is the bundled one."""

    def __post_init__(self) -> None:
        for story in self.stories:
            require_choice("story", story, ALL_STORIES)
        if not self.seconds or min(self.seconds) < 1:
            raise UserError(f"seconds {self.seconds}", "an absence lasts at least 1 s", "1,2,4")

    @property
    def draws(self) -> Draws:
        """How its cases are drawn."""
        return Draws(count=self.num_cases, height=self.height, width=self.width, folder=self.folder)


def measure_permanence(
    run: PermanenceRun, model: TextToVideo, sampler: SamplerConfig, progress: Progress
) -> PermanenceReport:
    """Make and judge every case.

    Args:
        run: what is measured.
        model: who makes it.
        sampler: how, and what chunks look at.
        progress: told about every case.
    """
    reader, digest = load_reader(run.reader_dir)
    progress.start("cases", run.num_cases * len(run.stories))
    absences = list[AbsenceRow]()
    for story in STORIES:
        if story in run.stories:
            absences += _measure_story(story, run, model, sampler, reader, progress)
    passages = list[PassageRow]()
    if PASSAGE in run.stories:
        passages = _measure_passages(run, model, sampler, progress)
    settings: Settings = {
        "num_cases": run.num_cases, "height": run.height, "width": run.width, "seed": run.seed,
        "model": model.name, "transformer": model.model.weight_hashes.get("transformer"),
        "reader": digest, "dtype": model.device.dtype_name, **_flat(sampler),
    }  # fmt: skip
    return PermanenceReport(settings=settings, absences=tuple(absences), passages=tuple(passages))


def _measure_story(
    story: Story,
    run: PermanenceRun,
    model: TextToVideo,
    sampler: SamplerConfig,
    reader: SceneReader,
    progress: Progress,
) -> list[AbsenceRow]:
    found: dict[tuple[str, int | None], list[Judgement]] = {}
    colours = list[str]()
    for number, case in enumerate(absence_cases(story, run.draws)):
        latents = encode_case(model, case)
        for name, shown in references(model, case, latents).items():
            found.setdefault((name, None), []).append(judge(reader, shown, case))
        made = make_returns(model, case, latents, run.seconds, sampler, run.seed + number)
        for length, timeline in made:
            judged = judge(reader, show(model, timeline), case)
            found.setdefault((model.name, length), []).append(judged)
        colours.append(case.colour)
        progress.advance()
    return [
        AbsenceRow(
            story=story, name=name, seconds=seconds, judgements=tuple(rows), colours=tuple(colours)
        )
        for (name, seconds), rows in found.items()
    ]


def _measure_passages(
    run: PermanenceRun, model: TextToVideo, sampler: SamplerConfig, progress: Progress
) -> list[PassageRow]:
    found: dict[str, list[Survival]] = {}
    for number, case in enumerate(passage_cases(run.draws)):
        latents = encode_case(model, case)
        videos = dict(passage_references(model, case, latents))
        videos[model.name] = make_passage(model, case, latents, sampler, run.seed + number)
        for name, video in videos.items():
            found.setdefault(name, []).append(judge_passage(video, case))
        progress.advance()
    return [PassageRow(name=name, survivals=tuple(rows)) for name, rows in found.items()]


def _flat(sampler: SamplerConfig) -> Settings:
    plain = to_dict(sampler)
    memory = plain.pop("memory")
    return {**plain, **{f"memory.{name}": value for name, value in memory.items()}}
