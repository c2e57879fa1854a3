"""Time to the first frame of a streamed video, as a share of the whole.

    python benchmarks/first_frame.py [--model DIR] [--size 320x192] [--seconds 10] [--steps N]

One `hanazora generate --stream` in a process of its own. The share that is held against the bar
counts from its start: imports and the loading of the model are part of both times. The command's
own line counts from when they are done. The first frame is there when a reader that knows nothing
of the program can decode it from NAME.stream.mp4.

With --parts the way there is walked step by step instead, and every step is printed with its wall
time, its CPU time and the memory used until then. CPU time is what counts on a machine that does
something else beside it. Nothing but the import of torch is a floor that we cannot lower.
"""

import argparse
import itertools
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BAR = 0.25
PROMPT = "Cherry petals fall on a path"
_POLL_S = 0.05


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, help="a model directory; else the bundled one")
    parser.add_argument("--size", default="320x192")
    parser.add_argument("--seconds", default="10")
    parser.add_argument("--steps", type=int, help="denoising steps; else the model's own")
    parser.add_argument("--parts", action="store_true", help="only the steps of the start")
    args = parser.parse_args()
    if args.parts:
        print_parts(args)
        return
    with tempfile.TemporaryDirectory() as directory:
        first_s, whole_s = run(args, Path(directory))
    share = first_s / whole_s
    print(f"first frame after {first_s:.1f} s, {args.seconds} s of video after {whole_s:.1f} s")
    print(f"share {share:.1%}; the bar is {BAR:.0%}")
    if share > BAR:
        sys.exit(1)


def print_parts(args: argparse.Namespace) -> None:
    """Do what the command does until the first frame, and print what each step takes."""
    watch = _Watch()
    from hanazora.cli.commands import command_line
    from hanazora.cli.options.shape import chosen_size
    from hanazora.cli.starting import own_process, starting

    own_process()
    with starting():
        command_line(["generate"])
        watch.note("import the command")
        import torch  # noqa: F401 (timed)

        watch.note("import torch")
        from hanazora.pipelines.generate import load
        from hanazora.pipelines.request import GenerateRequest, frames_from_seconds
        from hanazora.pipelines.verbs.telling import told
        from hanazora.pipelines.way_out import admit

        watch.note("import the rest")
        num_frames, size = frames_from_seconds(float(args.seconds), 8), chosen_size(args.size, None)
        request = GenerateRequest(
            prompt=PROMPT, num_frames=num_frames, width=size.width, height=size.height,
            num_inference_steps=args.steps,
        )  # fmt: skip
        admit(request)
        watch.note("prompt filter")
        request = told(request)
        watch.note("expander")
        pipeline = load(args.model)
        watch.note("load the model")
    job = pipeline.prepare(request)
    watch.note("plan, filter again")
    pipeline.embed(request.expanded_prompt or request.prompt)
    watch.note("read the text")
    chunks = pipeline.chunks(job)
    first = next(chunks)
    watch.note("first chunk")
    next(piece for piece in pipeline.frames(job, itertools.chain([first], chunks)) if len(piece))
    watch.note("decode")


class _Watch:
    """Prints a line per step."""

    def __init__(self) -> None:
        print(f"{'step':<20} {'wall s':>7} {'CPU s':>7} {'MB':>5}")
        self._wall_s, self._cpu_s = time.monotonic(), time.process_time()

    def note(self, step: str) -> None:
        """Print a step that is done."""
        wall_s, cpu_s = time.monotonic(), time.process_time()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        print(f"{step:<20} {wall_s - self._wall_s:7.2f} {cpu_s - self._cpu_s:7.2f} {peak:5}")
        self._wall_s, self._cpu_s = time.monotonic(), time.process_time()


def run(args: argparse.Namespace, directory: Path) -> tuple[float, float]:
    """Make the video in a process of its own; return first and last second from its start."""
    from hanazora.media.probe import probe

    words = [
        sys.executable, "-m", "hanazora.cli.main", "generate", PROMPT,
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
            print(f"first frame after {_cpu_s(process.pid):.1f} CPU seconds")
    told, _ = process.communicate()
    if process.returncode:
        sys.exit("generate failed")
    whole_s = time.monotonic() - started_s
    print("without start and loading:", next(line for line in told.splitlines() if "after" in line))
    print(f"{probe(directory / 'a.mp4').num_frames} frames in the file")
    return first_s or whole_s, whole_s


def _cpu_s(pid: int) -> float:
    """Return the CPU time of a process of ours that still runs."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _has_a_frame(path: Path) -> bool:
    from hanazora.core.errors import UserError
    from hanazora.media.decode import read_video

    try:
        return len(read_video(path, max_frames=1)) == 1
    except UserError:  # not there yet, or only its header
        return False


if __name__ == "__main__":
    main()
