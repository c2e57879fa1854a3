"""Frames on their way to the encoder: judged, hashed, marked and fingerprinted as they come."""

import hashlib
from collections.abc import Iterable, Iterator

from hanazora.core.checks import CheckResult
from hanazora.media.frames import FramePiece, is_flat
from hanazora.pipelines.publishing.gate import Gate
from hanazora.pipelines.publishing.sealing import Origin
from hanazora.provenance.fingerprint import Fingerprint, Fingerprinter
from hanazora.provenance.watermark import Watermarker
from hanazora.safety.frame_filter import check_frames


class Passage:
    """Takes every frame of one file through the checks; memory is one piece.

    Args:
        gate: stops the file where a check says no.
        origin: what the mark is drawn from.
    """

    def __init__(self, gate: Gate, origin: Origin) -> None:
        self._gate, self._origin = gate, origin
        self._fingerprinter = Fingerprinter(origin.request.fps)
        self._digest = hashlib.sha256()
        self._num_frames = 0
        self._is_flat = True

    def take(self, pieces: Iterable[FramePiece]) -> Iterator[FramePiece]:
        """Yield the marked frames of a file.

        Raises:
            RefusedError: a check said no.
        """
        watermarker = None
        for piece in pieces:
            self._digest.update(piece.tobytes())
            self._is_flat = self._is_flat and is_flat(piece)
            self._gate.admit("frame_filter", check_frames(piece))
            watermarker = watermarker or self._watermarker(*piece.shape[1:3])
            marked = watermarker.embed(piece, self._num_frames) if watermarker else piece
            self._fingerprinter.see(marked)
            self._num_frames += len(piece)
            yield marked
        if watermarker:
            self._gate.admit("watermark", watermarker.check())
        if self._is_flat:
            self._gate.warnings.append("every frame is one single colour")

    def _watermarker(self, height: int, width: int) -> Watermarker | None:
        if self._gate.is_off("watermark"):
            return None
        return Watermarker(self._origin.keys.mark, self._origin.mark_id, height, width)

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
