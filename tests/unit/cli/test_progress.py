import io

from rich.console import Console

from hanazora.cli.progress import TerminalProgress
from hanazora.pipelines.progress import Progress


def show(is_terminal):
    out = io.StringIO()
    console = Console(file=out, force_terminal=is_terminal, width=100)
    with TerminalProgress(console) as progress:
        assert isinstance(progress, Progress)
        progress.start("denoising", 4)
        progress.advance(4)
        progress.start("encoding", 2)
        progress.advance()
    return out.getvalue()


def test_a_terminal_shows_steps_and_time_left():
    text = show(True)
    assert "denoising" in text and "4/4" in text and "1/2" in text and "eta" in text


def test_a_log_file_gets_one_line_per_stage():
    lines = show(False).strip().splitlines()
    assert [line.split(":")[0] for line in lines] == ["denoising", "encoding"]


def test_steps_before_a_stage_are_ignored():
    with TerminalProgress(Console(file=io.StringIO())) as progress:
        progress.advance()
