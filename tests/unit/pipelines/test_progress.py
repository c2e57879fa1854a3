import pytest

from hanazora.core.errors import CancelledError
from hanazora.pipelines.progress import CancellableProgress, SilentProgress


class Recorder:
    def __init__(self):
        self.calls = []

    def start(self, stage, num_steps):
        self.calls.append((stage, num_steps))

    def advance(self, num_steps=1):
        self.calls.append(num_steps)


def test_work_stops_at_the_step_after_it_is_cancelled():
    recorder, flags = Recorder(), []
    progress = CancellableProgress(recorder, lambda: bool(flags))
    progress.start("denoising", 3)
    progress.advance()
    flags.append(True)
    with pytest.raises(CancelledError, match="cancelled while denoising"):
        progress.advance()
    assert recorder.calls == [("denoising", 3), 1, 1]


def test_a_cancelled_run_does_not_begin_another_stage():
    progress = CancellableProgress(SilentProgress(), lambda: True)
    with pytest.raises(CancelledError, match="decoding"):
        progress.start("decoding", 3)


def test_silence_takes_everything():
    SilentProgress().start("a", 1)
    SilentProgress().advance()
