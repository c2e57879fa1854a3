"""`hanazora keys`: the keys that sign what leaves this installation."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from hanazora.core.errors import UserError
from hanazora.provenance import keys as store

keys_app = typer.Typer(
    help="The keys that sign what leaves this installation.", no_args_is_help=True
)


@keys_app.command()
def init(
    certificate: Annotated[
        Path | None,
        typer.Option(metavar="PEM", help="Sign with this certificate; then those up to its root."),
    ] = None,
    key: Annotated[
        Path | None, typer.Option(metavar="PEM", help="Its private key, without a password.")
    ] = None,
    command: Annotated[
        str | None,
        typer.Option(help="Or a program that reads a message and writes its signature."),
    ] = None,
) -> None:
    """Make the keys where there are none; with --certificate, sign with a key of your own."""
    if certificate is None:
        if key is not None or command is not None:
            raise UserError("a key without a certificate", "", "--certificate FILE")
        store.make_keys()
    else:
        words = None if command is None else shlex.split(command)
        store.install_signer(certificate, key=key, command=words)
    show()


@keys_app.command()
def show() -> None:
    """Print who signs, which roots count as ours, and when they run out; no secret is shown."""
    print(store.keys_dir())
    for facts in store.describe():
        print(f"{facts.role}  {facts.subject}  until {facts.expires:%Y-%m-%d}  {facts.sha256}")


@keys_app.command()
def rotate(
    root: Annotated[
        bool, typer.Option("--root", help="The root, too; files under the old one stay Trusted.")
    ] = False,
) -> None:
    """Make a new signer, at once; without this it is renewed 30 days before it runs out."""
    store.rotate(new_root=root)
    show()
