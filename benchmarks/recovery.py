"""Does a stripped and re-encoded video lead back to its manifest, and never to another one?

Renders clips of the world, attacks each with everything a site or a person usually does, and looks
them up among the fingerprints of all of them, by the code of the ledger and its threshold. Nothing
but the fingerprint is used, so these are the figures without the watermark's help.

Run: python benchmarks/recovery.py --clips 104 --work DIR  (DIR keeps clips and attacks; an hour)
"""

import argparse
import io
import json
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
from hanazora.world.clip import render_clip
from hanazora.world.sampling import sample_spec

FPS, NUM_FRAMES, HEIGHT, WIDTH = 8, 33, 192, 320
KEPT = (72, 120)  # attacked frames are kept this small; fingerprints start from 96 x 96 cells


def main() -> None:
    """Prepare, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=104)
    parser.add_argument("--work", type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
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
