import subprocess
import sys

import pytest

from hanazora.cli import main
from hanazora.core.errors import CancelledError, NonFiniteError, UserError


@pytest.fixture
def failing(monkeypatch):
    def fail_with(error):
        def command():
            raise error

        monkeypatch.setattr("hanazora.cli.version.version", command)

    return fail_with


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (UserError("size 7x7", "a rule", "16x16"), 2, "hanazora: size 7x7: a rule; try 16x16\n"),
        (CancelledError(), 130, "hanazora: cancelled; nothing was written\n"),
        (KeyboardInterrupt(), 130, "hanazora: cancelled; nothing was written\n"),
        (NonFiniteError("frame 3 is not finite"), 1, "hanazora: frame 3 is not finite; nothing"),
    ],
)
def test_every_failure_is_one_line_and_a_code(failing, capsys, error, code, message):
    failing(error)
    assert main.run(["version"]) == code
    err = capsys.readouterr().err
    assert err.strip().count("\n") == 0
    assert message.strip() in err


def test_our_own_mistakes_keep_their_trace(failing):
    failing(RuntimeError("a bug"))
    with pytest.raises(RuntimeError, match="a bug"):
        main.run(["version"])


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["version", "--nonsense"], ["generate", "a", "--seed", "x"]]
)
def test_a_wrong_command_line_is_one_line(capsys, arguments):
    assert main.run(arguments) == 2
    err = capsys.readouterr().err
    assert err.startswith("hanazora: ")
    assert err.strip().count("\n") == 0


def test_help_is_a_success(capsys):
    assert main.run(["--help"]) == 0
    assert "generate" in capsys.readouterr().out


def test_a_group_of_commands_prints_its_help_and_nothing_else(capsys):
    assert main.run(["world"]) == 2
    printed = capsys.readouterr()
    assert "render" in printed.out
    assert printed.err == ""


def test_help_does_not_wait_for_torch(run_python):
    script = "import sys, hanazora.cli.main; sys.exit('torch' in sys.modules)"
    assert run_python("-c", script).returncode == 0


def test_a_termination_request_unwinds(run_python):
    script = (
        "import os, signal, sys; from hanazora.cli import main, version\n"
        "def command():\n"
        "    try: os.kill(os.getpid(), signal.SIGTERM)\n"
        "    finally: print('cleaned up')\n"
        "version.version = command\n"
        "sys.argv = ['hanazora', 'version']; main.main()"
    )
    done = run_python("-c", script)
    assert (done.returncode, done.stdout.strip()) == (143, "cleaned up")


def test_a_reader_that_has_seen_enough_is_no_failure(tmp_path):
    code = (
        "import sys, hanazora.cli.main as m\n"
        "sys.argv = ['hanazora', 'version']\n"
        "m.run = lambda arguments: print('x' * (1 << 20)) or 0\n"
        "m.main()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.read(1)
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == main.EXIT_UNREAD
