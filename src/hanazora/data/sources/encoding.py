"""Encode the clips of a source into a pool, one file at a time, so that no work is done twice.

A file's samples become a small pool of their own under `encoded/`, named by a hash of everything
that decides its latents: the bytes of the file, which frames are cut, at which size, the captions,
the autoencoder. Started again after a kill, or with clips added, only what is missing is encoded.
At the end the small pools are joined in the order of the source, as `latents/`, which trains.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from hanazora.core.errors import UserError
from hanazora.core.paths import hold_lock, write_text
from hanazora.data.latent_pool import LatentPool, LatentPoolWriter
from hanazora.data.sources.judging import SourceReport
from hanazora.data.sources.listing import DroppedClip, drop
from hanazora.data.sources.samples import SourceClip
from hanazora.media.frames import FramePiece
from hanazora.media.guarded import GuardedReader
from hanazora.models.autoencoder.model import AutoencoderConfig, VideoAutoencoder
from hanazora.models.autoencoder.streaming import decode_stream, encode_stream
from hanazora.models.layers.weights import PartKind, load_part
from hanazora.parallel.device import Device

SOURCE_NAME = "source.json"
_FRAMES_AT_ONCE = 16
_AUTOENCODER = PartKind("VideoAutoencoder", AutoencoderConfig)


class Encoder(NamedTuple):
    """The autoencoder of a pool."""

    network: VideoAutoencoder
    sha256: str
    """Hash of its weights."""
    device: Device


def read_encoder(directory: Path, device: Device) -> Encoder:
    """Load an autoencoder onto a device.

    Raises:
        ModelError: there is none, or it is damaged.
    """
    network, sha256 = load_part(VideoAutoencoder, _AUTOENCODER, directory)
    return Encoder(network.to(device.torch, device.dtype), sha256, device)


class EncodedPool(NamedTuple):
    """What an encoding left."""

    num_samples: int
    num_encoded: int
    """Files encoded now; the others were there."""
    dropped: list[DroppedClip]
    """Clips whose files turned out to be damaged."""


class _File(NamedTuple):
    """The clips that one file gives, all of one size, and the name of their small pool."""

    clips: list[SourceClip]
    name: str


def encode_source(
    report: SourceReport,
    root: Path,
    encoder: Encoder,
    reader: GuardedReader,
    *,
    max_bad: int,
    see: Callable[[int], None] = lambda total: None,
) -> EncodedPool:
    """Encode what a source gives; a run that was cut off goes on.

    Args:
        report: the judged source; it has at least one clip.
        root: directory of the pool, as `pool.directory` of a training run names it.
        encoder: makes the latents.
        reader: reads the frames.
        max_bad: bad files that are skipped; one more ends it.
        see: told the number of files before each one.

    Raises:
        UserError: the directory holds another kind of pool, another process works in it, or too
            many files are bad.
    """
    _require_own(root)
    root.mkdir(parents=True, exist_ok=True)
    with hold_lock(root):
        files = _by_file(report.clips)
        made, dropped, num_encoded = list[_File](), list[DroppedClip](), 0
        for clips in files:
            see(len(files))
            file = _File(clips, _name(clips, encoder))
            place = root / "encoded" / file.name
            try:
                if not (place / "index.json").is_file():
                    _encode_file(file, place, encoder, reader)
                    num_encoded += 1
                made.append(file)
            except UserError as error:
                listed = clips[0].listed
                dropped.append(drop(listed.path, listed.row, error, "file"))
                _require_few(dropped, max_bad)
        if not made:
            rule = f"the last of them {dropped[-1].reason}"
            raise UserError(f"none of {len(files)} files can be decoded", rule, dropped[-1].fix)
        num_samples = _join(made, root, encoder)
    return EncodedPool(num_samples, num_encoded, dropped)


def read_autoencoder_sha256(root: Path) -> str | None:
    """Return which weights encoded a pool; none where it does not say."""
    path = root / SOURCE_NAME
    return str(json.loads(path.read_text())["autoencoder"]) if path.is_file() else None


def read_samples(
    clips: Sequence[SourceClip], reader: GuardedReader
) -> Iterator[tuple[int, int, FramePiece]]:
    """Yield the pixels of every sample of one file: exactly what the model sees.

    Args:
        clips: clips of one file; they have one size.
        reader: reads the frames.

    Yields:
        Number of the clip, number of the sample in it, and its frames, as each is whole.
    """
    first = clips[0]
    places = [(number, part) for number, clip in enumerate(clips) for part in range(len(clip.cuts))]
    cuts = [cut for clip in clips for cut in clip.cuts]
    path, still = first.listed.path, first.listed.is_picture
    for made in reader.read_cuts(path, cuts, first.width, first.height, is_picture=still):
        yield *places[made.number], made.frames


@torch.inference_mode()
def encode_frames(frames: FramePiece, encoder: Encoder) -> Float[Tensor, "z lt lh lw"]:
    """Encode one sample in pieces, so that memory does not grow with its length."""
    to = encoder.device
    pieces = (
        torch.from_numpy(part.copy()).to(to.torch).permute(3, 0, 1, 2)[None].float() / 127.5 - 1
        for part in (
            frames[i : i + _FRAMES_AT_ONCE] for i in range(0, len(frames), _FRAMES_AT_ONCE)
        )
    )
    encoded = encode_stream(encoder.network, (piece.to(to.dtype) for piece in pieces))
    return torch.cat([part[0].float().cpu() for part in encoded], dim=1)


def _as_video(frames: FramePiece, encoder: Encoder) -> Float[Tensor, "1 c t h w"]:
    pixels = torch.from_numpy(frames.copy()).to(encoder.device.torch).permute(3, 0, 1, 2)[None]
    return (pixels.float() / 127.5 - 1).to(encoder.device.dtype)


@torch.inference_mode()
def give_back(frames: FramePiece, encoder: Encoder) -> FramePiece:
    """Encode a sample and decode it again: the best that a model on these latents can draw."""
    latents = encode_frames(frames, encoder).to(torch.bfloat16)  # as a pool stores them
    to = encoder.device
    decoded = decode_stream(encoder.network, [latents[None].to(to.torch, to.dtype)])
    video = torch.cat(list(decoded), dim=2)[0].float().clamp(-1, 1)
    pixels = ((video + 1) * 127.5).round().byte()
    return pixels.permute(1, 2, 3, 0).contiguous().cpu().numpy()


def _encode_file(file: _File, place: Path, encoder: Encoder, reader: GuardedReader) -> None:
    """Write the small pool of one file; it appears when the file was sound to its end."""
    partial = place.with_name(f".{place.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    writer = LatentPoolWriter(partial, encoder.network.config.latent_channels)
    try:
        for number, _, frames in read_samples(file.clips, reader):
            captions = file.clips[number].listed.captions
            writer.append(encode_frames(frames, encoder), list(captions))
    except BaseException:
        writer.close()
        shutil.rmtree(partial, ignore_errors=True)
        raise
    writer.close()
    partial.rename(place)


def _by_file(clips: Sequence[SourceClip]) -> list[list[SourceClip]]:
    by_path = dict[Path, list[SourceClip]]()
    for clip in clips:
        by_path.setdefault(clip.listed.path, []).append(clip)
    return list(by_path.values())


def _name(clips: Sequence[SourceClip], encoder: Encoder) -> str:
    with clips[0].listed.path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
    samples = [[clip.width, clip.height, clip.cuts, clip.listed.captions] for clip in clips]
    network = [encoder.sha256, encoder.device.dtype_name]
    return hashlib.sha256(json.dumps([content, samples, network]).encode()).hexdigest()[:24]


def _join(files: Sequence[_File], root: Path, encoder: Encoder) -> int:
    """Write `latents/` from the small pools, unless it is made of just these; count its samples."""
    contents = {"autoencoder": encoder.sha256, "files": [file.name for file in files]}
    final, whole = root / "latents", root / SOURCE_NAME
    if whole.is_file() and json.loads(whole.read_text()) == contents:
        return len(LatentPool(final))
    whole.unlink(missing_ok=True)
    shutil.rmtree(final, ignore_errors=True)
    writer = LatentPoolWriter(final, encoder.network.config.latent_channels)
    num_samples = 0
    for file in files:
        small = LatentPool(root / "encoded" / file.name)
        for clip, entry in enumerate(small.entries):
            writer.append(small.latents(clip), list(entry.captions))
            num_samples += 1
    writer.close()
    write_text(whole, json.dumps(contents) + "\n")
    return num_samples


def _require_own(root: Path) -> None:
    """Refuse to write over a pool that was rendered."""
    has_pool = any((root / name).exists() for name in ("latents", "clips", "shards"))
    if has_pool and not (root / "encoded").is_dir():
        rule = "its clips were not encoded from a source"
        raise UserError(f"{root} holds another pool", rule, "a directory of its own")


def _require_few(dropped: Sequence[DroppedClip], max_bad: int) -> None:
    if len(dropped) > max_bad:
        last = dropped[-1]
        rule = f"at most {max_bad} are skipped; the last is {last.file}, which {last.reason}"
        raise UserError(f"{len(dropped)} files are bad", rule, f"--max-bad {2 * len(dropped)}")
