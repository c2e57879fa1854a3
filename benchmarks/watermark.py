"""Measure the watermark: how faint it is, what it survives, how often it cries wolf.

    python benchmarks/watermark_clips.py CLIPS
    python benchmarks/watermark.py run CLIPS RESULTS.jsonl [--shard 0/4] [--attacks all]
    python benchmarks/watermark.py table RESULTS.jsonl ...
    python benchmarks/watermark.py alarms POOL [--clips 400] [--keys 260] [--searched 2]

`run` marks every clip under a key and an id of its own, publishes it as our own writer does
(H.264, CRF 17), attacks the published file and reads it three ways: is there a mark, which id does
it carry, and which of the 10,000 ids of a ledger. VMAF, PSNR and CIEDE2000 compare the frames
before and after marking. `alarms` reads unmarked clips of a pool of `hanazora.train.render_pool`,
or of a folder of clips, with random keys. The summary holds the
quality bars and the detection bars of the same files, never of different ones.
"""

import argparse
import hashlib
import io
import itertools
import json
import math
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
from PIL import Image
from watermark_attacks import ATTACKS, SETS, apply, quality

from hanazora.media.decode import read_video
from hanazora.media.encode import write_video
from hanazora.provenance.watermark import Watermarker, read_mark
from hanazora.provenance.watermark.bch import CODE_BITS
from hanazora.provenance.watermark.carriers import NUM_PLANES, NUM_SALTS, build_carriers
from hanazora.provenance.watermark.evidence import MAX_P, p_value, search_cost
from hanazora.provenance.watermark.layout import layout_for
from hanazora.provenance.watermark.look import look, views_of
from hanazora.safety.access.evaluation import save_figures
from hanazora.train.autoencoder_data import ClipPool

FPS = 8
PIECE = 8
LEDGER_SIZE = 10_000


def main() -> None:
    """Run one of the three commands."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    run_parser = commands.add_parser("run")
    run_parser.add_argument("clips", type=Path)
    run_parser.add_argument("results", type=Path)
    run_parser.add_argument("--shard", default="0/1")
    run_parser.add_argument("--attacks", choices=SETS, default="bar")
    table_parser = commands.add_parser("table")
    table_parser.add_argument("results", type=Path, nargs="+")
    alarm_parser = commands.add_parser("alarms")
    alarm_parser.add_argument("pool", type=Path)
    alarm_parser.add_argument("--clips", type=int, default=400)
    alarm_parser.add_argument("--keys", type=int, default=260)
    alarm_parser.add_argument("--searched", type=int, default=0, help="clips of the full search")
    args = parser.parse_args()
    if args.command == "run":
        run(args.clips, args.results, args.shard, SETS[args.attacks])
    elif args.command == "table":
        print_table(read_rows(args.results))
    else:
        alarms(unmarked(args.pool, args.clips), args.keys, args.searched)


def run(clips: Path, results: Path, shard: str, attacks: tuple[str, ...]) -> None:
    """Measure the clips of a shard under the attacks that are not in the results yet."""
    index, count = map(int, shard.split("/"))
    done = defaultdict(set)
    for row in read_rows([results]) if results.exists() else []:
        done[row["clip"]] |= set(row["attacks"])
    # In the order of a hash, so that a run that is cut short has seen every kind of clip.
    paths = sorted(
        clips.glob("*.npy"), key=lambda path: hashlib.sha256(path.stem.encode()).digest()
    )
    for path in paths[index::count]:
        left = tuple(name for name in attacks if name not in done[path.stem])
        if left:
            row = measure(path, left, with_quality=not done[path.stem])
            with results.open("a") as file:
                file.write(json.dumps(row) + "\n")
            missed = [name for name, seen in row["attacks"].items() if not seen["found"]]
            print(f"{path.stem:24s} {row.get('faint', '')} missed {missed}", flush=True)


def read_rows(results: list[Path]) -> list[dict]:
    """Read results; a clip may have several rows, each of other attacks."""
    return [json.loads(line) for path in results for line in path.open()]


def measure(path: Path, attacks: tuple[str, ...], *, with_quality: bool) -> dict[str, object]:
    """Mark, publish, attack and read one clip."""
    frames = np.load(path)
    seed = hashlib.sha256(path.stem.encode()).digest()
    key, mark_id = seed[:16], int.from_bytes(seed[16:21], "big")
    watermarker = Watermarker(key, mark_id, *frames.shape[1:3])
    start = time.process_time()
    marked = np.concatenate(
        [watermarker.embed(frames[t : t + PIECE], t) for t in range(0, len(frames), PIECE)]
    )
    embed_ms = 1e3 * (time.process_time() - start) / len(frames)
    ledger = np.random.default_rng(0).integers(0, 1 << 40, LEDGER_SIZE - 1).tolist()
    reading: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        published = Path(folder) / "published.mp4"
        write_video(published, marked, fps=FPS)
        for name in attacks:
            seen = jpeg(published) if "JPEG" in name else apply(ATTACKS[name], published)
            # Elsewhere the search of crops could only take time, and find more.
            cropped = any(word in name for word in ("crop", "rotate", "filmed"))
            reading[name] = read(seen, key, mark_id, [*ledger, mark_id], cropped=cropped)
    row: dict[str, object] = {
        "clip": path.stem, "frames": len(frames), "size": list(frames.shape[1:3]),
        "embed_ms": embed_ms, "check": watermarker.check().state, "attacks": reading,
    }  # fmt: skip
    return row | {"faint": quality(frames, marked, FPS)._asdict()} if with_quality else row


def read(
    frames: np.ndarray, key: bytes, mark_id: int, ledger: list[int], *, cropped: bool
) -> dict[str, object]:
    """Read with a ledger, and say what would have been read without."""
    start = time.process_time()
    reading = read_mark(frames, FPS, [key], known_ids=ledger, cropped=cropped)
    return {
        "found": reading.blind_p_value <= MAX_P, "found_with_ledger": reading.found,
        "id": not reading.from_known and reading.mark_id == mark_id,
        "id_with_ledger": reading.mark_id == mark_id,
        "wrong_id": reading.mark_id not in (None, mark_id),
        "log10_p": math.log10(reading.blind_p_value), "bits": reading.bits_matched,
        "seconds": time.process_time() - start,
    }  # fmt: skip


def jpeg(published: Path) -> np.ndarray:
    """One frame out of the middle, as a screenshot."""
    frames = read_video(published)
    file = io.BytesIO()
    Image.fromarray(frames[len(frames) // 2]).save(file, "JPEG", quality=50)
    return np.asarray(Image.open(file))[None]


def print_table(rows: list[dict]) -> None:
    """Print quality and detection as the tables of docs/concepts/safety.md."""
    whole = [row for row in rows if "faint" in row]
    print(f"{len(whole)} clips; marked: {sum(row['check'] == 'passed' for row in whole)}")
    for name in whole[0]["faint"]:
        values = [row["faint"][name] for row in whole]
        print(f"{name}: mean {np.mean(values):.2f}, {min(values):.2f} to {max(values):.2f}")
    native = [row["embed_ms"] for row in rows if row["size"] == [192, 320]]
    print(f"embedding: {np.median(native):.1f} ms of one core per 320x192 frame")
    print("\n| attack | clips | found at 1e-6 | target | found with ledger | id read "
          "| id with ledger | wrong ids | median log10 p | s |")  # fmt: skip
    print("|---" * 10 + "|")
    seen = defaultdict(list)
    for row in rows:
        for attack, reading in row["attacks"].items():
            seen[attack].append(reading)
    crf28 = [bool(one["found"]) for one in seen.get("H.264 CRF 28", [])]
    if crf28:
        figures = {"watermark.detected_crf28": (float(np.mean(crf28)), len(crf28))}
        save_figures("python benchmarks/watermark.py table", figures)
    for attack, readings in seen.items():
        share = {key: f"{np.mean([one[key] for one in readings]):.3f}" for key in readings[0]}
        target = ATTACKS[attack].target
        wrong = sum(one["wrong_id"] for one in readings)
        middle = np.median([one["log10_p"] for one in readings])
        seconds = np.median([one["seconds"] for one in readings])
        print(
            f"| {attack} | {len(readings)} | {share['found']} | {target or '-'} | "
            f"{share['found_with_ledger']} | {share['id']} | {share['id_with_ledger']} | "
            f"{wrong} | {middle:.0f} | {seconds:.1f} |"
        )


def unmarked(pool: Path, count: int) -> list[np.ndarray]:
    """Return what a reader looks at of unmarked clips, of the size the model makes."""
    if list(pool.glob("*.npy")) and not list(pool.glob("*.jsonl")):
        clips = (np.load(path) for path in sorted(pool.glob("*.npy")))
    else:
        index = ClipPool(pool)
        places = np.linspace(0, len(index) - 1, min(6 * count, len(index))).astype(int)
        clips = (np.asarray(index[place].frames) for place in places)
    kept = (views_of(clip) for clip in clips if clip.shape[1:3] == (192, 320) and len(clip) > 1)
    return list(itertools.islice(kept, count))


def alarms(pictures: list[np.ndarray], num_keys: int, searched: int) -> None:
    """Read unmarked clips with keys that marked nothing: all salts, where a mark would lie."""
    grid, rng = layout_for(192, 320), np.random.default_rng(11)
    flat = np.stack([look(one, grid).ravel() for one in pictures], axis=1)
    power = flat**2
    matches, best = [], []
    for index in range(num_keys):
        key, code = rng.bytes(16), rng.integers(0, 2, CODE_BITS)
        carriers = [build_carriers(key, salt, grid) for salt in range(NUM_SALTS)]
        pilots = np.stack([one.pilot.ravel() for one in carriers])
        best.append(pilots @ flat / np.sqrt(pilots**2 @ power))
        if index % 32 == 0:  # bits take longest
            seen = flat.T.reshape(-1, NUM_PLANES, *grid)
            soft = [carriers[0].soft_bits(view) for view in seen]
            matches += [int(((one > 0) == code).sum()) for one in soft]
    every = np.stack(best)  # key, salt, clip
    top = every.max(axis=1)
    found = sum(p_value(score, search_cost(NUM_SALTS)) <= MAX_P for score in top.ravel())
    print(f"{top.size} trials of {len(pictures)} clips and {num_keys} keys, each with "
          f"{NUM_SALTS} salts: {found} false alarms")  # fmt: skip
    print(f"pilot score: mean {every.mean():.4f}, sd {every.std():.4f}, max {every.max():.2f}")
    ratio = np.std(matches) / math.sqrt(CODE_BITS / 4)
    print(f"bits matched of {CODE_BITS} in {len(matches)} trials: mean {np.mean(matches):.3f}, "
          f"sd {ratio:.4f} of binomial, max {max(matches)}")  # fmt: skip
    figure = (int(found) + searches(pictures, searched), int(top.size) + searched)
    save_figures("python benchmarks/watermark.py alarms", {"watermark.false_alarms": figure})


def searches(pictures: list[np.ndarray], count: int) -> int:
    """Count the same with the whole search, which takes seconds a trial."""
    rng = np.random.default_rng(12)
    readings = [
        read_mark(picture.round().astype(np.uint8), FPS, [rng.bytes(16)])
        for picture in pictures[:count]
    ]
    scores, false = sum(one.num_geometries for one in readings), sum(one.found for one in readings)
    print(f"full search: {len(readings)} trials, {scores} scores, {false} false alarms")
    return false


if __name__ == "__main__":
    main()
