"""Time to the first frame of a streamed video, as a share of the whole.

    python benchmarks/first_frame.py [--model DIR] [--size 320x192] [--seconds 10] [--steps N]

One `hanazora generate --stream` in a process of its own. The share that is held against the bar
counts from its start: imports and the loading of the model are part of both times. The command's
own line counts from when they are done. The first frame is there when a reader that knows nothing
of the program can decode it from NAME.stream.mp4.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hanazora.core.errors import UserError
from hanazora.media.decode import read_video
from hanazora.media.probe import probe

BAR = 0.25
_POLL_S = 0.05


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, help="a model directory; else the bundled one")
    parser.add_argument("--size", default="320x192")
    parser.add_argument("--seconds", default="10")
    parser.add_argument("--steps", type=int, help="denoising steps; else the model's own")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        first_s, whole_s = _run(args, Path(directory))
    share = first_s / whole_s
    print(f"first frame after {first_s:.1f} s, {args.seconds} s of video after {whole_s:.1f} s")
    print(f"share {share:.1%}; the bar is {BAR:.0%}")
    if share > BAR:
        sys.exit(1)


def _run(args: argparse.Namespace, directory: Path) -> tuple[float, float]:
    words = [
        sys.executable, "-m", "hanazora.cli.main", "generate", "Cherry petals fall on a path",
        "-o", "a.mp4", "--stream", "--size", args.size, "--seconds", args.seconds,
    ]  # fmt: skip
    if args.steps is not None:
        words += ["--num-inference-steps", str(args.steps)]
    if args.model is not None:
        words += ["--model", str(args.model.resolve())]
    started_s = time.monotonic()
    process = subprocess.Popen(words, cwd=directory, stdout=subprocess.PIPE, text=True)
    first_s = 0.0
    while process.poll() is None and not first_s:
        time.sleep(_POLL_S)
        if _has_a_frame(directory / "a.stream.mp4"):
            first_s = time.monotonic() - started_s
    told, _ = process.communicate()
    if process.returncode:
        sys.exit("generate failed")
    whole_s = time.monotonic() - started_s
    print("without start and loading:", next(line for line in told.splitlines() if "after" in line))
    print(f"{probe(directory / 'a.mp4').num_frames} frames in the file")
    return first_s or whole_s, whole_s


def _has_a_frame(path: Path) -> bool:
    try:
        return len(read_video(path, max_frames=1)) == 1
    except UserError:  # not there yet, or only its header
        return False


if __name__ == "__main__":
    main()
