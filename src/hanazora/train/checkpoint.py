"""Checkpoints: everything a run needs to go on bit for bit, as safetensors and JSON.

A checkpoint is written under a temporary name and renamed, so a kill leaves the one before intact.
Data and noise are functions of the step number, so the step is all there is to remember of them.
"""

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn

from hanazora.train.ema import ExponentialMovingAverage
from hanazora.train.optim import Optimizers

KEEP = 2
"""Checkpoints kept; older ones are removed."""


def _flatten_optimizers(optimizers: Optimizers) -> dict[str, torch.Tensor]:
    tensors = {}
    for number, optimizer in enumerate(optimizers.optimizers):
        for index, state in optimizer.state_dict()["state"].items():
            for key, value in state.items():
                tensors[f"{number}.{index}.{key}"] = torch.as_tensor(value).contiguous()
    return tensors


def _restore_optimizers(optimizers: Optimizers, tensors: dict[str, torch.Tensor]) -> None:
    for number, optimizer in enumerate(optimizers.optimizers):
        state = optimizer.state_dict()
        state["state"] = {}
        for name, value in tensors.items():
            owner, index, key = name.split(".")
            if int(owner) == number:
                state["state"].setdefault(int(index), {})[key] = value
        optimizer.load_state_dict(state)


def _flatten_modules(modules: dict[str, nn.Module]) -> dict[str, torch.Tensor]:
    return {
        f"{part}.{name}": value.detach().contiguous()
        for part, module in modules.items()
        for name, value in module.state_dict().items()
    }


def _restore_modules(modules: dict[str, nn.Module], tensors: dict[str, torch.Tensor]) -> None:
    for part, module in modules.items():
        prefix = f"{part}."
        own = {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
        module.load_state_dict(own)


def save_checkpoint(
    run_dir: Path,
    step: int,
    modules: dict[str, nn.Module],
    ema: ExponentialMovingAverage,
    optimizers: Optimizers,
) -> Path:
    """Write the checkpoint after ``step`` optimizer steps and drop all but the newest."""
    root = run_dir / "checkpoints"
    final, temporary = root / f"step_{step:07d}", root / f".step_{step:07d}.partial"
    shutil.rmtree(temporary, ignore_errors=True)
    try:
        temporary.mkdir(parents=True)
        save_file(_flatten_modules(modules), temporary / "weights.safetensors")
        save_file(_flatten_modules(ema.modules), temporary / "ema.safetensors")
        save_file(_flatten_optimizers(optimizers), temporary / "optimizer.safetensors")
        (temporary / "state.json").write_text(json.dumps({"step": step}))
        shutil.rmtree(final, ignore_errors=True)
        temporary.rename(final)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    for old in sorted(root.glob("step_*"))[:-KEEP]:
        shutil.rmtree(old)
    return final


def load_latest(
    run_dir: Path,
    modules: dict[str, nn.Module],
    ema: ExponentialMovingAverage,
    optimizers: Optimizers,
) -> int:
    """Restore the newest checkpoint of a run and return its step; 0 when there is none."""
    found = sorted((run_dir / "checkpoints").glob("step_*"))
    if not found:
        return 0
    newest = found[-1]
    _restore_modules(modules, load_file(newest / "weights.safetensors"))
    _restore_modules(ema.modules, load_file(newest / "ema.safetensors"))
    _restore_optimizers(optimizers, load_file(newest / "optimizer.safetensors"))
    return int(json.loads((newest / "state.json").read_text())["step"])
