"""Measure milliseconds per frame of the ray caster, per scene and per stage.

    python benchmarks/render_speed.py --height 192 --width 320 [--stages] [--eager]

Draws one clip of every setting of the world. A pool of 7,000 clips was rendered at 28 frames/s per
core (35 ms a frame, scene building included) with compiled kernels.
"""

import argparse
import collections
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from hanazora.media.frames import contact_sheet, spread
from hanazora.media.pictures import write_png
from hanazora.world import renderer
from hanazora.world.build import build_scene
from hanazora.world.rays import effects, particles, raycast, tracing
from hanazora.world.sampling import sample_spec
from hanazora.world.vocabulary import SETTINGS

# processor time, so that other work on the machine does not count; wall time where a GPU works
CLOCK = time.perf_counter if torch.cuda.is_available() else time.process_time
STAGES = {
    renderer: ("_draw", "prepare", "trace", "mirror", "_particles", "pack_solids", "shadow_map"),
    tracing: (
        "screen_bounds", "list_tiles", "cast", "surface", "sun_share", "light", "_shade_all",
        "edge_pixels", "cast_subsamples", "_smooth",
    ),
    raycast: ("cast_tiles", "cast_parallel"),
    effects: ("tone", "bloom", "paper_craft", "ink_lines"),
    particles: ("sprite",),
}  # fmt: skip


def timed(name: str, inner: Callable, spent: dict[str, float]) -> Callable:
    """The function with its wall time added to spent[name]."""

    def run(*args: object, **kwargs: object) -> object:
        start = CLOCK()
        try:
            return inner(*args, **kwargs)
        finally:
            if torch.cuda.is_available():
                torch.cuda.synchronize()
            spent[name] += CLOCK() - start

    return run


def main() -> None:
    """Parse arguments, render every scene and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--height", type=int, default=192)
    parser.add_argument("--width", type=int, default=320)
    parser.add_argument("--frames", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--batch", type=int, default=None)
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--eager", action="store_true")
    parser.add_argument("--no-antialias", action="store_true")
    parser.add_argument("--stages", action="store_true")
    parser.add_argument("--scenes", default=",".join(SETTINGS))
    parser.add_argument("--sheet", default=None, help="write a contact sheet here")
    args = parser.parse_args()
    torch.set_num_threads(1)
    spent: dict[str, float] = collections.defaultdict(float)
    if args.stages:
        for module, names in STAGES.items():
            for name in names:
                label = f"{module.__name__.rsplit('.', 1)[-1]}.{name}"
                setattr(module, name, timed(label, getattr(module, name), spent))
    clips = []
    for name in args.scenes.split(","):
        spec = sample_spec(args.seed, setting=name, num_frames=args.frames)
        scene = build_scene(spec).shots[0].scene
        for repeat in range(args.repeats + 1):
            spent.clear()
            start = CLOCK()
            clip = renderer.render(
                [scene] * args.copies,
                args.height,
                args.width,
                device=args.device,
                antialias=not args.no_antialias,
                compiled=False if args.eager else None,
                batch_frames=args.batch,
            )[0]
            if args.device == "cuda":
                torch.cuda.synchronize()
            per_frame = (CLOCK() - start) * 1000 / args.frames / args.copies
            note = "warm-up" if repeat == 0 else ""
            solids = scene.primitives.shapes.size
            print(f"{name:12s} {solids:4d} solids {per_frame:8.2f} ms/frame {note}")
        for stage, seconds in sorted(spent.items(), key=lambda item: -item[1]):
            print(f"         {seconds * 1000 / args.frames / args.copies:7.2f} ms {stage}")
        clips.append(spread(clip.frames.cpu().numpy(), 4))
    if args.sheet:
        write_png(Path(args.sheet), contact_sheet(np.concatenate(clips), columns=4))


if __name__ == "__main__":
    main()
