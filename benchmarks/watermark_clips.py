"""The clips the watermark is measured on: world renders, model samples and pans over real photos.

    python benchmarks/watermark_clips.py DIR [--photos DIR ...] [--model DIR] [--only NAME ...]

Writes one .npy per clip (46 in all; frames, uint8 t h w c), of 33 frames at 320x192, three of
them at 640x384, six of 17 frames at 1280x720 after the learned upsampler of `--hd`. Photos come
from packages that ship some:
`pip install scikit-image scikit-learn matplotlib gradio`, or from any folder given. Nothing here
was looked at while the watermark was made; its own trial clips have other seeds.
"""

import argparse
import importlib.util
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from hanazora.parallel.device import pick_device
from hanazora.pipelines.enlarging import Enlarger, find_upsampler
from hanazora.pipelines.generate import load
from hanazora.pipelines.request import GenerateRequest
from hanazora.world.clip import render_clip
from hanazora.world.sampling import sample_spec
from hanazora.world.vocabulary import SETTINGS

FPS = 8
HEIGHT, WIDTH = 192, 320
NUM_FRAMES = 33
HD_HEIGHT, HD_FRAMES = 720, 17
HD = ("world_00", "world_04", "static_world_0", "photo_coffee", "photo_lion", "model_0")
"""Clips that are enlarged, too."""
PHOTOS = {
    "skimage": ("data/astronaut.png", "data/coffee.png", "data/chelsea.png", "data/rocket.jpg",
                "data/motorcycle_left.png", "data/hubble_deep_field.jpg"),
    "sklearn": ("datasets/images/china.jpg", "datasets/images/flower.jpg"),
    "matplotlib": ("mpl-data/sample_data/grace_hopper.jpg",),
    "gradio": ("media_assets/images/tower.jpg", "media_assets/images/cheetah.jpg",
               "media_assets/images/groot.jpeg", "media_assets/images/lion.jpg"),
}  # fmt: skip
PROMPTS = (
    "A couple walks away from the camera under cherry trees as petals and snowflakes fall.",
    "A yellow fish swims over a coral reef.",
    "A white off-road car drives along a winding mountain road.",
    "Neon signs glow over a wet street at night.",
    "A dog runs across a snowy square.",
    "Waves roll onto a beach at sunset.",
)


def main() -> None:
    """Make all clips that are not there yet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--photos", type=Path, nargs="*", default=[], help="package folders")
    parser.add_argument("--model", type=Path, help="a model directory besides the bundled one")
    parser.add_argument("--only", nargs="*", default=[""], help="beginnings of the clips' names")
    args = parser.parse_args()
    args.directory.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    made = jobs(find_photos(args.photos), args.model)
    made |= {f"hd_{name}": lambda n=name: enlarged(args.directory / f"{n}.npy") for name in HD}
    for name, make in made.items():
        path = args.directory / f"{name}.npy"
        if not path.exists() and name.startswith(tuple(args.only)):
            np.save(path, make())
            print(name, np.load(path, mmap_mode="r").shape, flush=True)


def jobs(photos: list[Path], model_dir: Path | None) -> dict[str, Callable[[], np.ndarray]]:
    """Name and maker of every clip of the size the model makes."""
    made: dict[str, Callable[[], np.ndarray]] = {}
    for index in range(15):
        made[f"world_{index:02d}"] = lambda i=index: world(i)
    for index in range(3):
        made[f"static_world_{index}"] = lambda i=index: still(world(12 + i)[8])
    for index, photo in enumerate(photos):
        # Every fourth photo stands still; the others are panned over.
        speed = 0.0 if index % 4 == 3 else 0.3
        made[f"photo_{photo.stem}"] = lambda p=photo, s=speed, i=index: pan(p, s, i, 1)
    for index, photo in enumerate(photos[:3]):
        made[f"large_{photo.stem}"] = lambda p=photo, i=index: pan(p, 0.3, 50 + i, 2)
    for index, prompt in enumerate(PROMPTS):
        # The second half of them by the other model, where there is one.
        directory = model_dir if index >= len(PROMPTS) // 2 else None
        made[f"model_{index}"] = lambda p=prompt, i=index, d=directory: model(p, i, d)
    return made


def world(seed: int) -> np.ndarray:
    """A render of the world; the settings take turns."""
    setting = list(SETTINGS)[seed % len(SETTINGS)]
    spec = sample_spec(770_000 + seed, setting=setting, num_frames=NUM_FRAMES)
    return render_clip(spec, HEIGHT, WIDTH).frames.numpy()


def still(picture: np.ndarray) -> np.ndarray:
    """A clip in which nothing ever changes."""
    return np.repeat(picture[None], NUM_FRAMES, axis=0)


def model(prompt: str, seed: int, directory: Path | None) -> np.ndarray:
    """A sample of a model, before anything was written."""
    request = GenerateRequest(prompt=prompt, seed=seed, num_frames=NUM_FRAMES)
    return load(directory).generate(request).frames


def enlarged(clip: Path) -> np.ndarray:
    """A clip as `--hd` makes it: 320x180 enlarged four times by the learned upsampler."""
    frames = np.load(clip)
    top = (frames.shape[1] - HD_HEIGHT // 4) // 2
    small = frames[:HD_FRAMES, top : top + HD_HEIGHT // 4]
    upsampler = Enlarger(find_upsampler(None), pick_device("cpu", "auto"))
    return np.concatenate(list(upsampler.enlarge([small], HD_HEIGHT, 4 * WIDTH)))


def pan(photo: Path, speed: float, seed: int, scale: int) -> np.ndarray:
    """A camera that moves over a photo by a share of its free room."""
    image = Image.open(photo).convert("RGB")
    zoom = min(image.width / WIDTH, image.height / HEIGHT) / 1.35
    box_width, box_height = WIDTH * zoom, HEIGHT * zoom
    start = np.random.default_rng(seed).uniform(0.1, 0.6, 2)
    frames = []
    for moment in np.linspace(0, speed, NUM_FRAMES):
        left = (image.width - box_width) * (start[0] + moment)
        top = (image.height - box_height) * (start[1] + moment / 2)
        box = (left, top, left + box_width, top + box_height)
        size = (WIDTH * scale, HEIGHT * scale)
        frames.append(np.asarray(image.resize(size, Image.Resampling.BICUBIC, box=box)))
    return np.stack(frames)


def find_photos(folders: list[Path]) -> list[Path]:
    """Photos of installed packages, and of package folders that were only unpacked."""
    found = []
    for package, names in PHOTOS.items():
        spec = importlib.util.find_spec(package)
        roots = [Path(spec.origin).parent] if spec and spec.origin else []
        roots += [folder / package for folder in folders]
        found += [path for name in names for root in roots if (path := root / name).exists()]
    return found


if __name__ == "__main__":
    main()
