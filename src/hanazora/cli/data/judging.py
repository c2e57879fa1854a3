"""Judge a source of clips on the terminal: a bar while it runs, then what it gives."""

from pathlib import Path
from typing import TYPE_CHECKING

from hanazora.cli.progress import TerminalProgress
from hanazora.data.sources.samples import SOURCE_LIMITS, SampleConfig
from hanazora.media.guarded import GuardedReader

if TYPE_CHECKING:
    from hanazora.data.sources.judging import SourceReport

PACKED_TOKENS = 2048
"""Tokens of a packed sequence in the recipe tune_cpu."""


class Bar:
    """Shows a stage whose number of steps is known only when the first of them begins."""

    def __init__(self, progress: TerminalProgress, stage: str) -> None:
        self._progress, self._stage, self._is_started = progress, stage, False

    def __call__(self, total: int) -> None:
        """Note that one of `total` steps begins."""
        if self._is_started:
            self._progress.advance()
        else:
            self._progress.start(self._stage, total)
            self._is_started = True


def judge(source: Path, config: SampleConfig, *, decode: bool = False) -> "SourceReport":
    """Judge every clip of a source; nothing is refused yet."""
    from hanazora.data.sources.judging import judge_source

    with TerminalProgress() as progress, GuardedReader(SOURCE_LIMITS) as reader:
        return judge_source(source, config, reader, decode=decode, see=Bar(progress, "checking"))


def print_report(report: "SourceReport", source: Path) -> None:
    """Print what a source gives: its dropped clips, what was noticed, the sizes.

    Raises:
        UserError: nothing of it can be used.
    """
    for one in report.dropped:
        advice = f"; try {one.fix}" if one.fix else ""
        print(f"dropped: {one.file} {one.reason}{advice}")
    for note in report.notes:
        print(f"note: {note}")
    report.require_some(source)
    print("frames   width  height  samples  tokens of each")
    for size in report.sizes:
        row = f"{size.frames:>6}{size.width:>8}{size.height:>8}{size.samples:>9}{size.tokens:>16}"
        print(row)
    tokens = sum(size.samples * size.tokens for size in report.sizes)
    print(
        f"clips used: {len(report.clips)}, dropped: {len(report.dropped)}; "
        f"samples: {report.num_samples}, tokens: {tokens}\n"
        "every sample keeps its size: a packed sequence mixes them, so there are no buckets and no "
        f"batch to fill; once through is {tokens / PACKED_TOKENS:.1f} sequences of {PACKED_TOKENS}"
    )
