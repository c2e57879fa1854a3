"""The `hanazora` command: collects the commands and turns every failure into one line.

Exit codes: 0 done, 2 the input was refused, 130 stopped by Ctrl-C, 143 by a termination request,
141 nobody reads its output any more, 1 our own mistake.
"""

import os
import signal
import sys
from types import FrameType

import typer

from hanazora.cli.data.app import data_app
from hanazora.cli.detect import detect
from hanazora.cli.error_ids import COMMAND_LINE, error_id
from hanazora.cli.expand import expand
from hanazora.cli.generate import generate
from hanazora.cli.keys import keys_app
from hanazora.cli.measuring.app import eval_app
from hanazora.cli.oversight.access import access_app
from hanazora.cli.oversight.audit import audit_app
from hanazora.cli.oversight.redteam import redteam_app
from hanazora.cli.oversight.review import appeal, report, review_app
from hanazora.cli.parsing import parser_line
from hanazora.cli.policy import policy_app
from hanazora.cli.runs.doctor import doctor
from hanazora.cli.runs.estimate import estimate
from hanazora.cli.runs.resume import decode, resume
from hanazora.cli.safety import safety_app
from hanazora.cli.train import train
from hanazora.cli.verbs.animate import animate
from hanazora.cli.verbs.connect import connect
from hanazora.cli.verbs.edit import edit
from hanazora.cli.verbs.extend import extend
from hanazora.cli.verbs.loop import loop
from hanazora.cli.verbs.picture import picture
from hanazora.cli.verbs.plan import plan
from hanazora.cli.verbs.storyboard import storyboard
from hanazora.cli.verify import verify
from hanazora.cli.version import version
from hanazora.cli.world import world_app
from hanazora.core.errors import (
    EXIT_CANCELLED,
    EXIT_USER_ERROR,
    CancelledError,
    NonFiniteError,
    RunKeptError,
    UserError,
)

EXIT_TERMINATED = 143
EXIT_UNREAD = 141

app = typer.Typer(
    name="hanazora",
    help="One sentence to a playable video.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("generate")(generate)
app.command("animate")(animate)
app.command("extend")(extend)
app.command("connect")(connect)
app.command("loop")(loop)
app.command("edit")(edit)
app.command("storyboard")(storyboard)
app.command("picture")(picture)
app.command("plan")(plan)
app.command("estimate")(estimate)
app.command("resume")(resume)
app.command("decode")(decode)
app.command("expand")(expand)
app.command("train")(train)
app.command("verify")(verify)
app.command("detect")(detect)
app.command("appeal")(appeal)
app.command("report")(report)
app.command("version")(version)
app.command("doctor")(doctor)
app.add_typer(world_app, name="world")
app.add_typer(data_app, name="data")
app.add_typer(eval_app, name="eval")
app.add_typer(keys_app, name="keys")
app.add_typer(access_app, name="access")
app.add_typer(audit_app, name="audit")
app.add_typer(review_app, name="review")
app.add_typer(redteam_app, name="redteam")
app.add_typer(policy_app, name="policy")
app.add_typer(safety_app, name="safety")


def main() -> None:
    """Run the command line and exit with its code."""
    # A termination request unwinds like an exception, so that no partial file is left behind.
    signal.signal(signal.SIGTERM, _terminate)
    try:
        code = run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads the output has seen enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = EXIT_UNREAD
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; what the user did wrong is one line on stderr."""
    try:
        code = typer.main.get_command(app).main(
            args=arguments, prog_name="hanazora", standalone_mode=False
        )
        # The parser turns Ctrl-C into this code without a word.
        if code == EXIT_CANCELLED:
            raise CancelledError
        return code if isinstance(code, int) else 0
    except RunKeptError as error:
        return _fail(str(error), EXIT_CANCELLED)
    except (KeyboardInterrupt, CancelledError, typer.Abort):
        return _fail("cancelled; nothing was written", EXIT_CANCELLED)
    except typer.Exit as request:
        return request.exit_code
    except UserError as error:
        return _fail(str(error), EXIT_USER_ERROR, error_id(error))
    except NonFiniteError as error:
        return _fail(f"{error}; nothing was written, try --dtype fp32", 1, error_id(error))
    except Exception as error:
        # The parser's own errors share a base class that its package does not export.
        if not hasattr(error, "format_message"):
            raise
        message = parser_line(error)
        return _fail(message, EXIT_USER_ERROR, COMMAND_LINE.id) if message else EXIT_USER_ERROR


def _fail(message: str, code: int, family: str = "") -> int:
    line = " ".join([*message.split(), *([f"[{family}]"] if family else [])])
    print(f"hanazora: {line}", file=sys.stderr)
    return code


def _terminate(number: int, frame: FrameType | None) -> None:
    del number, frame
    sys.exit(EXIT_TERMINATED)


if __name__ == "__main__":
    main()
