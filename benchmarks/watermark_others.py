"""Our watermark beside the open packages that install, in one harness on a few clips.

    pip install --no-deps blind-watermark invisible-watermark PyWavelets "opencv-python-headless<5"
    python benchmarks/watermark_others.py CLIPS --clips 3 --frames 8

Each package marks every frame with 64 bits at its own default strength; its reader sees every
frame of the attacked file, and the bits are averaged. A mark counts as found where 51 of 64 bits
are right (1e-6). invisible-watermark refuses pictures under 256 x 256 pixels, which our native
320 x 192 is, so its transforms are called below that check.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from watermark_attacks import ATTACKS, apply, quality

from hanazora.media.encode import write_video
from hanazora.provenance.watermark import Watermarker, read_mark

FPS = 8
NUM_BITS = 64
FOUND_BITS = 51
NAMES = ("H.264 CRF 23", "H.264 CRF 28", "H.264 CRF 34", "H.264 CRF 40", "half size, CRF 28")
KEY = b"benchmark of watermarks"


class Method(NamedTuple):
    """A way to mark one frame and to read one."""

    embed: Callable[[np.ndarray, np.ndarray], np.ndarray]
    extract: Callable[[np.ndarray], np.ndarray]
    """Values around 0.5, one per bit."""


def main() -> None:
    """Print one row per method and clip."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", type=Path)
    parser.add_argument("--clips", type=int, default=3, dest="count")
    parser.add_argument("--frames", type=int, default=8)
    args = parser.parse_args()
    print("| method | clip | VMAF | PSNR-Y | ms a frame | " + " | ".join(NAMES) + " |")
    print("|---" * (5 + len(NAMES)) + "|")
    for path in sorted(args.clips.glob("*.npy"))[:: max(1, 40 // args.count)][: args.count]:
        frames = np.load(path)[: args.frames]
        print(ours(path.stem, frames), flush=True)
        for name, method in methods().items():
            print(theirs(name, method, path.stem, frames), flush=True)


def ours(clip: str, frames: np.ndarray) -> str:
    """Mark with our own; the score is the exponent of the p-value."""
    watermarker = Watermarker(KEY, 0x1234567890, *frames.shape[1:3])
    start = time.process_time()
    marked = watermarker.embed(frames, 0)
    cost = time.process_time() - start

    def read(seen: np.ndarray) -> str:
        reading = read_mark(seen, FPS, [KEY], cropped=False)
        return f"{'found' if reading.found else '-'} {reading.p_value:.0e}"

    return _row("ours", clip, frames, marked, cost, read)


def theirs(name: str, method: Method, clip: str, frames: np.ndarray) -> str:
    """Mark with a package; the score is the number of right bits."""
    bits = np.random.default_rng(5).integers(0, 2, NUM_BITS)
    start = time.process_time()
    marked = np.stack([method.embed(frame[..., ::-1].copy(), bits)[..., ::-1] for frame in frames])
    cost = time.process_time() - start

    def read(seen: np.ndarray) -> str:
        values = np.mean([method.extract(frame[..., ::-1].copy()) for frame in seen], axis=0)
        right = int(((values > 0.5) == bits).sum())
        return f"{'found' if right >= FOUND_BITS else '-'} {right}/{NUM_BITS}"

    return _row(name, clip, frames, marked, cost, read)


def _row(
    name: str, clip: str, frames: np.ndarray, marked: np.ndarray, cost: float,
    read: Callable[[np.ndarray], str],
) -> str:  # fmt: skip
    faint = quality(frames, marked, FPS)
    with tempfile.TemporaryDirectory() as folder:
        published = Path(folder) / "published.mp4"
        write_video(published, np.ascontiguousarray(marked), fps=FPS)
        seen = [read(apply(ATTACKS[attack], published)) for attack in NAMES]
    return (f"| {name} | {clip} | {faint.vmaf:.1f} | {faint.psnr_y:.1f} | "
            f"{1e3 * cost / len(frames):.0f} | " + " | ".join(seen) + " |")  # fmt: skip


def methods() -> dict[str, Method]:
    """The packages; imported late, because they belong to no environment of ours."""
    from blind_watermark import WaterMark, bw_notes
    from imwatermark.dwtDctSvd import EmbedDwtDctSvd
    from imwatermark.maxDct import EmbedMaxDct

    bw_notes.close()

    def embed_blind(frame: np.ndarray, bits: np.ndarray) -> np.ndarray:
        mark = WaterMark(password_img=1, password_wm=1)
        mark.read_img(img=frame)
        mark.read_wm(bits.astype(bool), mode="bit")
        return np.clip(np.rint(mark.embed()), 0, 255).astype(np.uint8)

    def extract_blind(frame: np.ndarray) -> np.ndarray:
        mark = WaterMark(password_img=1, password_wm=1)
        return mark.extract(embed_img=frame, wm_shape=NUM_BITS, mode="bit")

    found = {"blind-watermark 0.4.4": Method(embed_blind, extract_blind)}
    for name, kind in (("dwtDct", EmbedMaxDct), ("dwtDctSvd", EmbedDwtDctSvd)):
        found[f"invisible-watermark 0.2.0 {name}"] = Method(
            lambda frame, bits, kind=kind: kind(list(bits), wmLen=NUM_BITS).encode(frame),
            lambda frame, kind=kind: np.asarray(kind([], wmLen=NUM_BITS).decode(frame), float),
        )
    return found


if __name__ == "__main__":
    main()
