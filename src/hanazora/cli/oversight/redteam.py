"""`hanazora redteam`: campaigns, what was tried, what got through, and what was never tried."""

from pathlib import Path
from typing import Annotated

import typer

from hanazora.core.choices import require_choice
from hanazora.core.errors import UserError
from hanazora.core.paths import bundled_model_dir
from hanazora.safety.access.evaluation import hash_model_directory
from hanazora.safety.audit.log import open_audit_log
from hanazora.safety.audit.record import AuditEvent
from hanazora.safety.database import database_path
from hanazora.safety.policy import load_policy
from hanazora.safety.redteam.campaigns import SEVERITIES, STATUSES, RedTeam
from hanazora.safety.redteam.coverage import CoverageTable
from hanazora.safety.redteam.coverage import summary as summary_lines
from hanazora.safety.redteam.tactics import load_tactics

redteam_app = typer.Typer(help="Campaigns of the red team.", no_args_is_help=True)
Model = Annotated[
    Path | None, typer.Option(metavar="DIR", help="A model directory; else the bundled one.")
]


@redteam_app.command()
def campaign(
    name: Annotated[str | None, typer.Argument(help="A new campaign; else all are listed.")] = None,
    close: Annotated[bool, typer.Option("--close", help="End the campaign of that name.")] = False,
    model: Model = None,
) -> None:
    """Start a campaign against the policy and the model in use, end one, or list them."""
    team = _team()
    if name is None:
        for one in team.campaigns():
            state = f"closed {one.closed}" if one.closed else "open"
            print(f"{one.name}  since {one.started}  {state}  policy {one.policy_sha256[:12]}")
    elif close:
        team.close(name)
        print(f"{name} is closed")
    else:
        team.start(name, load_policy().sha256, hash_model_directory(model or bundled_model_dir()))
        print(f"{name} is open; tactics: {', '.join(load_tactics().tactics)}")


@redteam_app.command("try")
def count_tries(
    campaign: Annotated[str, typer.Argument(help="Name of an open campaign.")],
    category: Annotated[str, typer.Argument(help="A category of the policy.")],
    tactic: Annotated[str, typer.Argument(help="A tactic.")],
    count: Annotated[int, typer.Option(min=1, help="How many tries held.")] = 1,
) -> None:
    """Count tries that did not get through."""
    _team().count(
        campaign, load_policy().require_category(category), load_tactics().require(tactic), count
    )
    print(f"{campaign}: {count} more for {category} x {tactic}")


@redteam_app.command()
def finding(
    campaign: Annotated[
        str | None, typer.Argument(help="Name of an open campaign; else findings are listed.")
    ] = None,
    category: Annotated[str, typer.Option(help="A category of the policy.")] = "",
    tactic: Annotated[str, typer.Option(help="The tactic that worked.")] = "",
    severity: Annotated[str, typer.Option(help="low, medium, high or critical.")] = "medium",
    repro: Annotated[str, typer.Option(help="What makes it happen; only its hash is kept.")] = "",
    note: Annotated[str, typer.Option(help="Facts for whoever fixes it.")] = "",
    reviewer: Annotated[str, typer.Option(metavar="NAME", help="Who found or decided it.")] = "",
    set_status: Annotated[
        str,
        typer.Option(metavar="ID=STATUS", help="open, fixed, accepted, duplicate or invalid."),
    ] = "",
) -> None:
    """Record what got through, change its state, or list what is known."""
    team = _team()
    if set_status:
        number, _, status = set_status.partition("=")
        if not number.isdigit():
            raise UserError(f"--set-status {set_status!r}", "it must be ID=STATUS", "3=fixed")
        team.set_status(int(number), require_choice("status", status, STATUSES), reviewer, note)
        _remember(int(number), status, category, reviewer)
    elif campaign is not None:
        if not repro:
            raise UserError("a finding without --repro", "somebody must be able to see it again")
        found = team.find(
            campaign, load_policy().require_category(category), load_tactics().require(tactic),
            require_choice("severity", severity, SEVERITIES),
            repro=repro, note=note, reviewer=reviewer,
        )  # fmt: skip
        _remember(found, "open", category, reviewer)
    for one in team.findings():
        print(f"{one.id}  {one.severity}  {one.status}  {one.category} x {one.tactic}  {one.note}")


@redteam_app.command()
def coverage(model: Model = None) -> None:
    """Print the tries per category and tactic against the policy and the model in use."""
    table = _table(model)
    print(table.text())
    print(f"{table.share():.0%} of the cells were tried")


@redteam_app.command()
def summary(
    since: Annotated[str, typer.Option(metavar="DATE", help="Findings from this day on.")] = "",
    model: Model = None,
) -> None:
    """Print coverage and findings by severity and category, for a quarterly review."""
    print("\n".join(summary_lines(_team().findings(), _table(model), since)))


def _team() -> RedTeam:
    return RedTeam(database_path(), open_audit_log().key)


def _table(model: Path | None) -> CoverageTable:
    policy, sha256 = load_policy(), hash_model_directory(model or bundled_model_dir())
    tries = _team().tries(policy.sha256, sha256)
    return CoverageTable(tuple(policy.categories), tuple(load_tactics().tactics), tries)


def _remember(number: int, action: str, category: str, reviewer: str) -> None:
    event = AuditEvent(
        event="finding", action=action, category=category, reviewer=reviewer,
        detail=f"finding {number}",
    )  # fmt: skip
    open_audit_log().append(event)
