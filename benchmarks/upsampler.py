"""How much the upsampler adds to bicubic interpolation on renders it has never seen.

    python benchmarks/upsampler.py [--num-clips 50] [--num-frames 3]

Renders clips of held-out seeds at 1280x720, shrinks them four times and enlarges them again. Prints
the PSNR of bicubic interpolation and of the upsampler, the mean change between neighbouring frames
over that of the truth (1 is neither flicker nor smear), and the cost of a megapixel of output.
"""

import argparse
import time

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from hanazora.models.upsampler.model import enlarge, upsample_stream
from hanazora.models.upsampler.weights import load_upsampler
from hanazora.parallel.device import pick_device, tune_allocator
from hanazora.pipelines.enlarging import find_upsampler
from hanazora.train.upsampler_loop import psnr, shrink
from hanazora.world.clip import render_clips
from hanazora.world.sampling import sample_spec

FIRST_SEED = 9_200_000
"""Far from the seeds of every pool."""


@torch.inference_mode()
def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--num-clips", type=int, default=50)
    parser.add_argument("--num-frames", type=int, default=3)
    arguments = parser.parse_args()
    tune_allocator()
    device = pick_device("cpu", "auto")
    upsampler = load_upsampler(find_upsampler(None))[0].to(device.dtype)
    rows, seconds, pixels = [], 0.0, 0
    for seed in range(FIRST_SEED, FIRST_SEED + arguments.num_clips):
        spec = sample_spec(seed, split="seen", num_frames=arguments.num_frames, aspect=16 / 9)
        frames = render_clips([spec], 720, 1280)[0].frames
        truth = frames[None].float() / 127.5 - 1
        small = shrink(truth)
        started = time.perf_counter()
        made = torch.cat(list(upsample_stream(upsampler, [small.to(device.dtype)])), dim=1)
        seconds += time.perf_counter() - started
        pixels += made[..., 0].numel()
        bicubic = enlarge(small[0])[None]
        rows.append([measure(bicubic, truth), measure(made, truth)])
    with FlopCounterMode(display=False) as counter:
        upsampler(small[:, :1].to(device.dtype))
    flops = counter.get_total_flops() / (720 * 1280)
    table = np.array(rows)  # clips, methods, figures
    for name, figures in zip(("bicubic", "upsampler"), table.transpose(1, 0, 2), strict=True):
        decibels, change = figures[:, 0].mean(), np.median(figures[:, 1])
        print(f"{name:9s} PSNR {decibels:.2f} dB  change over the truth's {change:.3f}")
    gain = table[:, 1, 0] - table[:, 0, 0]
    print(f"gain {gain.mean():.2f} dB on {len(gain)} clips ({gain.min():.2f} to {gain.max():.2f})")
    print(f"cost {flops / 1e3:.1f} kFLOP a pixel, {seconds / (pixels / 1e6):.2f} s a megapixel")


def measure(made: torch.Tensor, truth: torch.Tensor) -> tuple[float, float]:
    """Return PSNR, and the mean change between frames over that of the truth."""
    made = made.float().clamp(-1, 1)
    changes = [(clip[:, 1:] - clip[:, :-1]).abs().mean() for clip in (made, truth)]
    return psnr((made - truth).square().mean()), float(changes[0] / changes[1].clamp_min(1e-4))


if __name__ == "__main__":
    main()
