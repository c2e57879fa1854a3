"""`hanazora audit`: check, export and shorten the log of decisions."""

import json
from pathlib import Path
from typing import Annotated

import typer

from hanazora.core.errors import UserError
from hanazora.core.paths import write_text
from hanazora.safety.audit.log import open_audit_log
from hanazora.safety.audit.record import Link
from hanazora.safety.audit.verification import read_records, verify_log

EXIT_DAMAGED = 4

audit_app = typer.Typer(help="The log of decisions.", no_args_is_help=True)


@audit_app.command()
def verify(
    anchor: Annotated[
        str | None,
        typer.Option(metavar="SEQ:HASH", help="A last line that was noted earlier, elsewhere."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Find a line that was changed, removed, moved or cut off; exits with 4 where there is one."""
    checked = verify_log(open_audit_log(), None if anchor is None else _link(anchor))
    last = f"{checked.last.seq}:{checked.last.hash}"
    if as_json:
        facts = {
            "ok": checked.ok,
            "problem": checked.problem,
            "records": checked.num_records,
            "expired": checked.first.seq,
            "recovered": checked.num_recovered,
            "last": last,
        }
        print(json.dumps(facts))
    elif checked.ok:
        print(f"{checked.num_records} lines fit; {checked.first.seq} before them have expired")
        print(f"keep this elsewhere to notice a log that is put back: {last}")
    else:
        print(f"DAMAGED: {checked.problem}")
    if not checked.ok:
        raise typer.Exit(EXIT_DAMAGED)


@audit_app.command()
def export(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A .jsonl file; else the terminal.")
    ] = None,
    since: Annotated[
        str, typer.Option(metavar="TIME", help="From this time on, ISO 8601, UTC.")
    ] = "",
    event: Annotated[str, typer.Option(help="Only this kind, such as decision.")] = "",
    decision: Annotated[str, typer.Option(metavar="ID", help="Only this decision.")] = "",
) -> None:
    """Write the lines for a reviewer: JSON Lines without texts and without names of users."""
    lines = [
        json.dumps(record)
        for record in read_records(open_audit_log())
        if str(record["time"]) >= since
        and event in ("", record.get("event"))
        and decision in ("", record.get("decision_id"))
    ]
    if output is None:
        print("\n".join(lines))
        return
    write_text(output, "".join(f"{line}\n" for line in lines))
    print(f"{output}: {len(lines)} lines")


@audit_app.command()
def retain(
    days: Annotated[int, typer.Argument(min=1, help="Days whose lines are kept.")],
) -> None:
    """Delete older days; the log says so, and what is left can still be verified."""
    expired = open_audit_log().expire(days)
    print("\n".join(expired) or f"nothing is older than {days} days")


def _link(text: str) -> Link:
    number, _, digest = text.partition(":")
    if not number.isdigit() or len(digest) != 64:
        raise UserError(f"anchor {text!r}", "it must be SEQ:HASH as `audit verify` prints it")
    return Link(int(number), digest)
