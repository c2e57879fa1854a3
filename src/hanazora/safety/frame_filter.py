"""The frame filter: judges what would be shown, before anybody sees it.

Frames come in order, in pieces of any length. Judged are the first, the last, the first of every
shot, and enough of the others that whatever is on screen for half a second is seen. The worst frame
decides. A score at the border counts when one of the two frames beside it agrees; both are judged
for that. A required moderator that is missing, too slow or broken makes the result an error, and an
error blocks.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from hanazora.core.checks import CheckResult
from hanazora.media.frames import FramePiece, Frames, Picture
from hanazora.safety.findings import Finding, Verdict, decide, decision_id
from hanazora.safety.frames.cuts import CutDetector
from hanazora.safety.frames.moderator import Guarded, Moderator, ModeratorError
from hanazora.safety.frames.registry import build_moderators, uncovered
from hanazora.safety.policy import Policy, Stage, Tier

MIN_RATE = 2.0
"""Frames judged a second, at least."""

SLOW_FPS = 4.0
"""Up to this rate every frame stays for a quarter of a second and needs no second one to agree."""


class _Mark(NamedTuple):
    """A score at or above its threshold."""

    frame: int
    category: str
    score: float
    moderator: str
    is_sure: bool


class FrameFilter:
    """Judges the frames of one video.

    Args:
        policy: the rules.
        tier: access tier of who asks.
        fps: frames per second.
        moderators: whom to ask; None asks everybody that the policy names.
        stage: "frame" for what was generated, "upload" for what was given.
    """

    def __init__(
        self,
        policy: Policy,
        tier: Tier,
        fps: float,
        moderators: Sequence[Moderator] | None = None,
        *,
        stage: Stage = "frame",
    ) -> None:
        if fps <= 0:
            raise ValueError(f"fps is {fps}; it must be above 0")
        self._policy, self._tier, self._fps, self._stage = policy, tier, fps, stage
        chosen = build_moderators(policy, stage) if moderators is None else moderators
        self._blind = uncovered(policy, stage) if moderators is None else ()
        self._guards = [Guarded(moderator) for moderator in chosen]
        self._stride = max(1, int(fps / MIN_RATE))
        self._cuts = CutDetector()
        self._tail: dict[int, Picture] = {}
        self._digests: dict[int, bytes] = {}
        self._marks: list[_Mark] = []
        self._owed: set[int] = set()
        self._num_frames = 0
        self._last_judged = -1
        self._faults: dict[str, str] = {}
        self._notes: dict[str, str] = {}
        if not any(guard.moderator.required for guard in self._guards):
            self._faults["moderators"] = "no required moderator is there"

    @property
    def judged(self) -> tuple[int, ...]:
        """Indices of the frames that were judged so far."""
        return tuple(sorted(self._digests))

    @property
    def num_cleared(self) -> int:
        """Frames from the start that were found harmless and may be shown before the rest comes.

        The frames after the last judged one are not among them, nor is one in doubt.
        """
        if self.is_blocked:
            return 0
        doubted = [mark.frame for mark in self._marks if not self._counts(mark)]
        pending = [frame for frame in doubted if frame + 1 >= self._num_frames]
        return min([max(self._digests, default=-1) + 1, *pending])

    @property
    def is_blocked(self) -> bool:
        """Whether the video is refused whatever comes; making it can stop."""
        return bool(self._faults) or self._decide().blocked

    def see(self, frames: FramePiece, first_frame: int) -> None:
        """Judge the next frames of the video.

        Args:
            frames: consecutive frames.
            first_frame: index of the first of them; no frame may be left out.
        """
        if first_frame != self._num_frames:
            raise ValueError(f"got frame {first_frame}; frame {self._num_frames} is next")
        at_hand = {**self._tail, **dict(enumerate(frames, start=first_frame))}
        self._num_frames += len(frames)
        self._judge(list(self._due(first_frame, frames)), at_hand)
        self._confirm(at_hand)
        # Two frames are kept: the last one is judged in the end, and the one before may confirm it.
        self._tail = {
            index: at_hand[index].copy() for index in sorted(at_hand)[-2:] if index in at_hand
        }

    def finish(self) -> CheckResult:
        """Judge the last frame and return what was found; the video is over."""
        if self._num_frames:
            self._judge([self._num_frames - 1], self._tail)
            self._confirm(self._tail)
        for guard in self._guards:
            guard.close()
        names = ", ".join(guard.moderator.name for guard in self._guards)
        looked = f"{len(self._digests)} of {self._num_frames} frames by {names or 'nobody'}"
        if self._faults or not self._num_frames:
            reasons = "; ".join(self._faults.values()) or "no frame was seen"
            return CheckResult("error", f"{reasons}; blocked (decision {self._identity()})")
        verdict = self.verdict
        notes = "".join(f"; {note}" for note in self._notes.values())
        if not verdict.blocked:
            blind = f"; nobody covers {', '.join(self._blind)}" if self._blind else ""
            return CheckResult("passed", looked + notes + blind)
        assert verdict.span is not None
        where = f"at {verdict.span[0] / self._fps:.2f} s"
        found = f"{verdict.action}: {verdict.category} {where} by {verdict.rule}"
        return CheckResult("failed", f"{found} (decision {verdict.decision_id}){notes}")

    @property
    def verdict(self) -> Verdict:
        """What the policy says about the frames seen so far; an error blocks."""
        if self._faults:
            message = "This could not be checked, so it is not shown."
            rule = f"{self._stage}/error"
            return Verdict("block", None, rule, None, self._identity(), message)
        return self._decide()

    def _due(self, first_frame: int, frames: FramePiece) -> Iterator[int]:
        """Yield the frames that are judged whatever they show."""
        last = self._last_judged
        for index, frame in enumerate(frames, start=first_frame):
            is_cut = self._cuts.see(frame)
            if is_cut or last < 0 or index - last >= self._stride:
                last = index
                yield index
            elif index in self._owed:
                yield index
        self._last_judged = last

    def _judge(self, indices: Sequence[int], at_hand: Mapping[int, Picture]) -> None:
        """Ask every moderator about frames that were not judged before."""
        fresh = [index for index in indices if index not in self._digests]
        if not fresh:
            return
        pictures: Frames = np.stack([at_hand[index] for index in fresh])
        for index, picture in zip(fresh, pictures, strict=True):
            self._digests[index] = hashlib.sha256(picture.tobytes()).digest()
        for guard in self._guards:
            name = guard.moderator.name
            try:
                answers = guard.judge(pictures)
            except ModeratorError as error:
                (self._faults if guard.moderator.required else self._notes)[name] = str(error)
                continue
            for index, scores in zip(fresh, answers, strict=True):
                for category, score in scores.items():
                    self._mark(index, category, score, name)

    def _mark(self, index: int, category: str, score: float, moderator: str) -> None:
        threshold = self._policy.rule(category, self._stage, self._tier).threshold
        if score >= threshold and score > 0:
            is_sure = score >= (1 + threshold) / 2
            self._marks.append(_Mark(index, category, score, moderator, is_sure))

    def _confirm(self, at_hand: Mapping[int, Picture]) -> None:
        """Judge the neighbours of frames at the border, first the one before, then the one after.

        One that has not come yet is judged when it does.
        """
        before = -1
        while before != len(self._digests):  # a neighbour may raise a doubt of its own
            before = len(self._digests)
            for step in (-1, 1):
                self._judge([i for i in self._doubted(step) if i in at_hand], at_hand)
        self._owed = {index for index in self._doubted(1) if index >= self._num_frames}

    def _doubted(self, step: int) -> list[int]:
        return sorted({mark.frame + step for mark in self._marks if not self._counts(mark)})

    def _counts(self, mark: _Mark) -> bool:
        """Tell whether a mark decides: it is sure, or a frame beside it shows the same."""
        if mark.is_sure or self._fps <= SLOW_FPS:
            return True
        return any(
            other.category == mark.category and abs(other.frame - mark.frame) == 1
            for other in self._marks
        )

    def _decide(self) -> Verdict:
        alone = self._num_frames == 1  # a picture has no neighbour that could agree
        findings = [
            Finding(
                mark.category, mark.score, f"{self._stage}/{mark.moderator}",
                (mark.frame, mark.frame + 1), f"at {mark.frame / self._fps:.2f} s",
            )
            for mark in self._marks
            if alone or self._counts(mark)
        ]  # fmt: skip
        return decide(findings, self._policy, self._stage, self._tier, self._input_sha256())

    def _identity(self) -> str:
        return decision_id(self._policy.sha256, self._stage, self._input_sha256())

    def _input_sha256(self) -> str:
        digest = hashlib.sha256()
        for index in sorted(self._digests):
            digest.update(index.to_bytes(8, "big") + self._digests[index])
        return digest.hexdigest()
