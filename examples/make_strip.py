"""Make the picture at the top of the README: default settings, seed 0, nothing picked.

python examples/make_strip.py docs/images/strip.png
"""

import sys
from pathlib import Path

import numpy as np

import hanazora
from hanazora.media.pictures import write_png
from hanazora.pipelines.request import GenerateRequest

PROMPTS = (
    "A couple walks away from the camera under cherry trees as petals and snowflakes fall.",
    "An orange fish swims to the left in a coral reef.",
    "A red truck drives to the right on a road.",
)
FRAMES = (0, 5, 10, 15, 20, 25)


def main(path: Path) -> None:
    """Write one row of frames per prompt."""
    model = hanazora.load()
    rows = []
    for prompt in PROMPTS:
        frames = model.generate(GenerateRequest(prompt=prompt)).frames
        rows.append(np.concatenate([frames[t] for t in FRAMES], axis=1))
    write_png(path, np.concatenate(rows))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
