"""A model on disk: a directory in the diffusers layout, safetensors only, loaded strictly.

``model_index.json``, ``transformer/``, ``autoencoder/``, ``text_encoder/``, ``tokenizer/``,
``scheduler/``. The output directory of a training run is one of these, so it needs no conversion to
generate from.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

import torch

from hanazora.core.config import load_config, save_config
from hanazora.core.documents import sha256_file
from hanazora.core.errors import ModelError, UserError
from hanazora.core.paths import write_text
from hanazora.core.version import __version__
from hanazora.models.autoencoder.model import AutoencoderConfig, VideoAutoencoder
from hanazora.models.layers.weights import (
    WEIGHTS_NAME,
    PartKind,
    load_part,
    read_config,
    save_part,
)
from hanazora.models.text.encoder import TextEncoder, TextEncoderConfig
from hanazora.models.text.tokenizer import Tokenizer
from hanazora.models.transformer.model import VideoTransformer, VideoTransformerConfig
from hanazora.pipelines.sampler import SamplerConfig

INDEX_NAME = "model_index.json"
TRANSFORMER = PartKind("VideoTransformer", VideoTransformerConfig)
AUTOENCODER = PartKind("VideoAutoencoder", AutoencoderConfig)
TEXT_ENCODER = PartKind("TextEncoder", TextEncoderConfig)


@dataclass
class Model:
    """The parts of one model."""

    transformer: VideoTransformer
    autoencoder: VideoAutoencoder
    text_encoder: TextEncoder
    tokenizer: Tokenizer
    sampler: SamplerConfig
    weight_hashes: dict[str, str] = field(default_factory=dict)
    """sha256 of each weights file, as written to sidecars; empty for a model not read from disk."""


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """What a model directory says about itself without its weights."""

    transformer: VideoTransformerConfig
    autoencoder: AutoencoderConfig
    sampler: SamplerConfig


def save_model(model: Model, directory: Path, dtype: torch.dtype = torch.bfloat16) -> None:
    """Write a complete model directory; the index comes last: a half-written one never loads."""
    save_part(model.transformer, model.transformer.config, directory / "transformer", dtype)
    save_part(model.text_encoder, model.text_encoder.config, directory / "text_encoder", dtype)
    save_part(model.autoencoder, model.autoencoder.config, directory / "autoencoder", dtype)
    (directory / "tokenizer").mkdir(exist_ok=True)
    model.tokenizer.save(directory / "tokenizer" / "tokenizer.json")
    (directory / "scheduler").mkdir(exist_ok=True)
    save_config(model.sampler, directory / "scheduler" / "scheduler_config.json")
    index = {
        "_class_name": "HanazoraPipeline",
        "_hanazora_version": __version__,
        "transformer": ["hanazora", "VideoTransformer"],
        "autoencoder": ["hanazora", "VideoAutoencoder"],
        "text_encoder": ["hanazora", "TextEncoder"],
        "tokenizer": ["hanazora", "Tokenizer"],
        "scheduler": ["hanazora", "SamplerConfig"],
    }
    write_text(directory / INDEX_NAME, json.dumps(index, indent=2) + "\n")


def load_model(directory: Path) -> Model:
    """Read a complete model directory in fp32 on the CPU.

    Raises:
        ModelError: when the directory is missing, is no model, or a part does not fit.
    """
    _require_model(directory)
    transformer, transformer_hash = load_part(
        VideoTransformer, TRANSFORMER, directory / "transformer"
    )
    autoencoder, autoencoder_hash = load_part(
        VideoAutoencoder, AUTOENCODER, directory / "autoencoder"
    )
    text_encoder, text_hash = load_part(TextEncoder, TEXT_ENCODER, directory / "text_encoder")
    return Model(
        transformer,
        autoencoder,
        text_encoder,
        Tokenizer.load(directory / "tokenizer" / "tokenizer.json"),
        load_config(SamplerConfig, directory / "scheduler" / "scheduler_config.json"),
        {
            "transformer": transformer_hash,
            "autoencoder": autoencoder_hash,
            "text_encoder": text_hash,
        },
    )


def read_settings(directory: Path) -> ModelSettings:
    """Read the configs of a model directory, which takes no time.

    Raises:
        ModelError: a config cannot be read.
    """
    _require_model(directory)
    return ModelSettings(
        read_config(TRANSFORMER, directory / "transformer"),
        read_config(AUTOENCODER, directory / "autoencoder"),
        load_config(SamplerConfig, directory / "scheduler" / "scheduler_config.json"),
    )


def part_sha256(directory: Path, part: str) -> str:
    """Return the hash of the weights of one part, as `Model.weight_hashes` has it.

    Raises:
        ModelError: there are no such weights.
    """
    _require_model(directory)
    try:
        return sha256_file(directory / part / WEIGHTS_NAME)
    except UserError as error:
        raise ModelError(error.what, error.rule) from error


def _require_model(directory: Path) -> None:
    if not (directory / INDEX_NAME).is_file():
        rule = f"it holds no {INDEX_NAME}" if directory.is_dir() else "there is no such directory"
        raise ModelError(
            f"{directory} is not a model directory",
            rule,
            "the run directory of `hanazora train`, or no --model for the bundled one",
        )
