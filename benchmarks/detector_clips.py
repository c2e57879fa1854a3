"""Clips for `benchmarks/detector.py`: outputs of the model, and stand-ins for everything else.

No filmed video installs from a package index, so nothing here was filmed. What stands in for it:

- photographs (those inside the scikit-image and scikit-learn wheels) under a moving, zooming,
  noisy virtual camera;
- renders of the procedural world that never met the model: the hardest, since the model learnt
  from such renders;
- renders and photographs through other lossy steps: blur, block coding, single-frame JPEG, fades;
- textures and screens drawn by code.

Training, calibration and test never share a photograph, a render or a drawing family.
"""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

SPLITS = ("train", "calibration", "test")
SIZES = ((192, 192), (192, 320), (320, 192), (256, 256))
LENGTHS = (9, 9, 17)

PHOTOS = {
    "train": ("coffee", "brick", "grass", "coins", "immunohistochemistry", "page", "rocket"),
    "calibration": ("camera", "gravel", "moon", "text", "motorcycle_left", "china"),
    "test": ("astronaut", "chelsea", "flower", "hubble_deep_field", "motorcycle_right", "retina"),
}
"""Photographs of each split."""

Clip = np.ndarray
"""uint8 t h w c."""


def foreign_clips(split: str, count: int, renders: Path | None) -> Iterator[tuple[str, Clip]]:
    """Yield (family, clip) of clips that are not ours.

    Args:
        split: one of `SPLITS`.
        count: how many.
        renders: a pool of `hanazora.train.render_pool`; drawn here where none is given.
    """
    makers = _makers(split, renders)
    for index in range(count):
        family, make = makers[index % len(makers)]
        draw = np.random.default_rng([SPLITS.index(split), index])
        yield family, make(draw, index // len(makers))


def _makers(
    split: str, renders: Path | None
) -> list[tuple[str, Callable[[np.random.Generator, int], Clip]]]:
    pictures = [_photo(name) for name in PHOTOS[split]]
    world = _Renders(split, renders)

    def photo(draw: np.random.Generator, index: int) -> Clip:
        return _filmed(pictures[index % len(pictures)], draw)

    def render(draw: np.random.Generator, index: int) -> Clip:
        return world.clip(index)

    def treated(draw: np.random.Generator, index: int) -> Clip:
        source = photo(draw, index) if index % 2 else world.clip(10_000 + index)
        return _TREATMENTS[split](source, draw)

    drawn = _DRAWN[split]
    return [
        ("photograph", photo),
        ("render", render),
        ("photograph", photo),
        ("treated", treated),
        ("texture", lambda draw, index: drawn[0](draw)),
        ("screen", lambda draw, index: drawn[1](draw)),
    ]


def _photo(name: str) -> Clip:
    if name in ("china", "flower"):
        from sklearn.datasets import load_sample_image

        return np.asarray(load_sample_image(f"{name}.jpg"))
    from skimage import data
    from skimage import io as image_io

    if name.startswith("motorcycle"):
        picture = image_io.imread(Path(data.__file__).parent / f"{name}.png")
    else:
        picture = getattr(data, name)()
    picture = np.asarray(picture)
    return np.stack([picture] * 3, axis=-1) if picture.ndim == 2 else picture[..., :3]


def _shape(draw: np.random.Generator) -> tuple[int, int, int]:
    height, width = SIZES[draw.integers(len(SIZES))]
    return int(LENGTHS[draw.integers(len(LENGTHS))]), height, width


def _filmed(picture: Clip, draw: np.random.Generator) -> Clip:
    """Move a virtual hand-held camera over a photograph: pan, zoom, shake, noise, exposure."""
    num_frames, height, width = _shape(draw)
    fit = min(picture.shape[0] / height, picture.shape[1] / width)
    zoom = fit * draw.uniform(0.45, 0.9) * np.exp(np.linspace(0, draw.normal(0, 0.08), num_frames))
    room = np.array(picture.shape[:2])[:, None] - zoom.max() * np.array([[height], [width]])
    path = np.cumsum(draw.normal(0, 1.0, (2, num_frames)), axis=1)
    path = path * draw.choice([0.0, 0.3, 1.5]) + draw.normal(0, 3, (2, 1)) * np.arange(num_frames)
    start = room * draw.uniform(0.1, 0.9, (2, 1))
    corners = np.clip(start + path * zoom, 0, np.maximum(room - 2, 0))
    noise, exposure = draw.choice([0.5, 2.0, 5.0]), 1 + draw.normal(0, 0.01, num_frames)
    frames = []
    for t in range(num_frames):
        rows = corners[0, t] + zoom[t] * np.arange(height)
        columns = corners[1, t] + zoom[t] * np.arange(width)
        view = _sample(picture, rows, columns) * exposure[t]
        grain = draw.normal(0, 1, view.shape) * noise * np.sqrt(0.3 + view / 255)
        frames.append(np.clip(view + grain, 0, 255))
    return np.stack(frames).round().astype(np.uint8)


def _sample(picture: Clip, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Bilinear samples on a grid, after a box the size of a step so that nothing aliases."""
    step = max(1, int(rows[1] - rows[0] + 0.5))
    top, left = int(rows.min()) // step * step, int(columns.min()) // step * step
    bottom, right = int(rows.max()) + 2 * step + 1, int(columns.max()) + 2 * step + 1
    part = picture[top:bottom, left:right]
    source, rows, columns = part.astype(np.float32), rows - top, columns - left
    if step > 1:
        height, width = (side // step * step for side in source.shape[:2])
        source = source[:height, :width].reshape(height // step, step, width // step, step, 3)
        source, rows, columns = source.mean(axis=(1, 3)), rows / step, columns / step
    rows = np.clip(rows, 0, source.shape[0] - 1.001)
    columns = np.clip(columns, 0, source.shape[1] - 1.001)
    top, left = rows.astype(int), columns.astype(int)
    down, across = (rows - top)[:, None, None], (columns - left)[None, :, None]
    upper = source[top][:, left] * (1 - across) + source[top][:, left + 1] * across
    lower = source[top + 1][:, left] * (1 - across) + source[top + 1][:, left + 1] * across
    return upper * (1 - down) + lower * down


class _Renders:
    """Renders of the procedural world: of each split its own."""

    def __init__(self, split: str, pool: Path | None) -> None:
        self.first = SPLITS.index(split) * 1_000_000
        self.pool = None
        if pool is not None:
            from hanazora.train.autoencoder_data import ClipPool

            self.pool = ClipPool(pool)
            third = len(self.pool) // len(SPLITS)
            self.first, self.third = SPLITS.index(split) * third, third

    def clip(self, index: int) -> Clip:
        """Return a render of at least nine frames."""
        if self.pool is not None:
            for offset in range(self.third):
                place = (index * 37 + offset) % self.third
                frames = self.pool[self.first + place].frames
                if len(frames) >= LENGTHS[0]:
                    return np.ascontiguousarray(frames)
        from hanazora.world.clip import render_clip
        from hanazora.world.sampling import sample_spec

        spec = sample_spec(self.first + index, num_frames=9, aspect=1.0)
        return render_clip(spec, 192, 192).frames.numpy()


def _blurred(clip: Clip, draw: np.random.Generator) -> Clip:
    small = clip[:, ::1].reshape(len(clip), clip.shape[1] // 2, 2, clip.shape[2] // 2, 2, 3)
    return small.mean(axis=(2, 4)).repeat(2, axis=1).repeat(2, axis=2).round().astype(np.uint8)


def _block_coded(clip: Clip, draw: np.random.Generator) -> Clip:
    """Keep a few cosine coefficients of each 16x16 block: another codec with the grid of ours."""
    place, keep = np.arange(16), int(draw.integers(3, 9))
    basis = np.cos(np.pi * (place[:, None] + 0.5) * place[None, :keep] / 16)
    basis /= np.linalg.norm(basis, axis=0)
    project = basis @ basis.T
    t, height, width, _ = clip.shape
    blocks = clip.reshape(t, height // 16, 16, width // 16, 16, 3).astype(np.float32)
    coded = np.einsum("ay,thywxc->thawxc", project, blocks)
    coded = np.einsum("bx,thawxc->thawbc", project, coded)
    return np.clip(coded.reshape(clip.shape), 0, 255).round().astype(np.uint8)


def _jpeg_or_fade(clip: Clip, draw: np.random.Generator) -> Clip:
    if draw.random() < 0.5:
        weights = np.linspace(0, 1, len(clip))[:, None, None, None]
        return (clip * (1 - weights) + clip[::-1] * weights).round().astype(np.uint8)
    from PIL import Image

    frames = []
    for frame in clip:
        buffer = io.BytesIO()
        Image.fromarray(frame).save(buffer, "JPEG", quality=int(draw.integers(10, 60)))
        frames.append(np.asarray(Image.open(buffer)))
    return np.stack(frames)


def _clouds(draw: np.random.Generator) -> Clip:
    num_frames, height, width = _shape(draw)
    total = np.zeros((num_frames, height, width, 3), np.float32)
    for octave in range(2, 7):
        cells = 2**octave
        field = draw.normal(0, 1, (cells + 1, cells + 1, 3)).astype(np.float32)
        speed = draw.uniform(0, 0.15, 2)
        for t in range(num_frames):
            rows = (np.arange(height) / height * cells * 0.8 + speed[0] * t) % (cells - 1)
            columns = (np.arange(width) / width * cells * 0.8 + speed[1] * t) % (cells - 1)
            total[t] += _sample(field, rows, columns) * 60 / octave
    noisy = 128 + total + draw.normal(0, draw.choice([0.0, 3.0]) + 1e-6, total.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def _cells(draw: np.random.Generator) -> Clip:
    """Moving Voronoi cells with shaded borders."""
    num_frames, height, width = _shape(draw)
    points = draw.uniform(0, 1, (14, 2)) * (height, width)
    speed, colours = draw.normal(0, 1.5, (14, 2)), draw.uniform(20, 235, (14, 3))
    y, x = np.mgrid[0:height, 0:width]
    frames = []
    for t in range(num_frames):
        at = points + speed * t
        distance = np.hypot(y[..., None] - at[:, 0], x[..., None] - at[:, 1])
        shade = np.exp(-distance.min(axis=-1, keepdims=True) / 60)
        frames.append(colours[distance.argmin(axis=-1)] * (0.5 + 0.5 * shade))
    noisy = np.stack(frames) + draw.normal(0, 1.0, (num_frames, height, width, 3))
    return np.clip(noisy, 0, 255).astype(np.uint8)


def _page(draw: np.random.Generator) -> Clip:
    """A scrolling page of words."""
    from PIL import Image, ImageDraw

    num_frames, height, width = _shape(draw)
    dark = draw.random() < 0.5
    paper, ink = ((24, 26, 30), (220, 220, 215)) if dark else ((250, 250, 248), (30, 30, 40))
    page = Image.new("RGB", (width, height * 3), paper)
    pen = ImageDraw.Draw(page)
    words = "sky blossom lamp river stone train window letter garden winter paper road".split()
    line_px = int(draw.integers(12, 22))
    for top in range(4, height * 3, line_px):
        text = " ".join(words[i] for i in draw.integers(0, len(words), 12))
        pen.text((6, top), text, fill=ink, font_size=int(line_px * 0.7))
    tall, speed = np.asarray(page), draw.uniform(0.5, 8)
    return np.stack([tall[int(t * speed) : int(t * speed) + height] for t in range(num_frames)])


def _desktop(draw: np.random.Generator) -> Clip:
    """Windows with a chart that grows and a pointer that moves."""
    from PIL import Image, ImageDraw

    num_frames, height, width = _shape(draw)
    tint = tuple(int(value) for value in draw.integers(40, 200, 3))
    values = np.cumsum(draw.normal(0, 6, num_frames + 20)) + height / 2
    frames = []
    for t in range(num_frames):
        picture = Image.new("RGB", (width, height), tint)
        pen = ImageDraw.Draw(picture)
        pen.rectangle((10, 10, width - 30, height - 20), fill=(245, 245, 247), outline=(90, 90, 90))
        pen.rectangle((10, 10, width - 30, 24), fill=(210, 212, 220))
        pen.text((16, 12), "Report", fill=(20, 20, 20), font_size=9)
        line = [(20 + i * (width - 60) / 40, float(v)) for i, v in enumerate(values[: 20 + t])]
        pen.line(line, fill=(30, 90, 200), width=2)
        pen.polygon([(40 + 6 * t, 60 + 3 * t), (40 + 6 * t, 74 + 3 * t), (50 + 6 * t, 70 + 3 * t)])
        frames.append(np.asarray(picture))
    return np.stack(frames)


def _blurred_or_coded(clip: Clip, draw: np.random.Generator) -> Clip:
    return (_blurred if draw.random() < 0.5 else _block_coded)(clip, draw)


def _jpeg_fade_or_coded(clip: Clip, draw: np.random.Generator) -> Clip:
    return (_jpeg_or_fade if draw.random() < 0.67 else _block_coded)(clip, draw)


_TREATMENTS = {
    "train": _blurred_or_coded,
    "calibration": _blurred_or_coded,
    "test": _jpeg_fade_or_coded,
}
_DRAWN = {
    "train": (_clouds, _page),
    "calibration": (_clouds, _page),
    "test": (_cells, _desktop),
}
