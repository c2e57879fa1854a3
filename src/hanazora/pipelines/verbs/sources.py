"""Latents of what was given: pictures and clips are encoded, our own videos bring theirs."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from hanazora.core.errors import UserError
from hanazora.core.shapes import SPACE_STRIDE
from hanazora.media.clips import read_clip_frames
from hanazora.media.frames import Picture
from hanazora.media.stills import read_picture
from hanazora.models.autoencoder.model import VideoAutoencoder
from hanazora.models.autoencoder.streaming import encode_stream
from hanazora.parallel.device import Device
from hanazora.pipelines.material import Input
from hanazora.pipelines.plan import Plan
from hanazora.pipelines.rollout import keep_precision
from hanazora.pipelines.verbs.kept_latents import read_kept

_FRAMES_AT_ONCE = 16


def load_source(
    given: Input, path: Path, plan: Plan, autoencoder: VideoAutoencoder, device: Device
) -> Float[Tensor, "z lt lh lw"]:
    """Return the latents of one input, of the size of the plan.

    The encoder is not called for a video of ours.

    Raises:
        UserError: the file is not what the request says.
    """
    if given.kind == "latents":
        latents = read_kept(path)
    else:
        pictures = iter([read_picture(path)]) if given.kind == "picture" else read_clip_frames(path)
        latents = encode(_filled(pictures, given), plan, autoencoder, device)
    channels = autoencoder.config.latent_channels
    wanted = (channels, given.segments[-1].end_frame, plan.latent_height, plan.latent_width)
    if tuple(latents.shape) != wanted:
        raise UserError(f"{path} has latents of {tuple(latents.shape)}", f"the plan needs {wanted}")
    return keep_precision(latents)


@torch.inference_mode()
def encode(
    pictures: Iterator[Picture], plan: Plan, autoencoder: VideoAutoencoder, device: Device
) -> Float[Tensor, "z lt lh lw"]:
    """Encode frames as they come; sides grow to whole patches by repeating the last row, column."""
    size = (plan.latent_height * SPACE_STRIDE, plan.latent_width * SPACE_STRIDE)
    pieces = (_to_video(piece, size, device) for piece in _pieces(pictures))
    latents = torch.cat(list(encode_stream(autoencoder, pieces)), dim=2)
    return latents[0].float().cpu()


def _filled(pictures: Iterator[Picture], given: Input) -> Iterator[Picture]:
    """Repeat the first frame where a clip is filled up in front."""
    first = next(pictures)
    for _ in range(given.segments[0].skip_frames):
        yield first
    yield first
    yield from pictures


def _pieces(pictures: Iterator[Picture]) -> Iterator[list[Picture]]:
    piece = list[Picture]()
    for picture in pictures:
        piece.append(picture)
        if len(piece) == _FRAMES_AT_ONCE:
            yield piece
            piece = []
    if piece:
        yield piece


def _to_video(
    pictures: list[Picture], size: tuple[int, int], device: Device
) -> Float[Tensor, "1 3 t padded_h padded_w"]:
    frames = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1
    height, width = frames.shape[2:]
    frames = F.pad(frames, (0, size[1] - width, 0, size[0] - height), mode="replicate")
    return frames.transpose(0, 1)[None].to(device.torch, device.dtype)
