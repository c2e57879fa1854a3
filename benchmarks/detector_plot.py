"""The reliability plot of the own-output classifier, drawn with Pillow."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from hanazora.evals.detector.figures import Bin

SIDE, MARGIN, SCALE = 420, 60, 2
INK, GRID, DOT, BAR = (40, 40, 48), (225, 225, 230), (196, 62, 112), (230, 170, 195)


def reliability_plot(path: Path, bins: Sequence[Bin]) -> None:
    """Draw observed shares over predicted chances with 95 % intervals; the diagonal is perfect."""
    size = (SIDE + 2 * MARGIN) * SCALE
    picture = Image.new("RGB", (size, size), "white")
    pen = ImageDraw.Draw(picture)

    def at(across: float, up: float) -> tuple[float, float]:
        return (MARGIN + across * SIDE) * SCALE, (MARGIN + (1 - up) * SIDE) * SCALE

    for tick in (0, 0.2, 0.4, 0.6, 0.8, 1.0):
        pen.line([at(tick, 0), at(tick, 1)], fill=GRID, width=SCALE)
        pen.line([at(0, tick), at(1, tick)], fill=GRID, width=SCALE)
        x, y = at(tick, 0)
        pen.text((x, y + 8 * SCALE), f"{tick:g}", fill=INK, font_size=13 * SCALE, anchor="ma")
        x, y = at(0, tick)
        pen.text((x - 8 * SCALE, y), f"{tick:g}", fill=INK, font_size=13 * SCALE, anchor="rm")
    pen.line([at(0, 0), at(1, 1)], fill=INK, width=SCALE)
    for one in bins:
        pen.line(
            [at(one.predicted, one.low), at(one.predicted, one.high)], fill=BAR, width=4 * SCALE
        )
    for one in bins:
        x, y = at(one.predicted, one.observed)
        radius = (3 + min(one.num_clips, 200) ** 0.5 / 2) * SCALE
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=DOT)
        label = f"{one.num_clips}"
        pen.text((x + radius + 4, y - 4), label, fill=INK, font_size=11 * SCALE, anchor="ls")
    middle = (MARGIN + SIDE / 2) * SCALE
    title = "Own-output classifier: held-out clips"
    pen.text((middle, 16 * SCALE), title, fill=INK, font_size=16 * SCALE, anchor="ma")
    below = "predicted chance that the clip is ours (equal priors)"
    pen.text((middle, size - 24 * SCALE), below, fill=INK, font_size=13 * SCALE, anchor="mm")
    pen.text((8 * SCALE, 40 * SCALE), "share that is", fill=INK, font_size=13 * SCALE)
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.resize((size // SCALE,) * 2, Image.Resampling.LANCZOS).save(path, optimize=True)
