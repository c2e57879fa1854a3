"""What must hold before a run renders, loads or trains: a mistake costs a second, not an hour."""

import dataclasses
import json
from pathlib import Path
from typing import Any

from hanazora.core.config import load_config
from hanazora.core.errors import UserError
from hanazora.core.log import get_logger
from hanazora.core.paths import bundled_model_dir, write_text
from hanazora.data.contents import pool_fingerprint, pool_sizes
from hanazora.models.layers.weights import read_config
from hanazora.parallel.ranks import Ranks
from hanazora.pipelines.model_directory import TEXT_ENCODER, TRANSFORMER
from hanazora.train.pool import Source
from hanazora.train.state import TrainConfig

DATA_NAME = "data.json"
"""In the run directory: which pool it is trained on, and the sizes of its clips."""

_LOG = get_logger(__name__)
_FREE = {"causal", "chunk_frames", "rope_theta", "mask_text", "eps", "max_length"}
"""Fields of a network that weights made under another value can start from."""


def start_dir(name: str) -> Path:
    """Return the model directory that `init_from` names."""
    return bundled_model_dir() if name == "bundled" else Path(name)


def text_encoder_dir(name: str) -> Path:
    """Return the directory of a text encoder that `text_encoder_from` names."""
    return bundled_model_dir() / "text_encoder" if name == "bundled" else Path(name)


def require_start(config: TrainConfig, run_dir: Path, ranks: Ranks) -> None:
    """Refuse a run that would fail later.

    Raises:
        UserError: more processes than micro batches; weights to start from that are not there or
            have another shape; a run directory that was begun with another shape.
    """
    if ranks.world_size > config.num_micro_batches:
        raise UserError(
            f"num_micro_batches {config.num_micro_batches} for {ranks.world_size} processes",
            "every process needs at least one",
            f"--set num_micro_batches={ranks.world_size}",
        )
    if config.init_from:
        start = start_dir(config.init_from)
        _require_fit(config.transformer, read_config(TRANSFORMER, start / "transformer"), start)
        _require_fit(config.text_encoder, read_config(TEXT_ENCODER, start / "text_encoder"), start)
    if config.text_encoder_from:
        start = text_encoder_dir(config.text_encoder_from)
        _require_fit(config.text_encoder, read_config(TEXT_ENCODER, start), start)
    if any((run_dir / "checkpoints").glob("step_*")):
        begun = load_config(TrainConfig, run_dir / "config.json")
        _require_fit(config.transformer, begun.transformer, run_dir)
        _require_fit(config.text_encoder, begun.text_encoder, run_dir)


def require_pool(config: TrainConfig, run_dir: Path, source: Source, ranks: Ranks) -> None:
    """Refuse a pool that cannot be trained on whole, or is not the one this run began with.

    What is trained on is logged, and written to ``data.json``.

    Raises:
        UserError: a clip is longer than a packed sequence, so it would never be drawn; or the pool
            has changed since the last checkpoint.
    """
    sizes = pool_sizes(source.pool, config.transformer.patch_size)
    longest = max(sizes, key=lambda size: size.tokens)
    if longest.tokens > config.packing.num_tokens:
        raise UserError(
            f"{longest} have {longest.tokens} tokens each",
            f"a packed sequence holds {config.packing.num_tokens}, they would never be drawn",
            f"--set packing.num_tokens={longest.tokens}",
        )
    data = {
        "fingerprint": pool_fingerprint(source.latents_dir, source.pool),
        "samples": len(source.pool),
        "sizes": [size._asdict() for size in sizes],
    }
    path = run_dir / DATA_NAME
    if path.is_file() and any((run_dir / "checkpoints").glob("step_*")):
        _require_same_data(json.loads(path.read_text()), data, run_dir, source)
    if ranks.is_first:
        write_text(path, json.dumps(data, indent=2) + "\n")
        _LOG.info("training on %s", ", ".join(map(str, sizes)))


def _require_same_data(
    begun: dict[str, Any], found: dict[str, Any], run_dir: Path, source: Source
) -> None:
    if begun["fingerprint"] == found["fingerprint"]:
        return
    then, now = begun["samples"], found["samples"]
    counts = f"{then} clips then, {now} now" if then != now else f"{now} clips, others than then"
    raise UserError(
        f"{source.latents_dir} is not the pool that {run_dir} began with",
        f"{counts}; a run goes on with what it began with",
        f"a new run from its weights: --run-dir NEW --set init_from={run_dir}",
    )


def _require_fit(wanted: Any, found: Any, where: Path) -> None:
    """Refuse weights in `where` whose network is not the wanted one."""
    for field in dataclasses.fields(wanted):
        want, have = getattr(wanted, field.name), getattr(found, field.name)
        if want != have and field.name not in _FREE:
            part = type(wanted).__name__.removesuffix("Config")
            raise UserError(
                f"{where} has a {part} of {field.name} {have}",
                f"this run asks for {want}",
                "another --run-dir or start, or the same shape",
            )
