"""`hanazora train`: run a recipe; a run that was cut off goes on from its run directory."""

import difflib
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from hanazora.core.config import apply_overrides, to_dict
from hanazora.core.errors import NonFiniteError, OutputError, RunKeptError, UserError
from hanazora.core.log import setup_logging
from hanazora.core.paths import telling_full_disk

EXIT_DIVERGED = 1


def train(
    recipe: Annotated[str | None, typer.Argument(help="Name of a recipe; see --list.")] = None,
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change one field, as optimizer.lr=3e-4."),
    ] = None,
    run_dir: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the run lives; runs/RECIPE.")
    ] = None,
    list_recipes: Annotated[bool, typer.Option("--list", help="Print the recipes.")] = False,
    show: Annotated[
        bool, typer.Option("--show", help="Print the whole configuration, and train nothing.")
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(metavar="RUN", help="Print what the run in a directory has come to."),
    ] = None,
) -> None:
    """Train by a recipe; the run directory is a model that generate takes."""
    from hanazora.recipes import RECIPES

    if report is not None:
        _print_report(report)
        return
    if list_recipes:
        _print_recipes(RECIPES)
        return
    if recipe is None:
        raise UserError("there is no recipe", f"recipes are {', '.join(sorted(RECIPES))}")
    if recipe not in RECIPES:
        close = difflib.get_close_matches(recipe, RECIPES, n=1)
        rule = f"recipes are {', '.join(sorted(RECIPES))}"
        raise UserError(f"unknown recipe {recipe!r}", rule, close[0] if close else "")
    config = apply_overrides(RECIPES[recipe](), overrides or [])
    if show:
        print(json.dumps(to_dict(config), indent=2))
        return
    _run_until_stopped(config, run_dir or Path("runs") / recipe)


def _print_recipes(recipes: Mapping[str, Callable[[], object]]) -> None:
    width = max(map(len, recipes))
    for name in sorted(recipes):
        print(f"{name:<{width}}  {(recipes[name].__doc__ or '').strip().splitlines()[0]}")


def _print_report(run_dir: Path) -> None:
    from hanazora.train.watching.run_report import report_run, report_text

    print(report_text(report_run(run_dir)))


def _run_until_stopped(config: object, run_dir: Path) -> None:
    """Run, and say what a run that was stopped or that diverged has left."""
    from hanazora.parallel.device import tune_allocator

    setup_logging()
    tune_allocator()
    try:
        with telling_full_disk(run_dir):
            run(config, run_dir)
    except KeyboardInterrupt as error:
        raise RunKeptError(f"stopped; {_what_is_left(run_dir)}") from error
    except OutputError:
        print(f"hanazora: {_what_is_left(run_dir)}", file=sys.stderr)
        raise
    except NonFiniteError as error:
        advice = "try --set dtype=fp32 or a lower learning rate"
        print(f"hanazora: {error}; {_what_is_left(run_dir)}; {advice}", file=sys.stderr)
        raise typer.Exit(EXIT_DIVERGED) from error


def _what_is_left(run_dir: Path) -> str:
    if any(run_dir.glob("checkpoint*")):
        return f"the same command goes on from the last checkpoint in {run_dir}"
    return f"there is no checkpoint in {run_dir} yet"


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
