import gc
import threading

import numpy as np
import pytest

from hanazora.safety.frames.moderator import Guarded, Missing, Moderator, ModeratorError

PICTURES = np.zeros((2, 4, 4, 3), np.uint8)


class Plain:
    name, categories, required, timeout_s = "plain", ("hate",), True, 5.0

    def __init__(self, answer):
        self.answer = answer
        self.threads = set()

    def judge(self, pictures):
        self.threads.add(threading.get_ident())
        return self.answer(pictures)


def test_scores_come_through_from_another_thread():
    plain = Plain(lambda pictures: [{"hate": 0.25}, {}])
    assert isinstance(plain, Moderator)
    guarded = Guarded(plain)
    assert guarded.judge(PICTURES) == [{"hate": 0.25}, {}]
    assert plain.threads != {threading.get_ident()}
    guarded.close()


def test_what_is_broken_is_not_asked_again():
    calls = []

    def fail(pictures):
        calls.append(1)
        raise KeyError("weights")

    guarded = Guarded(Plain(fail))
    for _ in range(3):
        with pytest.raises(ModeratorError, match="plain raised KeyError"):
            guarded.judge(PICTURES)
    assert len(calls) == 1


def test_even_an_exit_is_only_an_error():
    def leave(pictures):
        raise SystemExit(0)

    with pytest.raises(ModeratorError, match="raised SystemExit"):
        Guarded(Plain(leave)).judge(PICTURES)


def test_the_clock_counts_each_picture():
    released = threading.Event()
    slow = Plain(lambda pictures: released.wait(20) and [{}])
    slow.timeout_s = 0.02
    with pytest.raises(ModeratorError, match="did not answer in time"):
        Guarded(slow).judge(PICTURES)
    released.set()


@pytest.mark.parametrize("score", [1.5, -0.1, float("nan"), float("inf"), "high", None])
def test_a_score_is_a_number_from_0_to_1(score):
    guarded = Guarded(Plain(lambda pictures: [{"hate": score}, {}]))
    with pytest.raises(ModeratorError, match="not from 0 to 1"):
        guarded.judge(PICTURES)


def test_who_is_missing_says_what_is_missing():
    missing = Missing("onnx/x", ("sexual",), "onnxruntime is missing")
    assert isinstance(missing, Moderator)
    with pytest.raises(ModeratorError, match="onnx/x cannot run: onnxruntime is missing"):
        Guarded(missing).judge(PICTURES)


def test_the_thread_ends_with_whoever_asked():
    """A cancelled job closes nothing: 50 of them must not leave 50 threads."""
    plain = Plain(lambda pictures: [{}, {}])
    guarded = Guarded(plain)
    guarded.judge(PICTURES)
    (ident,) = plain.threads
    (thread,) = [one for one in threading.enumerate() if one.ident == ident]
    del guarded
    gc.collect()
    thread.join(20)
    assert not thread.is_alive()
