"""`hanazora safety`: judge a text, and say what is judged here and what is not."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hanazora.cli.starting import starting
from hanazora.core.choices import require_choice
from hanazora.core.errors import UserError
from hanazora.safety.policy import TIERS, load_policy

if TYPE_CHECKING:
    from hanazora.safety.findings import Verdict
    from hanazora.safety.policy import Policy, Tier

EXIT_BLOCKED = 1

safety_app = typer.Typer(help="What may be asked and shown.", no_args_is_help=True)
PolicyFile = Annotated[
    Path | None,
    typer.Option("--policy", metavar="FILE", help="Else that of HANAZORA_POLICY or the packaged."),
]


@safety_app.command()
def check(
    text: Annotated[str | None, typer.Argument(help="A prompt.")] = None,
    stdin: Annotated[
        bool, typer.Option("--stdin", help="Read lines; with --json objects that have a `prompt`.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per text.")] = False,
    tier: Annotated[str, typer.Option(help="redteam, trusted, limited or general.")] = "general",
    policy: PolicyFile = None,
) -> None:
    """Judge a prompt: category, rule, place and decision id; exit code 1 when it is refused.

    With --stdin every line is answered as it comes, and the exit code is 0.
    """
    asked_for = require_choice("tier", tier, TIERS)
    if stdin == (text is not None):
        raise UserError("a text or --stdin", "exactly one of them must be given")
    loaded = load_policy(policy)
    if text is not None:
        with starting():
            verdict = _judge(text, asked_for, loaded)
        _show(text, verdict, as_json)
        raise typer.Exit(EXIT_BLOCKED if verdict.blocked else 0)
    for number, read in enumerate(sys.stdin.buffer, 1):
        line = _decoded(read, number)
        if line.strip():
            prompt = _prompt(line, number) if as_json else line.rstrip("\r\n")
            _show(prompt, _judge(prompt, asked_for, loaded), as_json)
            sys.stdout.flush()  # the other end may wait for the answer before it asks again


@safety_app.command()
def status(
    policy: PolicyFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per pair.")] = False,
) -> None:
    """Print per stage and category what covers it; "nothing" where nothing does."""
    from hanazora.safety.status import status_lines

    loaded = load_policy(policy)
    if not as_json:
        print(f"policy {loaded.version}, sha256 {loaded.sha256[:12]}")
    for stage, category, said in status_lines(loaded):
        if as_json:
            print(json.dumps({"stage": stage, "category": category, "covered_by": said}))
        else:
            print(f"{stage:7} {category:15} {said}")


def _judge(text: str, tier: "Tier", policy: "Policy") -> "Verdict":
    from hanazora.safety.prompt_filter import judge_text

    if any("\ud800" <= character <= "\udfff" for character in text):
        raise UserError("the text holds bytes that are not text", "it must be UTF-8")
    return judge_text(text, tier=tier, policy=policy)


def _decoded(line: bytes, number: int) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        what = f"line {number} holds bytes that are not text"
        raise UserError(what, "it must be UTF-8") from error


def _prompt(line: str, number: int) -> str:
    rule = 'each line must be an object with a text as "prompt"'
    try:
        data = json.loads(line)
    except ValueError as error:
        raise UserError(f"line {number} is not JSON", rule) from error
    if not isinstance(data, dict) or not isinstance(data.get("prompt"), str):
        raise UserError(f"line {number} has no prompt", rule)
    return str(data["prompt"])


def _show(text: str, verdict: "Verdict", as_json: bool) -> None:
    if as_json:
        answer = {
            "blocked": verdict.blocked,
            "action": verdict.action,
            "category": verdict.category if verdict.action != "allow" else None,
            "rule": verdict.rule if verdict.action != "allow" else None,
            "span": verdict.span if verdict.action != "allow" else None,
            "decision_id": verdict.decision_id,
            "message": verdict.message,
        }
        print(json.dumps(answer, ensure_ascii=False))
        return
    if verdict.action == "allow":
        print(f"allow  (decision {verdict.decision_id})")
        return
    where = f'"{text[slice(*verdict.span)]}"' if verdict.span else "the whole text"
    print(f"{verdict.action}  {verdict.category}, rule {verdict.rule}, at {where}")
    print(f"{verdict.message} (decision {verdict.decision_id})")
