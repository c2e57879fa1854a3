"""Does every changed bit break a signature, what does signing cost, and is a chain readable?

Makes a video, signs it, flips one bit at a time at random positions of mdat, moov and the manifest,
and asks `hanazora verify`'s judge and the bare C2PA library. Then signs a file of 10 MB, and edits
of edits. Run: python benchmarks/c2pa_flips.py --flips 1000 (writes the signature section of the
safety report)
"""

import argparse
import collections
import json
import random
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from hanazora.media.encode import write_video
from hanazora.media.pictures import write_png
from hanazora.provenance.keys import Keys, load_keys
from hanazora.provenance.library import load_library, open_context
from hanazora.provenance.manifest import Generation, Ingredient, build_manifest
from hanazora.provenance.sign import sign_file
from hanazora.provenance.verify import read_verification
from hanazora.safety.access.evaluation import save_figures

SAID = Generation(
    model="hanazora-petal",
    model_sha256="ab" * 32,
    version="0.1.0",
    prompt_hash="cd" * 32,
    policy="2026.11.1",
    policy_sha256="ef" * 32,
    checks=dict.fromkeys(("prompt_filter", "frame_filter", "watermark", "fingerprint"), "passed"),
    mark_id="0123456789",
    fingerprint="0f" * 18,
)
REGIONS = {b"mdat": "mdat", b"moov": "moov", b"uuid": "manifest"}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flips", type=int, default=1000, help="per region")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        keys = load_keys(directory / "keys")
        source = directory / "clip.mp4"
        write_video(source, moving(24, 96, 160), fps=8)
        flipped = flips(source, keys, args.flips, args.seed)
        edits, kinds = chain(source, keys), every_kind(directory, keys)
        found = {"flips": flipped, "chain": edits, "kinds": kinds, "cost": cost(directory, keys)}
    print(json.dumps(found, indent=2))
    states = [str(one["state"]) for one in edits] + list(kinds.values())
    num_flips = sum(sum(one["ours"].values()) for one in flipped.values())
    invalid = sum(one["ours"].get("Invalid", 0) for one in flipped.values())
    save_figures(
        f"python benchmarks/c2pa_flips.py --flips {args.flips} --seed {args.seed}",
        {
            "signature.trusted": (states.count("Trusted") / len(states), len(states)),
            "signature.flips_invalid": (invalid / num_flips, num_flips),
        },
    )


def flips(source: Path, keys: Keys, count: int, seed: int) -> dict[str, Any]:
    """Count the states after single flipped bits, per region."""
    signed, changed = source.with_name("signed.mp4"), source.with_name("changed.mp4")
    sign_file(source, signed, build_manifest(SAID), keys)
    data, draw = signed.read_bytes(), random.Random(seed)
    found: dict[str, Any] = {}
    for start, end, kind in boxes(data):
        if kind not in REGIONS:
            continue
        ours, bare = collections.Counter[str](), collections.Counter[str]()
        for _ in range(count):
            position = draw.randrange(start, end)
            flipped = bytearray(data)
            flipped[position] ^= 1 << draw.randrange(8)
            changed.write_bytes(flipped)
            ours[read_verification(changed, keys.anchors).state] += 1
            bare[bare_state(changed, keys)] += 1
        found[REGIONS[kind]] = {"bytes": end - start, "ours": dict(ours), "library": dict(bare)}
    return found


def bare_state(path: Path, keys: Keys) -> str:
    """Return the library's own state, or the name of its error."""
    c2pa = load_library()
    try:
        with path.open("rb") as file:
            reader = c2pa.Reader("video/mp4", file, context=open_context(keys.anchors))
            with reader:
                return str(reader.get_validation_state())
    except c2pa.C2paError as error:
        return type(error).__name__.lstrip("_")


def chain(source: Path, keys: Keys) -> list[dict[str, object]]:
    """Sign a file, then edits of it, each from the one before."""
    given: list[Ingredient] = []
    found = []
    for number in range(4):
        target = source.with_name(f"edit-{number}.mp4")
        sign_file(source, target, build_manifest(SAID, given), keys, given)
        read = read_verification(target, keys.anchors)
        found.append(
            {
                "state": read.state,
                "steps": [[action.action for action in one.actions] for one in read.manifests],
                "overhead_bytes": target.stat().st_size - source.stat().st_size,
            }
        )
        given = [Ingredient(target, "parentOf")]
    return found


def every_kind(directory: Path, keys: Keys) -> dict[str, str]:
    """Return the state of signed files of every kind that leaves, one frame and many."""
    found = {}
    for count, height, width in ((1, 16, 16), (9, 96, 160), (33, 192, 320)):
        frames = moving(count, height, width)
        for suffix in ("mp4", "png"):
            path = directory / f"{count}.{suffix}"
            if suffix == "mp4":
                write_video(path, frames, fps=8)
            else:
                write_png(path, frames[-1])
            target = path.with_stem(f"{count}-signed")
            sign_file(path, target, build_manifest(SAID), keys)
            found[path.name] = read_verification(target, keys.anchors).state
    return found


def cost(directory: Path, keys: Keys) -> dict[str, float]:
    """Time signing and verifying a file of about 10 MB."""
    source, target = directory / "large.mp4", directory / "large-signed.mp4"
    draw = np.random.default_rng(0)
    noise = draw.integers(0, 255, (64, 360, 640, 3), dtype=np.uint8)
    write_video(source, noise, fps=8)
    wall, cpu, read = [], [], []
    for _ in range(5):
        start, start_cpu = time.perf_counter(), time.process_time()
        sign_file(source, target, build_manifest(SAID), keys)
        wall.append(time.perf_counter() - start)
        cpu.append(time.process_time() - start_cpu)
        start = time.perf_counter()
        read_verification(target, keys.anchors)
        read.append(time.perf_counter() - start)
    return {
        "megabytes": source.stat().st_size / 1e6,
        "overhead_bytes": target.stat().st_size - source.stat().st_size,
        "sign_s_median": float(np.median(wall)),
        "sign_cpu_s_median": float(np.median(cpu)),
        "sign_s_best": min(wall),
        "verify_s_median": float(np.median(read)),
    }


def boxes(data: bytes) -> list[tuple[int, int, bytes]]:
    """Return start, end and kind of the outermost boxes."""
    found, position = [], 0
    while position + 8 <= len(data):
        size = int.from_bytes(data[position : position + 4], "big")
        found.append((position, position + size, data[position + 4 : position + 8]))
        position += size
    return found


def moving(num_frames: int, height: int, width: int) -> np.ndarray:
    """Make a small moving picture."""
    t, y, x = np.mgrid[0:num_frames, 0:height, 0:width]
    blue = 128 + 60 * np.sin((x + y) / 9.0 + t)
    return np.stack([x * 5 + t * 11, y * 7 + t * 3, blue], axis=-1).astype(np.uint8)


if __name__ == "__main__":
    main()
