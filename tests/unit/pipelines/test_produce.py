import os
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from hanazora.core.documents import sha256_file
from hanazora.core.errors import CancelledError, ModelError, NonFiniteError, UserError
from hanazora.media.probe import probe
from hanazora.pipelines.decoding import DecodeMemoryError
from hanazora.pipelines.generate import TextToVideo, load
from hanazora.pipelines.model_directory import Model, save_model
from hanazora.pipelines.produce import decode, load_for, produce, resume, stream_path
from hanazora.pipelines.progress import CancellableProgress, SilentProgress
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.runs.run_directory import RunDirectory
from hanazora.pipelines.way_out import RefusedError
from hanazora.safety.findings import Verdict

REQUEST = GenerateRequest(
    prompt="a red ball bounces", width=50, height=34, num_frames=17, seed=3, num_inference_steps=2
)


@pytest.fixture
def model_dir(tiny_model: Model, tmp_path: Path) -> Path:
    save_model(tiny_model, tmp_path / "model", torch.float32)
    return tmp_path / "model"


@pytest.fixture
def pipeline(model_dir: Path) -> TextToVideo:
    return load(model_dir, device="cpu", dtype="fp32")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def _cancel_after(num_steps: int) -> CancellableProgress:
    count = iter(range(num_steps))
    return CancellableProgress(SilentProgress(), lambda: next(count, None) is None)


def test_a_finished_video_leaves_no_run(pipeline: TextToVideo, place: Path) -> None:
    produced = produce(pipeline, REQUEST, place / "a.mp4")
    assert not (place / "a.run").exists() and produced.run is None
    assert 0 < produced.first_frame_s <= produced.seconds
    assert produced.published.sha256 == sha256_file(place / "a.mp4")
    info = probe(place / "a.mp4")
    assert (info.width, info.height, info.num_frames) == (50, 34, 17)


def test_it_is_the_file_that_generate_and_save_make(pipeline: TextToVideo, place: Path) -> None:
    produce(pipeline, REQUEST, place / "a.mp4", keep_run=True)
    pipeline.generate(REQUEST).save(place / "b.mp4")
    assert (place / "a.mp4").read_bytes() == (place / "b.mp4").read_bytes()
    with RunDirectory.open(place / "a.run") as run:
        assert run.num_finished == 3


@pytest.mark.parametrize("num_steps", [3, 6])
def test_a_cancelled_run_goes_on_to_the_same_file(
    pipeline: TextToVideo, model_dir: Path, place: Path, num_steps: int
) -> None:
    whole = produce(pipeline, REQUEST, place / "whole.mp4").published.sha256
    with pytest.raises(CancelledError):
        produce(
            pipeline, REQUEST, place / "a.mp4", model_dir=model_dir,
            progress=_cancel_after(num_steps),
        )  # fmt: skip
    assert not (place / "a.mp4").exists()
    with RunDirectory.open(place / "a.run") as run:
        assert 0 < run.num_finished < 3
        assert resume(load_for(run), run).published.sha256 == whole
    assert not (place / "a.run").exists()


def test_the_same_command_again_goes_on(pipeline: TextToVideo, place: Path) -> None:
    _leave_a_run(pipeline, place)
    steps = list[int]()

    class Counter(SilentProgress):
        def start(self, stage: str, num_steps: int) -> None:
            steps.append(num_steps)

    produce(pipeline, REQUEST, place / "a.mp4", progress=Counter())
    assert steps[0] == 2
    _leave_a_run(pipeline, place)
    with pytest.raises(UserError, match="run of another video"):
        produce(pipeline, replace(REQUEST, seed=4), place / "a.mp4")


def _leave_a_run(pipeline: TextToVideo, place: Path) -> None:
    with pytest.raises(CancelledError):
        produce(pipeline, REQUEST, place / "a.mp4", progress=_cancel_after(5))


def test_another_model_cannot_go_on(
    pipeline: TextToVideo, tiny_model: Model, place: Path, tmp_path: Path
) -> None:
    _leave_a_run(pipeline, place)
    tiny_model.transformer.proj_out.weight.add_(0.1)
    save_model(tiny_model, tmp_path / "other", torch.float32)
    other = load(tmp_path / "other", device="cpu", dtype="fp32")
    with pytest.raises(ModelError, match=r"it needs model on cpu in fp32"):
        with RunDirectory.open(place / "a.run") as run:
            resume(other, run)


def test_a_failed_decode_is_finished_later(
    pipeline: TextToVideo, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = produce(pipeline, REQUEST, place / "whole.mp4").published.sha256

    def no_memory(*_: object) -> None:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory")

    with monkeypatch.context() as patch:
        patch.setattr(pipeline.model.autoencoder, "decode_groups", no_memory)
        with pytest.raises(DecodeMemoryError, match=r"hanazora decode .*a\.run with more"):
            produce(pipeline, REQUEST, place / "a.mp4")
    with RunDirectory.open(place / "a.run") as run:
        assert decode(pipeline, run).published.sha256 == whole
    assert not (place / "a.run").exists()


def test_an_unfinished_run_cannot_be_decoded(pipeline: TextToVideo, place: Path) -> None:
    _leave_a_run(pipeline, place)
    with pytest.raises(UserError, match="hanazora resume"):
        with RunDirectory.open(place / "a.run") as run:
            decode(pipeline, run)


def test_a_run_that_would_fail_again_is_not_kept(pipeline: TextToVideo, place: Path) -> None:
    next(pipeline.model.autoencoder.decoder.parameters()).fill_(float("nan"))
    with pytest.raises(NonFiniteError):
        produce(pipeline, REQUEST, place / "a.mp4")
    assert os.listdir(place) == []


def test_streamed_frames_can_be_watched_before_the_rest_is_made(
    pipeline: TextToVideo, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = list[tuple[int, int]]()
    original = RunDirectory.save_chunk

    def spy(run: RunDirectory, index: int, latents: torch.Tensor) -> None:
        original(run, index, latents)
        preview = stream_path(place / "a.mp4")
        seen.append((index, probe(preview).num_frames if preview.exists() else 0))

    monkeypatch.setattr(RunDirectory, "save_chunk", spy)
    produced = produce(pipeline, REQUEST, place / "a.mp4", stream=True)
    # The frames of every chunk but the newest are on the disk when the next one is finished.
    assert seen == [(0, 0), (1, 1), (2, 9)]
    assert produced.first_frame_s < produced.seconds / 2
    monkeypatch.undo()
    produce(pipeline, REQUEST, place / "b.mp4")
    assert (place / "a.mp4").read_bytes() == (place / "b.mp4").read_bytes()
    assert not stream_path(place / "a.mp4").exists()


@pytest.mark.parametrize("is_judged", [True, False])
def test_what_was_refused_goes_and_what_could_not_be_judged_stays(
    pipeline: TextToVideo, place: Path, monkeypatch: pytest.MonkeyPatch, is_judged: bool
) -> None:
    verdict = Verdict("block", "weapons", "rule", (0, 1), "id", "no") if is_judged else None

    def refuse(*_: object, **__: object) -> None:
        raise RefusedError("frame_filter", "not this one", verdict)

    monkeypatch.setattr("hanazora.pipelines.produce.publish", refuse)
    with pytest.raises(RefusedError):
        produce(pipeline, REQUEST, place / "a.mp4")
    assert (place / "a.run").exists() != is_judged
