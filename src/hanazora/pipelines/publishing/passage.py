"""Frames on their way to the encoder: judged, hashed, marked and fingerprinted as they come."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from hanazora.core.checks import CheckResult
from hanazora.media.frames import FramePiece, is_flat
from hanazora.pipelines.publishing.gate import Gate
from hanazora.pipelines.publishing.sealing import Origin
from hanazora.provenance.fingerprint import Fingerprint, Fingerprinter
from hanazora.provenance.watermark import Watermarker

if TYPE_CHECKING:
    from hanazora.safety.frame_filter import FrameFilter


class Passage:
    """Takes every frame of one file through the checks; memory is what the filter has not cleared.

    Args:
        gate: stops the file where a check says no.
        origin: what the mark is drawn from.
        frame_filter: judges what is seen; none where there is none to ask.
    """

    def __init__(
        self, gate: Gate, origin: Origin, frame_filter: "FrameFilter | None" = None
    ) -> None:
        self._gate, self._origin, self._filter = gate, origin, frame_filter
        self._fingerprinter = Fingerprinter(origin.request.fps)
        self._digest = hashlib.sha256()
        self._num_frames = 0
        self._num_released = 0
        self._held: list[FramePiece] = []
        self._is_flat = True

    def take(self, pieces: Iterable[FramePiece]) -> Iterator[FramePiece]:
        """Yield the marked frames of a file, each once the frame filter has cleared it.

        Raises:
            RefusedError: a check said no.
        """
        watermarker = None
        for piece in pieces:
            self._digest.update(piece.tobytes())
            self._is_flat = self._is_flat and is_flat(piece)
            num_cleared = self._judge(piece)
            watermarker = watermarker or self._watermarker(*piece.shape[1:3])
            marked = watermarker.embed(piece, self._num_frames) if watermarker else piece
            self._fingerprinter.see(marked)
            self._num_frames += len(piece)
            self._held.append(marked)
            yield from self._release(num_cleared)
        if self._filter is not None:
            self._gate.admit("frame_filter", self._filter.finish(), self._filter.verdict)
        if watermarker:
            self._gate.admit("watermark", watermarker.check())
        if self._is_flat:
            self._gate.warnings.append("every frame is one single colour")
        yield from self._release(self._num_frames)

    def _judge(self, piece: FramePiece) -> int:
        """Show frames to the filter and return how many from the start may be let go."""
        if self._filter is None:
            return self._num_frames + len(piece)
        self._filter.see(piece, self._num_frames)
        if self._filter.is_blocked and self._gate.policy.requirement("frame_filter") == "required":
            # Refuses; what would come after need not be made.
            self._gate.admit("frame_filter", self._filter.finish(), self._filter.verdict)
        return self._filter.num_cleared

    def _release(self, until: int) -> Iterator[FramePiece]:
        while self._held and self._num_released < until:
            piece = self._held.pop(0)
            count = min(len(piece), until - self._num_released)
            if count < len(piece):
                self._held.insert(0, piece[count:])
            self._num_released += count
            yield piece[:count]

    def _watermarker(self, height: int, width: int) -> Watermarker | None:
        if self._gate.is_off("watermark"):
            return None
        is_picture = self._origin.request.num_frames == 1
        return Watermarker(
            self._origin.keys.mark, self._origin.mark_id, height, width, is_picture=is_picture
        )

    def looks(self) -> Fingerprint | None:
        """Return the fingerprint of what passed; none where the policy leaves it out."""
        if self._gate.is_off("fingerprint"):
            return None
        looks = self._fingerprinter.stored()
        self._gate.admit("fingerprint", CheckResult("passed"))
        return looks

    @property
    def frames_sha256(self) -> str:
        """Hash of the frames as they were made: before mark and codec, equal everywhere."""
        return self._digest.hexdigest()
