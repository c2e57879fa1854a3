"""Read a still picture, JPEG, PNG, WebP and others, as upright opaque RGB at its own size."""

from pathlib import Path

import av
import numpy as np
from jaxtyping import UInt8

from hanazora.core.documents import input_error
from hanazora.core.errors import UserError
from hanazora.media.exif import read_orientation, turn_upright
from hanazora.media.frames import Picture
from hanazora.media.limits import INPUT_LIMITS, InputLimits, check_input_size
from hanazora.media.opening import open_media

_WHITE = 255


def read_picture(path: Path, limits: InputLimits = INPUT_LIMITS) -> Picture:
    """Return a still, upright as its Exif orientation says, on white where it is transparent.

    Raises:
        UserError: no such file, not a picture, an animation, or a side outside the limits.
    """
    try:
        with open_media(path) as container:
            if not container.streams.video:
                raise UserError(f"{path} holds no picture")
            context = container.streams.video[0].codec_context
            if context.width == 0:  # its header could not be decoded
                raise UserError(f"cannot read {path} as a picture", "it is cut off or animated")
            check_input_size(path, context.width, context.height, limits)
            # Without it the missing half of a JPEG would come out grey.
            context.options = {"err_detect": "explode"}
            # One more than is wanted, because a second frame makes it an animation.
            decoded = [frame for frame, _ in zip(container.decode(video=0), range(2), strict=False)]
    except FileNotFoundError as error:
        raise input_error(path, error, "as a picture") from error
    except (av.FFmpegError, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UserError(f"cannot read {path} as a picture", reason) from error
    if not decoded:
        raise UserError(f"cannot read {path} as a picture", "it is cut off")
    if len(decoded) > 1:
        raise UserError(f"{path} moves", "a still has one frame", "one frame of it as a PNG")
    return turn_upright(_opaque(decoded[0]), read_orientation(path))


def _opaque(frame: av.VideoFrame) -> Picture:
    if not any(part.is_alpha for part in frame.format.components) and frame.format.name != "pal8":
        return frame.to_ndarray(format="rgb24")
    return over_white(frame.to_ndarray(format="rgba"))


def over_white(rgba: UInt8[np.ndarray, "h w 4"]) -> Picture:
    """Lay a transparent picture on white, as a sheet of paper would show it."""
    alpha = rgba[..., 3:].astype(np.uint16)
    mixed = rgba[..., :3] * alpha + _WHITE * (255 - alpha)
    return ((mixed + 127) // 255).astype(np.uint8)
