"""The `hanazora` command: runs one command and turns every failure into one line.

Exit codes: 0 done, 2 the input was refused, 130 stopped by Ctrl-C, 143 by a termination request,
141 nobody reads its output any more, 1 our own mistake.
"""

import os
import signal
import sys
from types import FrameType

import typer

from hanazora.cli.commands import command_line
from hanazora.cli.error_ids import COMMAND_LINE, error_id
from hanazora.cli.parsing import parser_line
from hanazora.cli.starting import own_process, starting
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


def main() -> None:
    """Run the command line and exit with its code."""
    own_process()
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
        with starting():
            command = command_line(arguments)
        code = command.main(args=arguments, prog_name="hanazora", standalone_mode=False)
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
