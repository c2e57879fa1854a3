"""`hanazora appeal`, `report` and `review`: what users say, and what a person makes of it."""

import json
from pathlib import Path
from typing import Annotated

import typer

from hanazora.core.choices import require_choice
from hanazora.safety.audit.log import open_audit_log
from hanazora.safety.database import database_path
from hanazora.safety.policy import load_policy
from hanazora.safety.review.queue import OUTCOMES, Case, ReviewQueue

review_app = typer.Typer(help="The reviewer queue.", no_args_is_help=True)


def appeal(
    decision_id: Annotated[str, typer.Argument(metavar="ID", help="What the refusal gave.")],
    reason: Annotated[str, typer.Argument(metavar="TEXT", help="Why it is wrong.")],
    prompt: Annotated[
        str, typer.Option(help="The exact prompt, if the reviewer may see it; never kept else.")
    ] = "",
) -> None:
    """Ask a person to look at a refusal again."""
    case = _queue().appeal(decision_id, reason, prompt)
    print(f"case {case.id}: a person will look at decision {decision_id} again")


def report(
    target: Annotated[str, typer.Argument(metavar="FILE|ID", help="A file or a manifest's name.")],
    reason: Annotated[str, typer.Option(help="What is wrong with it.")],
    category: Annotated[str, typer.Option(help="A category of the policy.")] = "",
) -> None:
    """Report a video that should not be shown."""
    if category:
        load_policy().require_category(category)
    case = _queue().report(_subjects(target), reason, category)
    print(f"case {case.id}: known by {', '.join(sorted(case.subjects))}")


@review_app.command("list")
def list_cases(
    every: Annotated[bool, typer.Option("--all", help="Decided ones, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
) -> None:
    """Print the cases, oldest first."""
    cases = _queue().cases(only_open=not every)
    for case in cases:
        print(json.dumps(case._asdict()) if as_json else _line(case))
    if not cases and not as_json:
        print("no case waits" if not every else "there is no case")


@review_app.command()
def decide(
    number: Annotated[int, typer.Argument(metavar="CASE", help="Number of the case.")],
    outcome: Annotated[
        str,
        typer.Argument(help="Appeals: upheld, overturned. Reports: dismissed, removed."),
    ],
    reviewer: Annotated[str, typer.Option(metavar="NAME", help="Who decides.")],
    note: Annotated[str, typer.Option(help="Why.")] = "",
) -> None:
    """Close a case; the outcome becomes a label, and "removed" a takedown."""
    chosen = require_choice("outcome", outcome, OUTCOMES)
    case = _queue().decide(number, chosen, reviewer, note)
    print(_line(case))


def _queue() -> ReviewQueue:
    return ReviewQueue(database_path(), open_audit_log())


def _subjects(target: str) -> dict[str, str]:
    path = Path(target)
    if not path.exists():
        return {"manifest": target}
    # Loads torch and reads the pixels: only where there is a file.
    from hanazora.pipelines.detect.detect import detect, subjects_of

    return subjects_of(detect(path))


def _line(case: Case) -> str:
    what = case.decision_id or ", ".join(f"{k} {v[:16]}" for k, v in case.subjects.items())
    state = f"{case.outcome} by {case.reviewer}" if case.outcome else "open"
    shown = f"  prompt: {case.prompt}" if case.prompt else ""
    return f"{case.id}  {case.kind}  {case.category or '-'}  {what}  {state}: {case.reason}{shown}"
