"""Is a planted bad frame of half a second always seen, wherever in whatever clip it lies?

    python benchmarks/planted_frames.py [--clips 400]

Clips of random length and rate are shown to the frame filter in random pieces, as videos arrive; a
moderator that knows the planted frames by their first pixel stands in for a classifier, so what is
measured is where the filter looks, not how well a classifier sees. Writes the frames section of the
safety report.
"""

import argparse
import random
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hanazora.safety.access.evaluation import save_figures
from hanazora.safety.frame_filter import FrameFilter
from hanazora.safety.policy import load_policy

RATES = (2.0, 5.0, 8.0, 12.0, 23.976, 24.0, 25.0, 29.97, 30.0, 48.0, 60.0)
HARMLESS, PLANTED = 100, 250
PLANTED_S = 0.5


class Knower:
    """Knows a planted frame by its first pixel."""

    name = "knower"
    categories = ("violence",)
    timeout_s = 60.0
    required = True

    def judge(self, pictures: Sequence[NDArray[np.uint8]]) -> list[dict[str, float]]:
        """Return 1 for planted frames."""
        return [{"violence": 1.0} if each[0, 0, 0] == PLANTED else {} for each in pictures]


def is_seen(draw: random.Random) -> bool:
    """Plant half a second into a clip, show it and say whether it is refused."""
    fps, seconds = draw.choice(RATES), draw.uniform(1.0, 60.0)
    count = max(2, int(fps * seconds))
    length = min(count, int(np.ceil(fps * PLANTED_S)))
    first = draw.randint(0, count - length)
    frames = np.full((count, 4, 4, 3), HARMLESS, np.uint8)
    frames[first : first + length] = PLANTED
    judge = FrameFilter(load_policy(), "general", fps, (Knower(),))
    start = 0
    while start < count:
        piece = frames[start : start + draw.randint(1, 32)]
        judge.see(piece, start)
        start += len(piece)
    return judge.finish().state == "failed"


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    draw = random.Random(args.seed)
    seen = sum(is_seen(draw) for _ in range(args.clips))
    print(f"planted half seconds seen: {seen} of {args.clips}")
    save_figures(
        f"python benchmarks/planted_frames.py --clips {args.clips} --seed {args.seed}",
        {"frames.planted_seen": (seen / args.clips, args.clips)},
    )


if __name__ == "__main__":
    main()
