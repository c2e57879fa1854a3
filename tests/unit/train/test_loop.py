import itertools
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from hanazora.core.config import save_config
from hanazora.core.errors import NonFiniteError
from hanazora.core.metrics import read_metrics
from hanazora.data.latent_pool import LatentPoolWriter
from hanazora.data.packing import Packer
from hanazora.diffusion.weighting import flow_loss
from hanazora.parallel.device import pick_device
from hanazora.pipelines.model_directory import load_model
from hanazora.train.alignment import AlignmentConfig
from hanazora.train.loop import build_packer, due, reached, train
from hanazora.train.pool import open_source
from hanazora.train.state import TrainConfig

SCRIPT = """
import sys
import torch
torch.set_num_threads(1)
from pathlib import Path
from hanazora.core.config import load_config
from hanazora.train.loop import train
from hanazora.train.state import TrainConfig
train(load_config(TrainConfig, Path(sys.argv[1])), Path(sys.argv[2]))
"""


def _losses(run_dir: Path) -> list[tuple[object, object]]:
    return [(row["step"], row.get("last_loss")) for row in read_metrics(run_dir / "metrics.jsonl")]


def _weights(run_dir: Path) -> dict[str, torch.Tensor]:
    newest = sorted((run_dir / "checkpoints").glob("step_*"))[-1]
    return {
        name: value
        for file in ("weights", "ema", "optimizer")
        for name, value in load_file(newest / f"{file}.safetensors").items()
    }


def _wait_for_step(run_dir: Path, step: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(6000):
        path = run_dir / "metrics.jsonl"
        if path.exists() and path.read_text().count("\n") >= step:
            return
        assert process.poll() is None, "the run ended before it could be killed"
        time.sleep(0.01)
    raise AssertionError("the run did not get there")


@pytest.mark.timeout(400)
def test_a_killed_run_goes_on_bit_for_bit(tiny_run: TrainConfig, tmp_path: Path) -> None:
    save_config(tiny_run, tmp_path / "config.json")
    start = [sys.executable, "-c", SCRIPT, str(tmp_path / "config.json")]
    subprocess.run([*start, str(tmp_path / "whole")], check=True)
    assert len(_losses(tmp_path / "whole")) == 20
    cut = tmp_path / "cut"
    command = [*start, str(cut)]
    process = subprocess.Popen(command)
    _wait_for_step(cut, 12, process)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert len(_losses(cut)) < 20
    subprocess.run(command, check=True)
    assert _losses(cut) == _losses(tmp_path / "whole")
    expected, got = _weights(tmp_path / "whole"), _weights(cut)
    assert expected.keys() == got.keys()
    assert all(torch.equal(expected[name], got[name]) for name in expected)


@pytest.mark.timeout(300)
def test_two_processes_make_the_steps_of_one(tiny_run: TrainConfig, tmp_path: Path) -> None:
    config = replace(tiny_run, num_micro_batches=2, steps=6, checkpoint_every=6)
    train(config, tmp_path / "one")
    save_config(config, tmp_path / "config.json")
    (tmp_path / "script.py").write_text(SCRIPT)
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"]
    rendezvous = ["--rdzv-backend", "c10d", "--rdzv-endpoint", "localhost:0"]
    arguments = [tmp_path / "script.py", tmp_path / "config.json", tmp_path / "two"]
    subprocess.run([*torchrun, *rendezvous, *map(str, arguments)], check=True)
    for (step, loss), (other_step, other_loss) in zip(
        _losses(tmp_path / "one"), _losses(tmp_path / "two"), strict=True
    ):
        assert step == other_step and loss == pytest.approx(other_loss, abs=1e-4)
    one, two = _weights(tmp_path / "one"), _weights(tmp_path / "two")
    names = [name for name in one if name.startswith("transformer")]
    assert max(float((one[name] - two[name]).abs().max()) for name in names) < 1e-4


def test_the_run_directory_is_a_model(tiny_run: TrainConfig, tmp_path: Path) -> None:
    state = train(replace(tiny_run, steps=2), tmp_path / "run")
    model = load_model(tmp_path / "run")
    assert model.transformer.config == tiny_run.transformer
    assert model.sampler == tiny_run.sampler
    assert set(model.weight_hashes) == {"transformer", "autoencoder", "text_encoder"}
    started = train(
        replace(tiny_run, steps=1, init_from=str(tmp_path / "run")), tmp_path / "second"
    )
    pairs = zip(started.transformer.parameters(), state.transformer.parameters(), strict=True)
    assert max(float((a - b).detach().abs().max()) for a, b in pairs) < 0.1


def test_training_learns_one_clip(tiny_run: TrainConfig, tmp_path: Path) -> None:
    first = train(replace(tiny_run, steps=5), tmp_path / "short").loss
    last = train(replace(tiny_run, steps=60, log_every=10), tmp_path / "long").loss
    assert last < 0.9 * first


def test_a_reached_target_ends_the_run(tiny_run: TrainConfig, tmp_path: Path) -> None:
    state = train(replace(tiny_run, target_loss=100.0), tmp_path / "run")
    assert state.step == 1 and load_model(tmp_path / "run")


def _break_losses(monkeypatch: pytest.MonkeyPatch, *calls: int) -> None:
    """Let some computations of the loss go wrong, counted from 0."""
    count = itertools.count()

    def broken(*arguments: torch.Tensor) -> torch.Tensor:
        loss = flow_loss(*arguments)
        return loss * float("nan") if next(count) in calls else loss

    monkeypatch.setattr("hanazora.train.loop.flow_loss", broken)


def test_a_step_that_is_not_finite_is_skipped(
    tiny_run: TrainConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = replace(tiny_run, steps=6, checkpoint_every=3)
    _break_losses(monkeypatch, 2, 3)
    train(config, tmp_path / "run")
    rows = list(read_metrics(tmp_path / "run" / "metrics.jsonl"))
    assert [row["step"] for row in rows if "skipped" in row] == [3, 4]
    assert [row["step"] for row in rows if "loss" in row] == [1, 2, 5, 6]
    assert all(torch.isfinite(value).all() for value in _weights(tmp_path / "run").values())
    # No checkpoint in the middle of trouble; the last step has one.
    assert [p.name for p in (tmp_path / "run" / "checkpoints").iterdir()] == ["step_0000006"]


def test_a_passing_fault_goes_back_and_leaves_no_trace(
    tiny_run: TrainConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = replace(tiny_run, steps=10, checkpoint_every=4)
    train(config, tmp_path / "whole")
    _break_losses(monkeypatch, 5, 6, 7)
    train(config, tmp_path / "run")
    assert _losses(tmp_path / "run") == _losses(tmp_path / "whole")
    expected, got = _weights(tmp_path / "whole"), _weights(tmp_path / "run")
    assert all(torch.equal(expected[name], got[name]) for name in expected)


def test_a_lasting_fault_stops_the_run_with_its_weights_whole(
    tiny_run: TrainConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _break_losses(monkeypatch, *range(5, 99))
    with pytest.raises(NonFiniteError, match="the same after going back to step 4"):
        train(replace(tiny_run, steps=10, checkpoint_every=4), tmp_path / "run")
    assert all(torch.isfinite(value).all() for value in _weights(tmp_path / "run").values())
    assert [step for step, _ in _losses(tmp_path / "run")][:4] == [1, 2, 3, 4]


def test_a_broken_clip_costs_the_steps_it_is_in(tiny_run: TrainConfig, tmp_path: Path) -> None:
    pool = replace(tiny_run.pool, directory=str(tmp_path / "many"))
    config = replace(tiny_run, pool=pool, steps=8, checkpoint_every=8)

    def write_pool(broken: int | None) -> Packer:
        writer = LatentPoolWriter(tmp_path / "many" / "latents", 48)
        for clip in range(40):
            value = float("nan") if clip == broken else 1.0
            writer.append(torch.full((48, 3, 4, 6), value), ["toys"])
        writer.close()
        return build_packer(config, open_source(pool, tmp_path / "run", pick_device("cpu", "fp32")))

    # What a step is made of depends on its number, not on what the clips hold.
    broken = write_pool(None).clips(4)[0]
    packer = write_pool(broken)
    train(config, tmp_path / "run")
    hit = [step + 1 for step in range(8) if broken in packer.clips(step)]
    rows = list(read_metrics(tmp_path / "run" / "metrics.jsonl"))
    assert 5 in hit and [row["step"] for row in rows if "skipped" in row] == hit


def test_a_vocabulary_too_small_for_the_tokenizer_is_refused(
    tiny_run: TrainConfig, tmp_path: Path
) -> None:
    small = replace(tiny_run.text_encoder, vocab_size=64)
    with pytest.raises(ValueError, match="vocab_size 64"):
        train(replace(tiny_run, text_encoder=small), tmp_path / "run")


def test_small_rules() -> None:
    assert due(10, 5) and not due(11, 5)
    assert reached(0.1, 0.2) and not reached(0.3, 0.2) and not reached(0.1, None)


def test_a_frozen_text_encoder_stays_and_the_scene_head_is_not_exported(
    tiny_run: TrainConfig, tmp_path: Path
) -> None:
    train(replace(tiny_run, steps=2), tmp_path / "first")
    config = replace(
        tiny_run,
        steps=3,
        init_from=str(tmp_path / "first"),
        freeze_text_encoder=True,
        alignment=AlignmentConfig(weight=0.1, num_blocks=1),
    )
    train(config, tmp_path / "second")
    again = replace(
        config, init_from="", text_encoder_from=str(tmp_path / "first" / "text_encoder"), steps=1
    )
    read = train(again, tmp_path / "third").text_encoder.state_dict()
    first, second = (load_model(tmp_path / name) for name in ("first", "second"))
    before, after = first.text_encoder.state_dict(), second.text_encoder.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert all(torch.equal(before[name], read[name]) for name in before)
    moved = second.transformer.state_dict()
    assert any(not torch.equal(v, moved[k]) for k, v in first.transformer.state_dict().items())
    assert sorted(p.name for p in (tmp_path / "second").iterdir() if p.is_dir()) == sorted(
        p.name for p in (tmp_path / "first").iterdir() if p.is_dir()
    )
    with pytest.raises(ValueError, match="needs init_from"):
        replace(tiny_run, freeze_text_encoder=True)
