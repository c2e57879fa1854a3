"""Writes docs/reference from the commands and the configs; `--check` tells whether it is stale.

Run as `python -m hanazora.cli.reference`; the pages are never edited by hand.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from hanazora.cli.error_ids import families
from hanazora.core.config_docs import describe
from hanazora.core.errors import EXIT_USER_ERROR

REFERENCE_DIR = Path(__file__).resolve().parents[3] / "docs" / "reference"
_NOTE = "<!-- Written by `make reference`; do not edit. -->\n"


def main() -> None:
    """Write the pages, or with --check exit with 2 where one is stale."""
    stale = [name for name, text in pages().items() if _read(name) != text]
    if "--check" in sys.argv[1:]:
        if stale:
            print(f"docs/reference is stale: {', '.join(stale)}; run make reference")
            sys.exit(EXIT_USER_ERROR)
        return
    REFERENCE_DIR.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (REFERENCE_DIR / name).write_text(pages()[name], encoding="utf-8")
        print(f"wrote docs/reference/{name}")


def pages() -> dict[str, str]:
    """Return the text of every reference page by file name."""
    return {
        "cli.md": cli_page(),
        "config.md": config_page(),
        "errors.md": errors_page(),
        "recipes.md": recipes_page(),
    }


def cli_page() -> str:
    """Describe every command and every option."""
    from hanazora.cli.commands import command_line

    lines = [_NOTE, "# Commands\n"]
    for name, command in _commands("hanazora", command_line()):
        lines.append(f"## `{name}`\n\n{command.help}\n")
        rows = [_option_row(option) for option in command.params if option.name != "help"]
        if rows:
            lines += ["| option | default | meaning |", "|---|---|---|", *rows, ""]
    return "\n".join(lines)


def errors_page() -> str:
    """Describe every id that a refusal may end in."""
    lines = [_NOTE, "# Errors\n"]
    lines.append("The id at the end of a message leads here; the message itself says the rest.\n")
    lines += [f"## {one.id}: {one.title}\n\n{one.help}\n" for one in families()]
    return "\n".join(lines)


def config_page() -> str:
    """Describe every field of every config that a user sets."""
    from hanazora.pipelines.request import GenerateRequest
    from hanazora.train.autoencoder_loop import AutoencoderTrainConfig
    from hanazora.train.state import TrainConfig

    lines = [_NOTE, "# Config fields\n"]
    lines.append("Set one for a run with `hanazora train RECIPE --set KEY=VALUE`.\n")
    for kind in (TrainConfig, AutoencoderTrainConfig, GenerateRequest):
        lines.append(f"## `{kind.__name__}`\n\n{_first_line(kind)}\n")
        lines += ["| key | type | default | meaning |", "|---|---|---|---|"]
        lines += [
            f"| `{row.key}` | `{_cell(row.kind)}` | `{_cell(row.default)}` | {_cell(row.doc)} |"
            for row in describe(kind)
        ]
        lines.append("")
    return "\n".join(lines)


def recipes_page() -> str:
    """List every recipe with what it says of itself."""
    from hanazora.recipes import RECIPES

    recipes: Mapping[str, Callable[[], object]] = RECIPES
    lines = [_NOTE, "# Recipes\n", "Run one with `hanazora train NAME`.\n"]
    for name in sorted(recipes):
        lines.append(f"## `{name}`\n\n{_docstring(recipes[name])}\n")
    return "\n".join(lines)


def _commands(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    children = getattr(command, "commands", None)
    if children is None:
        yield name, command
        return
    for child in sorted(children):
        yield from _commands(f"{name} {child}", children[child])


def _option_row(option: Any) -> str:
    names = ", ".join(f"`{text}`" for text in option.opts)
    if not option.opts[0].startswith("-"):
        names = f"`{option.name.upper()}`"
    default = "" if option.default is None else f"`{option.default}`"
    return f"| {names} | {'required' if option.required else default} | {_cell(option.help)} |"


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|")


def _first_line(kind: type[Any]) -> str:
    return _docstring(kind).partition("\n")[0]


def _docstring(thing: Any) -> str:
    return "\n".join(line.strip() for line in (thing.__doc__ or "").strip().splitlines())


def _read(name: str) -> str | None:
    path = REFERENCE_DIR / name
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    main()
