"""Does a stripped and re-encoded video lead back to its manifest, and never to another one?

Renders clips of the world, attacks each with everything a site or a person usually does, and looks
them up among the fingerprints of all of them, by the code of the ledger and its threshold. Nothing
but the fingerprint is used, so these are the figures without the watermark's help.

Run: python benchmarks/recovery.py --clips 104 --work DIR  (DIR keeps clips and attacks; an hour)
     python benchmarks/recovery.py --clips 400 --pool POOL (wrong matches only, among whole clips)

The second counts wrong matches among many clips of a pool of `hanazora.train.render_pool`, each
pair once; `FALSE_MATCH_RATE` in pipelines/detect/sources.py is the bound it prints.
"""

import argparse
import io
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import torch

from hanazora.provenance.fingerprint import (
    MAX_DISTANCE,
    Fingerprint,
    Fingerprinter,
    distance,
    fingerprint,
)
from hanazora.safety.access.evaluation import save_figures
from hanazora.train.autoencoder_data import ClipPool
from hanazora.world.clip import render_clip
from hanazora.world.sampling import sample_spec

FPS, NUM_FRAMES, HEIGHT, WIDTH = 8, 33, 192, 320
KEPT = (72, 120)  # attacked frames are kept this small; fingerprints start from 96 x 96 cells


def main() -> None:
    """Prepare, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=104)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--work", type=Path)
    where.add_argument("--pool", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(1)
    if args.pool:
        print(json.dumps(wrong_matches(ClipPool(args.pool), args.clips), indent=2))
        return
    attacked = [prepared(args.work, seed) for seed in range(args.clips)]
    found = measured(attacked)
    print(json.dumps(found, indent=2))
    num_lookups = len(attacked) * len(found["right"])
    save_figures(
        f"python benchmarks/recovery.py --clips {args.clips}",
        {
            "recovery.right": (found["right_overall"], num_lookups),
            "recovery.wrong": (found["wrong_pairs"], found["pairs"]),
        },
    )


def measured(attacked: list[dict[str, np.ndarray]]) -> dict[str, Any]:
    """Look every attacked clip up among all of them."""
    stored = [fingerprint(one[f"orig|{FPS}"], FPS) for one in attacked]
    attacks = [name for name in attacked[0] if not name.startswith("orig")]
    by_attack, wrong, pairs, nearest_wrong = {}, 0, 0, 1.0
    for name in attacks:
        right = []
        for index, one in enumerate(attacked):
            forms = searched(one[name], float(name.split("|")[1]))
            far = [min(distance(form, kept) for form in forms) for kept in stored]
            others = far[:index] + far[index + 1 :]
            right.append(far[index] <= MAX_DISTANCE and far[index] < min(others))
            wrong += sum(other <= MAX_DISTANCE for other in others)
            nearest_wrong = min(nearest_wrong, *others)
            pairs += len(others)
        by_attack[name.split("|")[0]] = round(float(np.mean(right)), 4)
        print(name, by_attack[name.split("|")[0]], flush=True)
    return {
        "clips": len(attacked),
        "threshold": MAX_DISTANCE,
        "right": by_attack,
        "right_overall": float(np.mean(list(by_attack.values()))),
        "wrong_pairs": wrong,
        "pairs": pairs,
        "nearest_wrong_distance": round(nearest_wrong, 4),
    }


def wrong_matches(pool: ClipPool, count: int) -> dict[str, object]:
    """Compare every clip with every other one; no two show the same."""
    queries, stored = [], []
    for index in spread(pool, count):
        clip = pool[index]
        queries.append(searched(clip.frames, clip.fps))
        stored.append(fingerprint(clip.frames, clip.fps))
    far = [
        min(distance(form, kept) for form in forms)
        for index, forms in enumerate(queries)
        for kept in stored[:index]
    ]
    wrong = sum(one <= MAX_DISTANCE for one in far)
    return {
        "clips": len(stored),
        "pairs": len(far),
        "wrong_pairs": wrong,
        "upper_95": upper_end(wrong, len(far)),
        "nearest_wrong_distance": round(min(far), 4),
    }


def spread(pool: ClipPool, count: int) -> Iterator[int]:
    """Yield indices of clips of at least a second, from all over a pool."""
    long_enough = [
        index for index in range(0, len(pool), max(1, len(pool) // (3 * count)))
        if len(pool[index].frames) >= FPS
    ]  # fmt: skip
    yield from long_enough[:: max(1, len(long_enough) // count)][:count]


def upper_end(hits: int, trials: int) -> float:
    """Upper end of the one-sided 95 % interval of a rate (Poisson)."""
    low, high = 0.0, 10.0 + 3.0 * hits
    for _ in range(60):
        mean = (low + high) / 2
        terms = [math.exp(-mean)]
        for n in range(1, hits + 1):
            terms.append(terms[-1] * mean / n)
        low, high = (mean, high) if sum(terms) > 0.05 else (low, mean)
    return high / trials


def searched(frames: np.ndarray, fps: float) -> list[Fingerprint]:
    """Return the forms in which a clip is looked for."""
    taker = Fingerprinter(fps)
    taker.see(frames)
    return taker.searched()


def prepared(work: Path, seed: int) -> dict[str, np.ndarray]:
    """Return every attacked version of a clip, made once and kept."""
    kept = work / "att" / f"{seed:03d}.npz"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        frames = rendered(work, seed)
        versions = {f"orig|{FPS}": resized(frames, *KEPT)}
        for name, attack, fps in attacks_of(frames):
            height = KEPT[0] * attack.shape[1] * WIDTH // (HEIGHT * attack.shape[2])
            versions[f"{name}|{fps}"] = resized(attack, height - height % 2, KEPT[1])
        np.savez(kept, **versions)
    with np.load(kept) as found:
        return {name: found[name] for name in found.files}


def rendered(work: Path, seed: int) -> np.ndarray:
    """Return a clip of the world, rendered once and kept."""
    path = work / "clips" / f"{seed:03d}.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        spec = sample_spec(
            seed, split="train", setting=None, num_frames=NUM_FRAMES, fps=FPS, aspect=WIDTH / HEIGHT
        )
        np.save(path, render_clip(spec, HEIGHT, WIDTH, antialias=False).frames.numpy())
    return np.load(path)


def attacks_of(frames: np.ndarray) -> Iterator[tuple[str, np.ndarray, int]]:
    """Yield name, frames and rate of every attacked version."""
    count, height, width = frames.shape[:3]
    down, across = height // 20, width // 20
    inner = frames[:, down : height - down, across : width - across]
    for crf in (28, 34, 40):
        yield f"crf{crf}", encoded(frames, FPS, crf), FPS
    yield "half", encoded(resized(frames, height // 2, width // 2), FPS, 28), FPS
    for fps in (5, 12):
        moments = np.arange(0, count, FPS / fps).astype(int)
        yield f"fps{fps}", encoded(frames[moments], fps, 28), fps
    yield "trim_mid", encoded(frames[count // 4 + 1 : 3 * count // 4], FPS, 28), FPS
    yield "trim1s", encoded(frames[11:19], FPS, 28), FPS
    yield "crop.9", encoded(inner, FPS, 28), FPS
    yield "crop.9tl", encoded(frames[:, 2 * down :, 2 * across :], FPS, 28), FPS
    bars = ((0, 0), (height // 6, height // 6), (0, 0), (0, 0))
    yield "letterbox", encoded(np.pad(frames, bars), FPS, 28), FPS
    yield "flip", encoded(frames[:, :, ::-1], FPS, 28), FPS
    yield "flip+crop", encoded(inner[:, :, ::-1], FPS, 34), FPS


def encoded(frames: np.ndarray, fps: int, crf: int) -> np.ndarray:
    """Encode as a site would and decode again."""
    height, width = frames.shape[1] // 2 * 2, frames.shape[2] // 2 * 2
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        options = {"crf": str(crf), "preset": "veryfast"}
        stream = container.add_stream("libx264", rate=fps, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for frame in frames:
            picture = np.ascontiguousarray(frame[:height, :width])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    file.seek(0)
    with av.open(file) as container:
        return np.stack([one.to_ndarray(format="rgb24") for one in container.decode(video=0)])


def resized(frames: np.ndarray, height: int, width: int) -> np.ndarray:
    """Scale every frame."""
    pictures = (av.VideoFrame.from_ndarray(one, format="rgb24") for one in frames)
    return np.stack(
        [
            picture.reformat(width=width, height=height, format="rgb24").to_ndarray()
            for picture in pictures
        ]
    )


if __name__ == "__main__":
    main()
