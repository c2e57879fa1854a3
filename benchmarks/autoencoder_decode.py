"""What the autoencoder costs: speed, arithmetic and memory, beside diffusers' `AutoencoderKLWan`.

    python benchmarks/autoencoder_decode.py [--model DIR] [--threads 2] [--frames 17]

Both networks decode the same clip on the same machine in the same run; weights are random where no
model is given, which changes no figure. The comparison is left out where diffusers is absent.
Memory is the highest resident size of a process that streams 5 s and 60 s at 8 fps.
"""

import argparse
import importlib.util
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch.utils.flop_counter import FlopCounterMode

from hanazora.core.shapes import VideoShape, latent_shape
from hanazora.models.autoencoder.model import AutoencoderConfig, VideoAutoencoder
from hanazora.models.autoencoder.streaming import decode_stream
from hanazora.models.autoencoder.weights import load_autoencoder

FPS = 8
DTYPES = {"bf16": torch.bfloat16, "fp32": torch.float32}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--model", type=Path, help="autoencoder directory; random weights if absent"
    )
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--frames", type=int, default=17)
    parser.add_argument("--height", type=int, default=192)
    parser.add_argument("--width", type=int, default=320)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--stream-seconds", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    shape = VideoShape(args.frames, args.height, args.width)
    autoencoder = load_autoencoder(args.model) if args.model else _random_autoencoder()
    if args.stream_seconds:
        print(_stream_peak_mib(autoencoder, args.stream_seconds * FPS, shape))
        return
    num_parameters = sum(parameter.numel() for parameter in autoencoder.parameters())
    print(f"{shape.width}x{shape.height}, {shape.frames} frames, {args.threads} threads")
    print(f"parameters           {num_parameters / 1e6:.2f} M")
    _print_flops(autoencoder, shape)
    ours = _print_speed(autoencoder, shape, args.repeats)
    _print_memory(args)
    if importlib.util.find_spec("diffusers") is None:
        print("diffusers is not installed: no comparison")
        return
    _print_comparison(ours, shape)


def _random_autoencoder() -> VideoAutoencoder:
    return VideoAutoencoder(AutoencoderConfig()).eval().requires_grad_(False)


def _print_flops(autoencoder: VideoAutoencoder, shape: VideoShape) -> None:
    video = torch.zeros(1, 3, *shape, dtype=torch.bfloat16)
    with FlopCounterMode(display=False) as encode:
        latents = autoencoder.encode(video)
    with FlopCounterMode(display=False) as decode:
        autoencoder.decode(latents, shape)
    pixels = shape.frames * shape.height * shape.width
    print(f"encode               {encode.get_total_flops() / pixels / 1e3:.1f} kFLOP per pixel")
    print(f"decode               {decode.get_total_flops() / pixels / 1e3:.1f} kFLOP per pixel")


def _print_speed(
    autoencoder: VideoAutoencoder, shape: VideoShape, repeats: int
) -> dict[str, float]:
    speeds = {}
    for name, dtype in DTYPES.items():
        video = torch.rand(1, 3, *shape).to(dtype) * 2 - 1
        latents = autoencoder.encode(video)
        encode = _megapixels_per_s(lambda v=video: autoencoder.encode(v), shape, repeats)
        decode = _megapixels_per_s(lambda z=latents: autoencoder.decode(z, shape), shape, repeats)
        print(f"encode, decode {name}  {encode:.2f}, {decode:.2f} Mpx/s")
        speeds[name] = decode
    return speeds


def _megapixels_per_s(run: Callable[[], object], shape: VideoShape, repeats: int) -> float:
    """Return the best of several runs: other work on the machine only ever slows one down."""
    best = float("inf")
    with torch.no_grad():
        for _ in range(repeats):
            started = time.perf_counter()
            run()
            best = min(best, time.perf_counter() - started)
    return shape.frames * shape.height * shape.width / 1e6 / best


def _print_memory(args: argparse.Namespace) -> None:
    peaks = {}
    for seconds in (5, 60):
        command = [sys.executable, __file__, "--stream-seconds", str(seconds)]
        for option in ("threads", "height", "width"):
            command += [f"--{option}", str(getattr(args, option))]
        if args.model:
            command += ["--model", str(args.model)]
        result = subprocess.run(command, check=True, capture_output=True, text=True)
        peaks[seconds] = float(result.stdout)
    print(
        f"streamed decode peak {peaks[5]:.0f} MiB for 5 s, {peaks[60]:.0f} MiB for 60 s, "
        f"ratio {peaks[60] / peaks[5]:.2f}"
    )


def _stream_peak_mib(autoencoder: VideoAutoencoder, num_frames: int, shape: VideoShape) -> float:
    size = latent_shape(VideoShape(num_frames, shape.height, shape.width))
    channels = autoencoder.config.latent_channels
    chunks = (
        torch.randn(1, channels, 1, size.height, size.width, dtype=torch.bfloat16)
        for _ in range(size.frames)
    )
    for _ in decode_stream(autoencoder, chunks):
        pass
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _print_comparison(ours: dict[str, float], shape: VideoShape) -> None:
    from diffusers import AutoencoderKLWan

    for title, options in (
        ("AutoencoderKLWan 2.1 (its default size)", {}),
        ("AutoencoderKLWan base_dim 32", {"base_dim": 32}),
    ):
        torch.manual_seed(0)
        peer = AutoencoderKLWan(**options).eval().requires_grad_(False).to(torch.bfloat16)
        frames = (shape.frames - 1) // 4 + 1
        latents = torch.randn(
            1, peer.config.z_dim, frames, shape.height // 8, shape.width // 8, dtype=torch.bfloat16
        )
        speed = _megapixels_per_s(lambda p=peer, z=latents: p.decode(z), shape, repeats=2)
        print(f"{title} bf16: {speed:.3f} Mpx/s; ours is {ours['bf16'] / speed:.1f} times as fast")


if __name__ == "__main__":
    main()
