import io

import pytest
from rich.console import Console

from hanazora.cli.data.judging import Bar, judge, print_report
from hanazora.cli.progress import TerminalProgress
from hanazora.core.errors import UserError
from hanazora.data.sources.samples import SampleConfig


def test_a_bar_learns_its_length_at_the_first_step():
    out = io.StringIO()
    with TerminalProgress(Console(file=out)) as progress:
        bar = Bar(progress, "checking")
        for _ in range(3):
            bar(3)
    assert out.getvalue().startswith("checking: ")


def test_a_report_names_sizes_and_losses(tmp_path, write_clip, capsys):
    write_clip(tmp_path / "a.mp4", [index / 8 for index in range(17)])
    write_clip(tmp_path / "b.mp4", [0, 0.125], None)
    print_report(judge(tmp_path, SampleConfig()), tmp_path)
    out = capsys.readouterr().out
    assert f"dropped: {tmp_path / 'b.mp4'} has no caption: there is no b.txt; try" in out
    assert "    17      96      64        1              30\n" in out
    assert "clips used: 1, dropped: 1; samples: 1, tokens: 30" in out and "no buckets" in out


def test_a_report_of_nothing_is_refused_after_it_is_printed(tmp_path, write_clip, capsys):
    write_clip(tmp_path / "b.mp4", [0, 0.125], None)
    with pytest.raises(UserError, match="no clip of"):
        print_report(judge(tmp_path, SampleConfig()), tmp_path)
    assert "dropped: " in capsys.readouterr().out
