import os
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from hanazora.core.errors import OutputError, UserError
from hanazora.pipelines.plan import Geometry, Given, Part, Plan, Run, lay_out
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.runs import run_directory
from hanazora.pipelines.runs.run_directory import RunDirectory, RunRecord, run_path
from hanazora.pipelines.sampler import SamplerConfig
from hanazora.pipelines.sidecar import ModelInfo


def _plan(*parts: Part) -> Plan:
    segments, chunks = lay_out(parts, Geometry(2, (1, 2, 2)))
    made = tuple(index for index, chunk in enumerate(chunks) if chunk.given is None)
    return Plan(
        verb="generate", width=60, height=40, fps=8.0, latent_height=3, latent_width=4,
        prompts=("snow",), segments=segments, chunks=chunks, order=made,
    )  # fmt: skip


RECORD = RunRecord(
    request=GenerateRequest(prompt="\N{CHERRY BLOSSOM} in snow", seed=7, guidance_scale=2.0),
    model=ModelInfo(name="petal", weight_hashes={"transformer": "ab"}),
    plan=_plan(Part((Run(6),), 21)),
    sampler=SamplerConfig(num_inference_steps=3),
    output="/videos/a.mp4",
)


def _chunk(value: float) -> torch.Tensor:
    return torch.full((5, 2, 3, 4), value) / 3


def test_a_run_lies_beside_its_video() -> None:
    assert run_path(Path("films/truck.mp4")) == Path("films/truck.run")


def test_chunks_come_back_bit_for_bit_in_the_order_they_were_made(tmp_path: Path) -> None:
    with RunDirectory.create(tmp_path / "a.run", RECORD) as run:
        run.keep = True
        for index in (0, 2, 1):
            run.save_chunk(index, _chunk(index))
    with RunDirectory.open(tmp_path / "a.run") as run:
        run.keep = True
        assert run.record == RECORD
        finished = run.finished_chunks()
        assert list(finished) == [0, 2, 1]
        assert all(torch.equal(finished[index], _chunk(index)) for index in finished)


def test_all_chunks_are_the_given_and_the_made_ones_in_order_of_time(tmp_path: Path) -> None:
    given = Given(source=2, first_frame=4)
    record = replace(RECORD, plan=_plan(Part((Run(1), Run(3, given=given), Run(2)), 21)))
    clip = torch.arange(8.0).view(1, 8, 1, 1).expand(5, 8, 3, 4)
    with RunDirectory.create(tmp_path / "a.run", record) as run:
        run.save_inputs({2: clip})
        for index in (3, 0):
            run.save_chunk(index, _chunk(index))
        chunks = run.all_chunks()
        assert list(chunks) == [0, 1, 2, 3]
        assert chunks[1][0, :, 0, 0].tolist() == [4, 5] and chunks[2][0, :, 0, 0].tolist() == [6]
        assert torch.equal(run.inputs()[2], clip)


@pytest.mark.parametrize(("values", "num_bytes"), [((0.5, -2.25), 2), ((0.1, 1e-9), 4)])
def test_rounded_latents_take_half_the_space_and_no_others(
    tmp_path: Path, values: tuple[float, float], num_bytes: int
) -> None:
    latents = torch.tensor(values).repeat(5000).view(10, 10, 10, 10)
    with RunDirectory.create(tmp_path / "a.run", RECORD) as run:
        run.save_chunk(0, latents)
        assert torch.equal(run.finished_chunks()[0], latents)
        (file,) = (tmp_path / "a.run" / "chunks").iterdir()
        assert file.stat().st_size < 10_000 * num_bytes + 200


def test_a_hopeless_run_goes(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), RunDirectory.create(tmp_path / "a.run", RECORD) as run:
        run.save_chunk(0, _chunk(0))
        run.is_hopeless = True
        raise RuntimeError
    assert os.listdir(tmp_path) == []


def test_an_unfinished_run_names_the_way_on(tmp_path: Path) -> None:
    with RunDirectory.create(tmp_path / "a.run", RECORD) as run:
        run.save_chunk(0, _chunk(0))
        with pytest.raises(UserError, match=r"1 of 4 chunks.*try hanazora resume"):
            run.all_chunks()


def test_only_an_unbroken_row_of_chunks_counts(tmp_path: Path) -> None:
    with RunDirectory.create(tmp_path / "a.run", RECORD) as run:
        for index in range(3):
            run.save_chunk(index, _chunk(index))
        (tmp_path / "a.run" / "chunks" / ".0003-ab.safetensors.partial").write_text("cut short")
        (tmp_path / "a.run" / "chunks" / "0001-0001.safetensors").unlink()
        assert list(run.finished_chunks()) == [0]


def test_a_damaged_chunk_is_named(tmp_path: Path) -> None:
    with RunDirectory.create(tmp_path / "a.run", RECORD) as run:
        run.save_chunk(0, _chunk(0))
        (tmp_path / "a.run" / "chunks" / "0000-0000.safetensors").write_bytes(b"no")
        with pytest.raises(UserError, match=r"0000-0000\.safetensors: it was changed.*try rm"):
            run.finished_chunks()


@pytest.mark.parametrize(
    ("num_chunks", "keep", "error", "is_left"),
    [(1, False, None, False), (1, True, None, True), (0, True, KeyboardInterrupt, False),
     (1, False, KeyboardInterrupt, True)],
)  # fmt: skip
def test_what_is_left_of_a_run(
    tmp_path: Path, num_chunks: int, keep: bool, error: type[BaseException] | None, is_left: bool
) -> None:
    def work() -> None:
        with RunDirectory.create(tmp_path / "a.run", RECORD) as run:
            run.keep = keep
            for index in range(num_chunks):
                run.save_chunk(index, _chunk(index))
            if error is not None:
                raise error

    if error is None:
        work()
    else:
        with pytest.raises(error):
            work()
    assert (os.listdir(tmp_path) == ["a.run"]) == is_left


def test_the_same_request_goes_on_and_another_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.run"
    run = RunDirectory.create(path, RECORD)
    run.save_chunk(0, _chunk(0))
    run.release()
    again = RunDirectory.create(path, replace(RECORD, output="/elsewhere/b.mp4"))
    assert again.num_finished == 1
    again.release()
    other = replace(RECORD, request=replace(RECORD.request, seed=8))
    for _ in range(2):  # the refusal does not hold the run
        with pytest.raises(UserError, match=r"run of another video.*hanazora resume"):
            RunDirectory.create(path, other)


def test_one_process_at_a_time(tmp_path: Path) -> None:
    with RunDirectory.create(tmp_path / "a.run", RECORD):
        with pytest.raises(UserError, match="in use by another process"):
            RunDirectory.open(tmp_path / "a.run")


def test_places_that_cannot_be_runs(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is not a run: it holds no run.json"):
        RunDirectory.open(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="not a directory"):
        RunDirectory.create(tmp_path / "file" / "a.run", RECORD)


def test_another_version_is_noticed(tmp_path: Path) -> None:
    record = replace(RECORD, versions={**RECORD.versions, "torch": "1.0"})
    with RunDirectory.create(tmp_path / "a.run", record) as run:
        assert run.changed_versions() == ["torch"]


def test_a_run_that_cannot_be_written_down_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(record: RunRecord, path: Path) -> None:
        raise OutputError(f"cannot write {path}", "no space left on the disk")

    monkeypatch.setattr(run_directory, "save_config", full)
    with pytest.raises(OutputError):
        RunDirectory.create(tmp_path / "a.run", RECORD)
    assert list(tmp_path.iterdir()) == []
