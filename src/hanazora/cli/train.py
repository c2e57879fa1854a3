"""`hanazora train`: run a recipe; a run that was cut off goes on from its run directory."""

import difflib
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from hanazora.core.config import apply_overrides
from hanazora.core.errors import UserError
from hanazora.core.log import setup_logging


def train(
    recipe: Annotated[str, typer.Argument(help="Name of a recipe; a wrong one lists them.")],
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change one field, as optimizer.lr=3e-4."),
    ] = None,
    run_dir: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the run lives; runs/RECIPE.")
    ] = None,
) -> None:
    """Train by a recipe; the run directory is a model that generate takes."""
    setup_logging()
    from hanazora.parallel.device import tune_allocator
    from hanazora.recipes import RECIPES

    tune_allocator()
    if recipe not in RECIPES:
        close = difflib.get_close_matches(recipe, RECIPES, n=1)
        rule = f"recipes are {', '.join(sorted(RECIPES))}"
        raise UserError(f"unknown recipe {recipe!r}", rule, close[0] if close else "")
    config = apply_overrides(RECIPES[recipe](), overrides or [])
    run(config, run_dir or Path("runs") / recipe)


def run(config: object, run_dir: Path) -> None:
    """Start the loop that a config is for."""
    from hanazora.train.autoencoder_loop import AutoencoderTrainConfig, train_autoencoder
    from hanazora.train.loop import train as train_transformer
    from hanazora.train.state import TrainConfig
    from hanazora.train.text_loop import TextTrainConfig, train_text_encoder
    from hanazora.train.upsampler_loop import UpsamplerTrainConfig, train_upsampler

    if isinstance(config, AutoencoderTrainConfig):
        train_autoencoder(replace(config, run_dir=run_dir))
    elif isinstance(config, UpsamplerTrainConfig):
        train_upsampler(replace(config, run_dir=run_dir))
    elif isinstance(config, TextTrainConfig):
        train_text_encoder(replace(config, run_dir=run_dir))
    elif isinstance(config, TrainConfig):
        train_transformer(config, run_dir)
    else:
        raise TypeError(f"no training loop takes a {type(config).__name__}")
