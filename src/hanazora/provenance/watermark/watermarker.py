"""Put a mark into frames as they come, with memory that does not grow with the video."""

import numpy as np
from jaxtyping import Float, Num

from hanazora.core.checks import CheckResult
from hanazora.media.frames import FramePiece
from hanazora.provenance.watermark.bch import encode
from hanazora.provenance.watermark.carriers import NUM_SALTS, build_carriers
from hanazora.provenance.watermark.evidence import MAX_P, p_value
from hanazora.provenance.watermark.layout import amplitude, has_room, layout_for
from hanazora.provenance.watermark.look import look
from hanazora.provenance.watermark.mask import (
    activity,
    fullness,
    is_cut,
    movement_boost,
    opening_lift,
    strengths,
)
from hanazora.provenance.watermark.planes import (
    BLUE_PER_CHROMA,
    GREEN_PER_CHROMA,
    luma,
    resample,
)

_FAINT = 0.45
"""A picture that takes a smaller part of the wanted strength is next to flat all over (0.38)."""
_MANY_IDS = 1_000_000
"""Among so many ids in a ledger the one of an untouched file must be told apart."""
_SHORTEST_SCENE = 8
"""Frames."""
_TOO_FLAT = "no room for a mark: the picture is too flat to hold it"


class Watermarker:
    """Marks one video or picture; frames are given in order, in pieces of any length.

    The pattern stands still, so that any second, any frame and any frame rate show it. Its salt is
    the one of eight the first picture already agrees with most: that costs nothing to see, and it
    differs from video to video.

    Args:
        key: the secret, at least 16 bytes; kept apart from the keys that sign.
        mark_id: what the mark says, 40 bits.
        height: of the frames, in pixels.
        width: of the frames, in pixels.
        is_picture: the only frame is a picture, which is looked at longer than the start of a scene
            and therefore marked no stronger than the rest of a video.
    """

    def __init__(
        self, key: bytes, mark_id: int, height: int, width: int, *, is_picture: bool = False
    ) -> None:
        self.mark_id = mark_id
        self._key, self._shape = key, (height, width)
        self._code = encode(mark_id)
        self._layout = layout_for(height, width)
        build_carriers(key, 0, self._layout)  # refuses a weak key before any work
        self._fields: Float[np.ndarray, "planes h w"] | None = None
        self._salt = 0
        self._num_frames = 0
        self._is_picture = is_picture
        self._scene_age = 0
        self._first: FramePiece | None = None
        self._strength = 0.0
        self._luma_before: Float[np.ndarray, "h w"] | None = None
        self._marked_sum = np.zeros((height, width, 3), np.float32)

    @property
    def has_room(self) -> bool:
        """Whether frames of this size can carry a mark; without room they pass unchanged."""
        return has_room(*self._shape)

    def embed(self, frames: FramePiece, first_frame: int) -> FramePiece:
        """Return the frames with the mark in them.

        Args:
            frames: the next frames of the video.
            first_frame: index of the first of them.

        Raises:
            ValueError: the size is another one, or frames were left out.
        """
        if frames.shape[1:3] != self._shape or first_frame != self._num_frames:
            raise ValueError(
                f"expected frame {self._num_frames} of {self._shape}, "
                f"got frame {first_frame} of {frames.shape[1:3]}"
            )
        self._num_frames += len(frames)
        if not self.has_room:
            return frames
        if self._fields is None:
            self._fields = self._choose_fields(frames[0].astype(np.float32))
        marked = np.stack([self._mark(frame, self._fields) for frame in frames])
        self._first = marked[:1] if self._first is None else self._first
        self._marked_sum += marked.sum(axis=0, dtype=np.float32)
        return marked

    def check(self) -> CheckResult:
        """Read the mark back from all frames so far, as a receiver of the untouched file would."""
        if not self.has_room:
            return CheckResult("skipped", f"no room for a mark in {self._size()} pixels")
        if self._first is None:
            return CheckResult("error", "no frame was marked")
        mean = self._marked_sum[None] / self._num_frames
        view = look(np.concatenate([mean, self._first.astype(np.float32)]), self._layout)
        carriers = build_carriers(self._key, self._salt, self._layout)
        if self._strength / self._num_frames < _FAINT:
            return CheckResult("skipped", _TOO_FLAT)
        pilot = p_value(carriers.pilot_score(view), NUM_SALTS)
        word = p_value(float(carriers.soft_bits(view) @ (2.0 * self._code - 1)), _MANY_IDS)
        if max(pilot, word) > MAX_P:
            return CheckResult("skipped", _TOO_FLAT)
        return CheckResult("passed", f"id {self.mark_id:010x}, read back at p = {pilot:.0e}")

    def _choose_fields(self, picture: Float[np.ndarray, "h w 3"]) -> np.ndarray:
        view = look(picture[None], self._layout)
        signs = 2.0 * self._code - 1
        agreement = []
        for salt in range(NUM_SALTS):
            carriers = build_carriers(self._key, salt, self._layout)
            agreement.append(
                carriers.pilot_score(view) + 0.5 * float(carriers.soft_bits(view) @ signs)
            )
        self._salt = int(np.argmax(agreement))
        fields = build_carriers(self._key, self._salt, self._layout).fields(self._code)
        return resample(fields, *self._shape)

    def _mark(self, frame: Num[np.ndarray, "h w 3"], fields: np.ndarray) -> np.ndarray:
        chip_px = np.sqrt(np.prod(self._shape) / np.prod(self._layout))
        plane = luma(frame)
        wanted = amplitude(self._layout) * movement_boost(plane, self._luma_before)
        grey, blue = strengths(activity(plane, float(chip_px)), wanted)
        self._strength += fullness(grey, wanted)
        if not self._is_picture:
            grey, blue = self._opened(plane, grey, blue)
        self._luma_before = plane
        grey, blue = grey * fields[0], blue * fields[1]
        change = np.stack(
            [grey, grey + GREEN_PER_CHROMA * blue, grey + BLUE_PER_CHROMA * blue], axis=-1
        )
        return np.clip(np.rint(frame + change), 0, 255).astype(np.uint8)

    def _opened(
        self, plane: np.ndarray, grey: np.ndarray, blue: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        if self._luma_before is not None and is_cut(plane, self._luma_before):
            # Many cuts in a row are no scenes but flashes, which would never stop being lifted.
            self._scene_age = 0 if self._scene_age >= _SHORTEST_SCENE else self._scene_age
        grey = opening_lift(grey, "luma", self._scene_age)
        blue = opening_lift(blue, "chroma", self._scene_age)
        self._scene_age += 1
        return grey, blue

    def _size(self) -> str:
        return f"{self._shape[1]}x{self._shape[0]}"
