"""`hanazora eval`: the suites of `cli.evaluate`, and every measure that stands beside them."""

from hanazora.cli.evaluate import eval_app
from hanazora.cli.measuring.distance import distance
from hanazora.cli.measuring.drift import drift
from hanazora.cli.measuring.export import export
from hanazora.cli.measuring.permanence import permanence
from hanazora.cli.measuring.reconstruction import reconstruction

__all__ = ["eval_app"]

eval_app.command("permanence")(permanence)
eval_app.command("drift")(drift)
eval_app.command("distance")(distance)
eval_app.command("export")(export)
eval_app.command("reconstruction")(reconstruction)
