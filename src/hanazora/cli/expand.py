"""`hanazora expand`: a prompt in the language of the model, and what was understood of it."""

import json
import os
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from hanazora.pipelines.request import GenerateRequest, check_prompt_text

if TYPE_CHECKING:
    from hanazora.pipelines.expander.expand import Expansion, Understood

KEY_VARIABLE = "HANAZORA_EXPANDER_KEY"
"""Environment variable with the key of the endpoint, if it wants one."""

URL_VARIABLE = "HANAZORA_EXPANDER_URL"
"""Environment variable with the endpoint, for every command that makes a video."""

_ORIGINS = {
    "default": "added",
    "typo": "spelling corrected",
    "meaning": "nearest meaning",
    "nearest": "nearest in the world",
    "llm": "language model",
}

ExpanderUrl = Annotated[
    str | None,
    typer.Option(
        "--expander-url",
        metavar="URL",
        envvar=URL_VARIABLE,
        help="Ask the language model behind this OpenAI-compatible endpoint first.",
    ),
]
ExpanderModel = Annotated[
    str, typer.Option("--expander-model", metavar="NAME", help="The model the endpoint is asked.")
]


def expand(
    prompt: Annotated[str, typer.Argument(help="English, Chinese or Japanese.")],
    seed: Annotated[int, typer.Option(help="Decides what the prompt leaves open.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    semantic: Annotated[
        bool, typer.Option(help="Read unknown words by meaning where the extra is installed.")
    ] = True,
    expander_url: ExpanderUrl = None,
    expander_model: ExpanderModel = "default",
) -> None:
    """Show how a prompt is put to the model, what was understood, and what was not."""
    check_prompt_text(prompt)
    expansion = expanded(
        prompt, seed=seed, semantic=semantic, url=expander_url, model=expander_model
    )
    if as_json:
        print(json.dumps({"prompt": prompt, "seed": seed, **asdict(expansion)}, ensure_ascii=False))
        return
    print(expansion.text)
    for line in lines(expansion):
        print(line)


def expanded(
    prompt: str,
    *,
    seed: int,
    given: bool = False,
    semantic: bool = True,
    url: str | None = None,
    model: str = "default",
) -> "Expansion":
    """Expand a prompt and warn on stderr when the language model could not be used."""
    from hanazora.pipelines.expander.expand import expand as expand_prompt
    from hanazora.pipelines.expander.language_model import LanguageModel

    asked = None
    if url is not None:
        asked = LanguageModel(url=url, name=model, key=os.environ.get(KEY_VARIABLE, ""))
    expansion = expand_prompt(
        prompt, seed=seed, given=given, semantic=semantic, language_model=asked
    )
    if expansion.warning:
        print(f"warning: {expansion.warning}", file=sys.stderr)
    return expansion


def lines(expansion: "Expansion") -> list[str]:
    """Return what was understood, added and ignored, one fact a line."""
    found = [""]
    owner = ""
    for fact in expansion.understood:
        name = "picture" if fact.subject < 0 else f"subject {fact.subject}"
        found.append(f"  {name if name != owner else '':10} {_fact(fact)}".rstrip())
        owner = name
    if expansion.source == "caption":
        found.append("  unchanged: it is in the language of the captions already")
    if expansion.source == "nothing":
        found.append("  unchanged: nothing of it is in the world of the bundled model")
    if expansion.ignored:
        found.append(f"  ignored    {', '.join(expansion.ignored)}")
    return found


def _fact(fact: "Understood") -> str:
    said = f'"{fact.words}"' if fact.words else ""
    origin = _ORIGINS.get(fact.origin, "")
    why = ", ".join(part for part in (said, origin) if part)
    return f"{fact.name:12} {fact.value!s:14} {why}"


def told_request(request: GenerateRequest) -> GenerateRequest:
    """Expand the prompts of a request, and print what the model is told, and what was added."""
    from hanazora.pipelines.verbs.telling import expand_request

    def told(prompt: str, given: bool) -> str:
        url = os.environ.get(URL_VARIABLE) or None
        expansion = expanded(prompt, seed=request.seed, given=given, url=url)
        if expansion.text != prompt:
            print(f"told: {expansion.text}")
        if added := [f"{f.name} {f.value}" for f in expansion.understood if f.origin == "default"]:
            print(f"added: {', '.join(added)}")
        if expansion.ignored:
            print(f"not understood: {', '.join(expansion.ignored)}")
        return expansion.text

    return expand_request(request, told)
