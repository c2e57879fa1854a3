import io

import pytest
from rich.console import Console

from hanazora.cli.progress import TerminalProgress
from hanazora.pipelines.progress import Progress


def show(is_terminal, *, silence_s=60.0, **terminal):
    out = io.StringIO()
    console = Console(file=out, force_terminal=is_terminal, width=100, **terminal)
    with TerminalProgress(console, silence_s=silence_s) as progress:
        assert isinstance(progress, Progress)
        progress.start("denoising", 4)
        progress.advance()
        progress.advance(3)
        progress.start("encoding", 2)
        progress.advance()
    return out.getvalue()


def test_a_terminal_shows_steps_and_time_left():
    text = show(True)
    assert "denoising" in text and "4/4" in text and "1/2" in text and "eta" in text


def test_a_log_file_gets_one_line_per_stage():
    lines = show(False).strip().splitlines()
    assert [line.split(":")[0] for line in lines] == ["denoising", "encoding"]


def test_a_long_stage_is_not_silent_in_a_log_file():
    lines = show(False, silence_s=0.0).strip().splitlines()
    assert [line.split(" after")[0] for line in lines if " of " in line] == [
        "denoising: 1 of 4", "denoising: 4 of 4", "encoding: 1 of 2",
    ]  # fmt: skip
    assert [line.endswith(" s left") for line in lines] == [False, True, False, False, False]


@pytest.mark.parametrize("terminal", [False, True])
def test_where_no_bar_moves_nothing_but_text_is_written(terminal):
    text = show(terminal, _environ={"TERM": "dumb"})
    assert text.isascii() and "\x1b" not in text and "\r" not in text
    assert len(text.splitlines()) == 2


def test_steps_before_a_stage_are_ignored():
    with TerminalProgress(Console(file=io.StringIO())) as progress:
        progress.advance()
