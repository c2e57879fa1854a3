"""One part of a model on disk: ``config.json`` and one safetensors file, loaded strictly."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from hanazora.core.config import from_dict, to_dict
from hanazora.core.documents import sha256_file
from hanazora.core.errors import ModelError, UserError
from hanazora.core.paths import atomic_path, write_text

CONFIG_NAME = "config.json"
WEIGHTS_NAME = "diffusion_pytorch_model.safetensors"

ModuleT = TypeVar("ModuleT", bound=nn.Module)
ConfigT = TypeVar("ConfigT")


_DRAWN = (nn.init.kaiming_uniform_, nn.init.uniform_, nn.init.normal_, nn.init.constant_)
_DRAWING = frozenset((*_DRAWN, Tensor.uniform_, Tensor.normal_, Tensor.zero_, Tensor.fill_))


class Undrawn(TorchFunctionMode):
    """Within it networks are built without starting weights: a file has the trained ones.

    Drawing them took longer than reading. PyTorch's own way, `torch.device("meta")`, imports its
    compiler at the first random number, which takes a second.
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Leave what is drawn as it lies in memory; everything else is as ever."""
        kwargs = kwargs or {}
        if func in _DRAWING:
            return args[0] if args else kwargs["tensor"]
        return (torch.empty if func is torch.randn else func)(*args, **kwargs)


@dataclass(frozen=True, slots=True)
class PartKind(Generic[ConfigT]):
    """What a directory must hold: the class its config names, and how to read that config."""

    class_name: str
    config_type: type[ConfigT]


def save_part(
    module: nn.Module, config: Any, directory: Path, dtype: torch.dtype = torch.bfloat16
) -> None:
    """Write config and weights.

    Args:
        module: the network.
        config: its frozen config dataclass.
        directory: created when absent.
        dtype: how matrices are stored; vectors (biases, norms, statistics) stay fp32.
    """
    directory.mkdir(parents=True, exist_ok=True)
    state = {
        name: value.detach().cpu().to(dtype if value.ndim > 1 else torch.float32).contiguous()
        for name, value in module.state_dict().items()
    }
    with atomic_path(directory / WEIGHTS_NAME) as temporary:
        save_file(state, temporary, metadata={"format": "pt"})
    data = {"_class_name": type(module).__name__, **to_dict(config)}
    write_text(directory / CONFIG_NAME, json.dumps(data, indent=2) + "\n")


def load_part(
    build: Callable[[ConfigT], ModuleT], kind: PartKind[ConfigT], directory: Path
) -> tuple[ModuleT, str]:
    """Read a part written by ``save_part``, in fp32 on the CPU and ready to infer.

    Every tensor of the network must be in its state dict: no other gets a value.

    Returns:
        The network, and the sha256 of its weights file.

    Raises:
        ModelError: the directory is unreadable, of another class, or its weights do not fit.
    """
    config = read_config(kind, directory)
    with Undrawn():
        module = build(config)
    path = directory / WEIGHTS_NAME
    try:
        state = load_file(path)
        digest = sha256_file(path)
    except (OSError, SafetensorError, UserError) as error:
        raise ModelError(f"cannot read {path}", str(error)) from error
    _check_state(module, state, path)
    # Copied, as what was read is the file itself, which somebody may write to later.
    owned = {name: value.to(torch.float32, copy=True) for name, value in state.items()}
    module.load_state_dict(owned, assign=True)
    return module.eval().requires_grad_(False), digest


def read_config(kind: PartKind[ConfigT], directory: Path) -> ConfigT:
    """Read the config of a part without its weights.

    Raises:
        ModelError: it is unreadable or of another class.
    """
    path = directory / CONFIG_NAME
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"cannot read {path}", error.strerror or "unreadable") from error
    except ValueError as error:
        raise ModelError(f"{path} is not valid JSON", str(error)) from error
    name = data.pop("_class_name", None) if isinstance(data, dict) else None
    if name != kind.class_name:
        raise ModelError(f"{path} names the class {name!r}", f"it must be {kind.class_name}")
    return from_dict(kind.config_type, data, str(path.parent.name))


def _check_state(module: nn.Module, state: dict[str, Tensor], path: Path) -> None:
    wanted = {name: tuple(value.shape) for name, value in module.state_dict().items()}
    found = {name: tuple(value.shape) for name, value in state.items()}
    missing = [name for name in wanted if name not in found]
    unknown = [name for name in found if name not in wanted]
    wrong = [name for name in wanted if name in found and wanted[name] != found[name]]
    if not (missing or unknown or wrong):
        return
    first = (missing or unknown or wrong)[0]
    raise ModelError(
        f"{path} does not fit its config",
        f"{len(missing)} of {len(wanted)} keys missing, {len(unknown)} unknown, "
        f"{len(wrong)} of another shape; the first is {first}",
    )
