"""`hanazora access`: which tier may do what, who is in which, and which is open."""

from pathlib import Path
from typing import Annotated

import typer

from hanazora.core.choices import require_choice
from hanazora.core.paths import bundled_model_dir
from hanazora.safety.access.evaluation import hash_model_directory, load_reports
from hanazora.safety.access.grants import AccessStore
from hanazora.safety.access.promotion import Promoter
from hanazora.safety.access.tiers import FEATURES, load_access
from hanazora.safety.audit.log import open_audit_log
from hanazora.safety.audit.record import AuditEvent
from hanazora.safety.database import database_path
from hanazora.safety.policy import TIERS, load_policy
from hanazora.safety.redteam.campaigns import RedTeam

access_app = typer.Typer(help="Staged access: tiers, grants and promotions.", no_args_is_help=True)
Model = Annotated[
    Path | None, typer.Option(metavar="DIR", help="A model directory; else the bundled one.")
]
Reviewer = Annotated[str, typer.Option(metavar="NAME", help="Who decides; goes into the log.")]


@access_app.command()
def show(
    user: Annotated[str | None, typer.Argument(help="A user; else all tiers.")] = None,
    model: Model = None,
) -> None:
    """Print what each tier may do, which is open and what the next one lacks; or one user's."""
    promoter = _promoter(model)
    store = promoter.store
    if user is not None:
        tier, used = store.tier_of(user), store.usage(user)
        access = store.rules.tier(tier)
        print(f"{user}: {tier} ({access.title})")
        print(
            f"  today {used.videos} of {access.videos_per_day} videos, "
            f"{used.seconds:g} of {access.seconds_per_day:g} s"
        )
        return
    opened = store.open_tier(promoter.policy.sha256, promoter.model_sha256)
    for tier in TIERS:
        access = store.rules.tier(tier)
        state = "open" if TIERS.index(tier) <= TIERS.index(opened) else "closed"
        features = ", ".join(name for name in FEATURES if getattr(access, name))
        print(f"{tier:<8} {state:<6} {access.title}: {features}")
        print(
            f"    {access.videos_per_day} videos and {access.seconds_per_day:g} s a day, each up "
            f"to {access.max_seconds:g} s and {access.max_side_px} px"
        )
    upcoming = promoter.next_tier()
    if upcoming is not None:
        missing = promoter.readiness(upcoming).missing
        print(f"before {upcoming} opens: {'nothing is missing' if not missing else ''}".rstrip())
        print("\n".join(f"  {reason}" for reason in missing))


@access_app.command()
def grant(
    user: Annotated[str, typer.Argument(help="Name or id of a user; only its hash is kept.")],
    tier: Annotated[str, typer.Argument(help="redteam, trusted, limited or general.")],
    reviewer: Reviewer = "",
) -> None:
    """Put a user into a tier."""
    chosen, store = require_choice("tier", tier, TIERS), _store()
    open_audit_log().append(
        AuditEvent(event="grant", action=chosen, tier=chosen, user=user, reviewer=reviewer)
    )
    store.grant(user, chosen, reviewer)
    print(f"{user}: {chosen}")


@access_app.command()
def promote(
    tier: Annotated[str, typer.Argument(help="The tier to open; they open in order.")],
    reviewer: Reviewer,
    model: Model = None,
) -> None:
    """Open a tier; refused until the newest figures and the red team's work allow it."""
    promoter = _promoter(model)
    promoter.promote(require_choice("tier", tier, TIERS), open_audit_log(), reviewer)
    print(f"{tier} is open for policy {promoter.policy.version}")


def _store() -> AccessStore:
    rules, _ = load_access()
    return AccessStore(database_path(), open_audit_log().key, rules)


def _promoter(model: Path | None) -> Promoter:
    store = _store()
    return Promoter(
        store,
        RedTeam(store.path, store.key),
        load_reports(),
        load_policy(),
        hash_model_directory(model or bundled_model_dir()),
    )
