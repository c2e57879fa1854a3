import random
import time

import numpy as np
import pytest

from hanazora.safety.frame_filter import FrameFilter
from hanazora.safety.frames.moderator import Missing
from hanazora.safety.policy import load_policy

POLICY = load_policy()
BAD = 250


class Tripwire:
    """Sees frames whose first pixel is BAD; counts what it was asked."""

    name = "tripwire"
    categories = ("violence",)
    timeout_s = 5.0

    def __init__(self, score=1.0, *, required=True):
        self.score, self.required, self.asked = score, required, 0

    def judge(self, pictures):
        self.asked += len(pictures)
        return [{"violence": self.score} if picture[0, 0, 0] == BAD else {} for picture in pictures]


class Broken(Tripwire):
    def __init__(self, action, **options):
        super().__init__(**options)
        self.action = action

    def judge(self, pictures):
        return self.action(pictures)


def plain(num_frames, height=8, width=8):
    return np.full((num_frames, height, width, 3), 100, np.uint8)


def pieces(frames, rng):
    start = 0
    while start < len(frames):
        size = rng.randint(1, 9)
        yield start, frames[start : start + size]
        start += size


def judged(frames, fps, *moderators, tier="general", rng=None):
    judge = FrameFilter(POLICY, tier, float(fps), moderators)
    for start, piece in pieces(frames, rng or random.Random(0)):
        judge.see(piece, start)
    return judge.finish(), judge


@pytest.mark.parametrize("fps", [1, 2, 3, 5, 8, 12, 16, 24, 25, 29.97, 30, 48, 60])
@pytest.mark.parametrize("score", [1.0, 0.6])
def test_half_a_second_of_bad_frames_is_always_seen(fps, score):
    rng = random.Random(f"{fps} {score}")
    for _ in range(8):
        length = max(1, round(0.5 * fps))
        num_frames = rng.randint(length, max(length, int(4 * fps)))
        start = rng.choice([0, num_frames - length, rng.randint(0, num_frames - length)])
        frames = plain(num_frames, rng.randint(1, 12), rng.randint(1, 12))
        # One pixel in a still picture: no cut gives it away, only the rate of looking does.
        frames[start : start + length, 0, 0] = BAD
        result, judge = judged(frames, fps, Tripwire(score), rng=rng)
        assert result.state == "failed", (fps, num_frames, start, judge.judged)
        assert start <= judge.verdict.span[0] < start + length
        assert judge.verdict.category == "violence"


def test_first_last_and_twice_a_second_are_judged():
    for fps in (1, 2, 3, 4, 5, 7, 8, 12, 15, 24, 25, 30, 50, 60):
        frames = plain(int(2.3 * fps) + 1, 1, 1)
        result, judge = judged(frames, fps, Tripwire())
        assert result.state == "passed"
        seen = judge.judged
        assert seen[0] == 0
        assert seen[-1] == len(frames) - 1
        assert max(np.diff(seen), default=0) <= max(fps / 2, 1)


def test_every_cut_is_judged_however_short_the_shot():
    for start in range(1, 39, 3):
        frames = np.random.default_rng(0).integers(60, 90, (40, 16, 16, 3)).astype(np.uint8)
        frames[start] = BAD
        result, judge = judged(frames, 30, Tripwire())
        assert result.state == "failed"
        assert judge.verdict.span == (start, start + 1)


def test_a_border_score_needs_a_second_frame_beside_it():
    frames = plain(32)
    frames[8, 0, 0] = BAD
    assert judged(frames, 16, Tripwire(0.6))[0].state == "passed"
    assert judged(frames, 16, Tripwire(0.8))[0].state == "failed"
    frames[9, 0, 0] = BAD
    assert judged(frames, 16, Tripwire(0.6))[0].state == "failed"
    frames[9, 0, 0], frames[7, 0, 0] = 100, BAD
    assert judged(frames, 16, Tripwire(0.6))[0].state == "failed"


def test_a_picture_and_a_slow_clip_need_no_second_frame():
    frames = plain(1)
    frames[0, 0, 0] = BAD
    assert judged(frames, 24, Tripwire(0.6))[0].state == "failed"
    frames = plain(6)
    frames[3, 0, 0] = BAD
    assert judged(frames, 2, Tripwire(0.6))[0].state == "failed"


def test_pieces_of_any_length_give_the_same_decision():
    frames = np.random.default_rng(1).integers(0, 255, (50, 6, 6, 3)).astype(np.uint8)
    frames[20:23, 0, 0] = BAD
    verdicts = set()
    for seed in range(6):
        _, judge = judged(frames, 24, Tripwire(0.6), rng=random.Random(seed))
        verdicts.add((judge.verdict, judge.judged))
    assert len(verdicts) == 1


def test_other_frames_give_another_decision_id():
    frames = plain(4)
    first = judged(frames, 8, Tripwire())[1].verdict.decision_id
    frames[0, 1, 1] = 7
    assert judged(frames, 8, Tripwire())[1].verdict.decision_id != first


def raise_it(pictures):
    raise OSError("boom")


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (raise_it, "raised OSError"),
        (lambda pictures: [{}] * (len(pictures) + 1), "answered for"),
        (lambda pictures: [{"violence": float("nan")} for _ in pictures], "not from 0 to 1"),
        (lambda pictures: None, "something else"),
        (lambda pictures: 7, "something else"),
    ],
)
def test_a_broken_moderator_blocks_and_says_why(action, said):
    result, judge = judged(plain(9), 8, Tripwire(), Broken(action))
    assert result.state == "error"
    assert said in result.detail
    assert judge.verdict.decision_id in result.detail
    assert judge.verdict.blocked
    assert judge.is_blocked


def test_a_moderator_that_hangs_is_left_behind_in_time():
    slow = Broken(lambda pictures: time.sleep(60))
    slow.timeout_s = 0.02
    started = time.monotonic()
    result, _ = judged(plain(64), 8, slow)
    assert result.state == "error"
    assert "did not answer in time" in result.detail
    assert time.monotonic() - started < 30


def test_a_missing_moderator_blocks():
    missing = Missing("onnx/gone", ("hate",), "onnxruntime is missing")
    result, _ = judged(plain(3), 8, Tripwire(), missing)
    assert result.state == "error"
    assert "onnxruntime is missing" in result.detail


def test_an_optional_moderator_that_fails_is_only_noted():
    result, judge = judged(plain(9), 8, Tripwire(), Broken(raise_it, required=False))
    assert result.state == "passed"
    assert "raised OSError" in result.detail
    assert not judge.verdict.blocked


def test_nobody_to_ask_and_nothing_to_see_are_errors():
    assert judged(plain(3), 8)[0].state == "error"
    assert judged(plain(3), 8, Tripwire(required=False))[0].state == "error"
    assert judged(plain(0), 8, Tripwire())[0].state == "error"


def test_a_left_out_frame_is_a_mistake_of_the_caller():
    judge = FrameFilter(POLICY, "general", 8.0, [Tripwire()])
    judge.see(plain(3), 0)
    with pytest.raises(ValueError, match="frame 3 is next"):
        judge.see(plain(3), 4)


def test_the_tier_decides_the_action():
    frames = plain(4)
    frames[:, 0, 0] = BAD
    assert judged(frames, 8, Tripwire(), tier="general")[1].verdict.action == "block"
    assert judged(frames, 8, Tripwire(), tier="redteam")[1].verdict.action == "hold"


def test_making_can_stop_at_the_first_bad_frame():
    judge = FrameFilter(POLICY, "general", 8.0, [Tripwire()])
    frames = plain(8)
    judge.see(frames, 0)
    assert not judge.is_blocked
    frames[:, 0, 0] = BAD
    judge.see(frames, 8)
    assert judge.is_blocked


@pytest.mark.parametrize("score", [1.0, 0.6])
def test_no_frame_is_cleared_before_what_follows_was_looked_at(score):
    for start in range(30):
        frames = plain(48)
        frames[start : start + 8, 0, 0] = BAD
        judge = FrameFilter(POLICY, "general", 16.0, [Tripwire(score)])
        cleared = 0
        for first, piece in pieces(frames, random.Random(start)):
            judge.see(piece, first)
            cleared = max(cleared, judge.num_cleared)
        assert cleared <= start + 8
        assert judge.finish().state == "failed"
        assert judge.num_cleared == 0


def test_everything_is_cleared_in_the_end():
    judge = FrameFilter(POLICY, "general", 16.0, [Tripwire()])
    judge.see(plain(21), 0)
    assert 13 <= judge.num_cleared < 21
    judge.finish()
    assert judge.num_cleared == 21
