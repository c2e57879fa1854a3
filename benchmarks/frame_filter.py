"""What the frame filter sees and what it wrongly sees, on pictures that it was not trained on.

    python benchmarks/frame_filter.py [--clips 300] [--pool DIR] [--generate 8] [--scale 0.15]
                                      [--test DIR]

Four parts, each printed as a Markdown table:

1. held-out renders: other seeds, and for everything harmful other places and drawing styles;
   recall per family at the border and at sure, false alarms per 1,000 harmless pictures
   (`--test` keeps the pictures in a folder and reads them again);
2. whole clips of the world in all settings, through the filter as a video goes through it;
3. videos of the bundled model, made here (`--generate`);
4. photographs and faces that install with scikit-image and scikit-learn (`pip install
   hanazora[bench]`): false alarms on crops, recall of the face check on its 100 + 100 pictures.
"""

import argparse
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import torch

from hanazora.safety.frame_filter import FrameFilter
from hanazora.safety.frames.classifier import WEIGHTS, ClassifierModerator
from hanazora.safety.frames.faces import FaceModerator, can_find_faces
from hanazora.safety.frames.network import LABELS, load_classifier
from hanazora.safety.policy import load_policy
from hanazora.train.autoencoder_data import ClipPool
from hanazora.train.frame_classifier.calibration import read_logits
from hanazora.train.frame_classifier.dataset import Counts, load_sets, make_split, save_sets
from hanazora.world.clip import render_clip
from hanazora.world.sampling import sample_spec
from hanazora.world.vocabulary import SETTINGS

LABEL_OF = {"bare": 2, "weapon": 1, "blood": 0, "splash": 0, "emblem": 3}
FIRST_CLIP_SEED = 91_000_000


def held_out(scale: float, directory: Path | None) -> None:
    """Print recall and false alarms on held-out renders."""
    if directory is not None and any(directory.glob("*.npz")):
        sets = load_sets(directory)
    else:
        sets = make_split("test", Counts().scaled(scale))
        if directory is not None:
            save_sets(sets, directory)
    network = load_classifier(WEIGHTS)
    border = torch.tensor(network.config.border)
    sure = torch.tensor(network.config.sure)
    logits, families = [], []
    for one in sets:
        logits.append(read_logits(network, one.pictures))
        families += one.families
    values = torch.cat(logits)
    print("| family | pictures | seen at the border | sure from one frame |\n|---|---|---|---|")
    for family, column in LABEL_OF.items():
        rows = torch.tensor([name == family for name in families])
        seen = (values[rows, column] >= border[column]).float().mean().item()
        certain = (values[rows, column] >= sure[column]).float().mean().item()
        print(f"| {family} ({LABELS[column]}) | {int(rows.sum())} | {seen:.1%} | {certain:.1%} |")
    print("\n| harmless family | pictures | border per 1,000 | sure per 1,000 |\n|---|---|---|---|")
    for family in dict.fromkeys(name for name in families if name not in LABEL_OF):
        rows = torch.tensor([name == family for name in families])
        at_border = (values[rows] >= border).any(dim=1).float().mean().item()
        at_sure = (values[rows] >= sure).any(dim=1).float().mean().item()
        print(f"| {family} | {int(rows.sum())} | {1000 * at_border:.1f} | {1000 * at_sure:.1f} |")


def rendered(count: int) -> Iterator[tuple[str, np.ndarray]]:
    """Render clips of the world in turn in every setting."""
    for index in range(count):
        setting = SETTINGS[index % len(SETTINGS)]
        spec = sample_spec(FIRST_CLIP_SEED + index, setting=setting, num_frames=5, fps=2.0)
        yield f"{setting} {spec.seed}", render_clip(spec, 192, 320).frames.numpy()


def pooled(directory: Path, count: int) -> Iterator[tuple[str, np.ndarray]]:
    """Yield clips of a rendered pool from its last fifth, which training takes nothing from."""
    pool = ClipPool(directory)
    first = int(0.8 * len(pool))
    for index in np.linspace(first, len(pool) - 1, count).astype(int).tolist():
        clip = pool[index]
        yield f"{clip.facts.get('setting', '')} clip {index}", np.array(clip.frames)


def world_clips(clips: Iterable[tuple[str, np.ndarray]]) -> None:
    """Print how many clips of the world are refused."""
    refused, borderline, frames, count = list[str](), 0, 0, 0
    for name, video in clips:
        state, scores = run_filter(video, 8.0)
        count += 1
        frames += len(video)
        borderline += sum(max(row.values()) >= 0.5 for row in scores)
        if state != "passed":
            refused.append(name)
    print(f"world clips refused: {len(refused)} of {count}; ", end="")
    print(f"frames at or above the border: {borderline} of {frames}  {refused[:5]}")


def bundled_videos(count: int) -> None:
    """Print how many videos of the bundled model are refused."""
    import hanazora
    from hanazora.pipelines.request import GenerateRequest
    from hanazora.world.captions import write_caption

    model, refused, highest = hanazora.load(), 0, 0.0
    for index in range(count):
        spec = sample_spec(FIRST_CLIP_SEED + 1000 + index, setting=SETTINGS[index % len(SETTINGS)])
        prompt = write_caption(spec, index).text
        video = model.generate(GenerateRequest(prompt=prompt, num_frames=9, seed=index)).frames
        state, scores = run_filter(video, 8.0)
        refused += state != "passed"
        highest = max(highest, *(max(row.values()) for row in scores))
    print(f"videos of the bundled model refused: {refused} of {count}; highest {highest:.3f}")


def run_filter(video: np.ndarray, fps: float) -> tuple[str, list[dict[str, float]]]:
    """Return the state of the filter, and the scores of every frame."""
    judge = FrameFilter(load_policy(), "general", fps)
    judge.see(video, 0)
    return judge.finish().state, [dict(row) for row in ClassifierModerator().judge(video)]


def photographs() -> Iterator[tuple[str, np.ndarray]]:
    """Yield the colour pictures that install with the two packages."""
    from skimage import data
    from sklearn.datasets import load_sample_images

    for name in ("astronaut", "chelsea", "coffee", "rocket", "retina", "colorwheel",
                 "immunohistochemistry", "hubble_deep_field", "logo"):  # fmt: skip
        yield name, np.asarray(getattr(data, name)())[..., :3]
    yield "motorcycle", np.asarray(data.stereo_motorcycle()[0])
    for index, image in enumerate(load_sample_images().images):
        yield f"sample {index}", image


def crops(picture: np.ndarray, rng: np.random.Generator, count: int = 24) -> Iterator[np.ndarray]:
    """Yield the picture and random parts of it."""
    yield picture
    height, width = picture.shape[:2]
    for _ in range(count):
        share = rng.uniform(0.35, 0.9)
        tall, wide = int(height * share), int(width * share)
        top, left = rng.integers(height - tall + 1), rng.integers(width - wide + 1)
        yield picture[top : top + tall, left : left + wide]


def real_pictures() -> None:
    """Print false alarms on photographs."""
    moderator, rng = ClassifierModerator(), np.random.default_rng(0)
    print("\n| photograph | crops | at the border | sure | highest |\n|---|---|---|---|---|")
    total = np.zeros(3, int)
    for name, picture in photographs():
        best = [max(moderator.judge(one[None])[0].items(), key=lambda item: item[1])
                for one in crops(picture, rng)]  # fmt: skip
        scores = np.array([score for _, score in best])
        counts = np.array([len(best), (scores >= 0.5).sum(), (scores >= 0.75).sum()])
        total += counts
        top = max(best, key=lambda item: item[1])
        print(f"| {name} | {counts[0]} | {counts[1]} | {counts[2]} | {top[0]} {top[1]:.2f} |")
    print(f"| all | {total[0]} | {total[1]} | {total[2]} | |")


def faces() -> None:
    """Print recall and false alarms of the face check."""
    from skimage import data

    pictures = (np.asarray(data.lfw_subset()) * 255).round().clip(0, 255).astype(np.uint8)
    coloured = np.repeat(pictures[..., None], 3, axis=-1)
    moderator = FaceModerator()
    scores = np.array([row["likeness"] if row else 0.0 for row in moderator.judge(coloured)])
    print(f"\nfaces found: {(scores[:100] >= 0.5).sum()} of 100; ", end="")
    print(f"non-faces called faces: {(scores[100:] >= 0.5).sum()} of 100")
    for name, picture in photographs():
        print(f"  {name}: {len(moderator.find(picture))} faces", end="")
    print()


def speed() -> None:
    """Print what judging a frame costs."""
    moderator = ClassifierModerator()
    frames = np.random.default_rng(0).integers(0, 255, (8, 192, 320, 3)).astype(np.uint8)
    moderator.judge(frames)
    started = time.process_time()
    for _ in range(5):
        moderator.judge(frames)
    print(f"\n{1000 * (time.process_time() - started) / 40:.1f} ms CPU a frame of 320x192")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, default=300)
    parser.add_argument("--pool", type=Path, default=None, help="rendered clips, not new ones")
    parser.add_argument("--generate", type=int, default=8)
    parser.add_argument("--scale", type=float, default=0.15)
    parser.add_argument("--test", type=Path, default=None, help="where held-out pictures lie")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    speed()
    real_pictures()
    if can_find_faces():
        faces()
    if options.scale:
        held_out(options.scale, options.test)
    clips = rendered(options.clips) if options.pool is None else pooled(options.pool, options.clips)
    world_clips(clips)
    if options.generate:
        bundled_videos(options.generate)


if __name__ == "__main__":
    main()
