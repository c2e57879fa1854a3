"""A minute of video beside a diffusers pipeline of equal parameter count (issue 3, bar 2).

    python benchmarks/peer.py --peer-python OTHER/bin/python [--model DIR] [--threads 1]

The peer is the transformer and the autoencoder of Wan 2.1 as diffusers builds them, with widths
that come nearest to our parameter counts and random weights (which change no cost). It works as its
pipeline does: pieces of 81 frames with full attention, 50 steps, each with and without the prompt,
then one decode. It is timed on one guided step of one piece and on the decode of a short clip,
and multiplied up to a minute. Ours is timed on whole videos, from noise to frames, and multiplied
by duration. Text encoders are left out on both sides; both compute in bf16.
The ratio is printed for the same frames on both sides, and for the peer at its usual rate.

Both are timed in turns in the same minutes, in processor time by default: on a machine that does
other work too, that is what says something. The peer lives in a Python of its own, which needs
torch and diffusers only.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

FPS = 8
PEER_FPS = 16
PIECE_FRAMES = 81
NUM_STEPS = 50
GUIDED = 2  # forwards per step: with the prompt and without it
TEXT_TOKENS, TEXT_SIZE = 64, 256
DECODE_FRAMES = 17


def main() -> None:
    """Measure both and print; with --as-peer answer the process that started this one."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--peer-python", default=sys.executable)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--size", default="320x192")
    parser.add_argument("--seconds", type=float, default=10, help="length of our videos")
    parser.add_argument("--steps", type=int, help="our steps; else the model's own")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--wall", action="store_true", help="wall time, on a quiet machine")
    parser.add_argument("--as-peer", metavar="JSON", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.as_peer is not None:
        answer(json.loads(arguments.as_peer))
    else:
        compare(arguments)


def compare(arguments: argparse.Namespace) -> None:
    """Time both in turns and print the ratio."""
    import torch

    from hanazora.pipelines.generate import load
    from hanazora.pipelines.request import GenerateRequest

    torch.set_num_threads(arguments.threads)
    width, height = map(int, arguments.size.split("x"))
    model = load(arguments.model, dtype="bf16")
    counts = {
        "transformer": _count(model.model.transformer),
        "autoencoder": _count(model.model.autoencoder),
    }
    config = model.model.transformer.config
    wanted = {
        **counts, "width": width, "height": height, "threads": arguments.threads,
        "wall": arguments.wall, "layers": config.num_layers, "head": config.head_dim,
    }  # fmt: skip
    request = GenerateRequest(
        prompt="A woman in a red coat walks under the cherry trees.", width=width, height=height,
        num_frames=round(arguments.seconds * FPS), num_inference_steps=arguments.steps,
    )  # fmt: skip
    clock = time.perf_counter if arguments.wall else time.process_time

    def ours() -> float:
        job = model.prepare(request)
        started = clock()
        for _ in model.frames(job, model.chunks(job)):
            pass
        return clock() - started

    command = [arguments.peer_python, __file__, "--as-peer", json.dumps(wanted)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as peer:
        assert peer.stdin is not None and peer.stdout is not None

        def ask(question: str) -> dict[str, float]:
            assert peer.stdin is not None and peer.stdout is not None
            print(question, file=peer.stdin, flush=True)
            reply: dict[str, float] = json.loads(peer.stdout.readline())
            return reply

        theirs = ask("counts")
        print(f"ours: {_millions(counts)}; peer: {_millions(theirs)}", flush=True)
        times: dict[str, list[float]] = {"ours": [], "step": [], "decode": []}
        for _ in range(arguments.repeats):
            times["step"].append(ask("step")["seconds"])
            times["ours"].append(ours())
            times["decode"].append(ask("decode")["seconds"])
        peer.stdin.close()
    _report(times, request.num_frames, arguments.wall)


def _report(times: dict[str, list[float]], num_frames: int, wall: bool) -> None:
    ours, step, decode = (statistics.median(times[name]) for name in ("ours", "step", "decode"))
    minute = 60 * FPS
    mine = ours * minute / num_frames
    denoising = step * NUM_STEPS * minute / PIECE_FRAMES
    decoding = decode * minute / DECODE_FRAMES
    unit = "s" if wall else "CPU s"
    print(f"ours: {num_frames} frames in {ours:.2f} {unit}, a minute in {mine:.0f}")
    print(
        f"peer: one guided step of {PIECE_FRAMES} frames {step:.2f} {unit}, decode of "
        f"{DECODE_FRAMES} frames {decode:.2f}; a minute {denoising:.0f} + {decoding:.0f}"
    )
    ratio = (denoising + decoding) / mine
    print(
        f"ratio per minute of video: {ratio:.1f} at {FPS} frames per second on both sides, "
        f"{ratio * PEER_FPS / FPS:.1f} with the peer at its usual {PEER_FPS}"
    )


def _millions(counts: dict[str, float]) -> str:
    return ", ".join(f"{name} {count / 1e6:.2f} M" for name, count in counts.items())


def _count(module: object) -> int:
    parameters = module.parameters()  # type: ignore[attr-defined]
    return sum(parameter.numel() for parameter in parameters)


def answer(wanted: dict[str, float]) -> None:
    """Build the peer, then time what the other process asks for, line by line."""
    import torch

    torch.set_num_threads(int(wanted["threads"]))
    transformer, autoencoder = build_peer(wanted)
    clock = time.perf_counter if wanted["wall"] else time.process_time
    rows, columns = int(wanted["height"]) // 8, int(wanted["width"]) // 8
    noisy = torch.randn(1, 16, (PIECE_FRAMES - 1) // 4 + 1, rows, columns, dtype=torch.bfloat16)
    text = torch.randn(1, TEXT_TOKENS, TEXT_SIZE, dtype=torch.bfloat16)
    latents = noisy[:, :, : (DECODE_FRAMES - 1) // 4 + 1]

    def step() -> None:
        for _ in range(GUIDED):
            transformer(noisy, torch.tensor([500]), text)

    def decode() -> None:
        autoencoder.decode(latents)

    work: dict[str, Callable[[], None]] = {"step": step, "decode": decode}
    for line in sys.stdin:
        question = line.strip()
        reply = {"transformer": _count(transformer), "autoencoder": _count(autoencoder)}
        if question in work:
            with torch.inference_mode():
                started = clock()
                work[question]()
                reply = {"seconds": clock() - started}
        print(json.dumps(reply), flush=True)


def build_peer(wanted: dict[str, float]) -> "list[torch.nn.Module]":
    """Return Wan's transformer and autoencoder, each as near our parameter count as it comes."""
    import torch
    from diffusers import AutoencoderKLWan, WanTransformer3DModel

    def transformer(num_heads: int) -> torch.nn.Module:
        size = num_heads * int(wanted["head"])
        made: torch.nn.Module = WanTransformer3DModel(
            num_attention_heads=num_heads, attention_head_dim=int(wanted["head"]),
            num_layers=int(wanted["layers"]), ffn_dim=4 * size, text_dim=TEXT_SIZE,
        )  # fmt: skip
        return made

    def autoencoder(base: int) -> torch.nn.Module:
        made: torch.nn.Module = AutoencoderKLWan(base_dim=base)
        return made

    parts = []
    for name, make, sizes in (
        ("transformer", transformer, range(1, 17)),
        ("autoencoder", autoencoder, range(8, 97, 4)),
    ):
        with torch.device("meta"):
            best = min(sizes, key=lambda size: abs(_count(make(size)) - wanted[name]))
        parts.append(make(best).to(torch.bfloat16).eval())
    return parts


if __name__ == "__main__":
    main()
