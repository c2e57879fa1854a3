"""`hanazora data`: the commands on one's own clips, in the order they are used."""

import typer

from hanazora.cli.data.check import check
from hanazora.cli.data.encode import encode
from hanazora.cli.data.preview import preview

data_app = typer.Typer(help="Your own clips, as data to train on.", no_args_is_help=True)
data_app.command("check")(check)
data_app.command("preview")(preview)
data_app.command("encode")(encode)
