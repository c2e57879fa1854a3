"""What happens to videos on their way through the world, as FFmpeg arguments, and how they look.

The FFmpeg is the one of the package imageio-ffmpeg: it has x264, x265, VP9 and VMAF.
"""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

import imageio_ffmpeg
import numpy as np

from hanazora.media.decode import read_video

_TO_YUV = "scale=out_color_matrix=bt709:flags=accurate_rnd+full_chroma_int,format=yuv420p"
_H264 = ("-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p")


class Attack(NamedTuple):
    """One thing that is done to a published file."""

    target: float | None
    """Share of clips in which the mark must be found, spec section 9; None is a report."""
    arguments: tuple[str, ...]
    suffix: str = ".mp4"
    again: tuple[str, ...] = ()
    """What is done to the result once more."""


def _h264(crf: int, filters: str = "") -> tuple[str, ...]:
    return (*(("-vf", filters) if filters else ()), *_H264, "-crf", str(crf))


ATTACKS = {
    "H.264 CRF 23": Attack(1.0, _h264(23)),
    "H.264 CRF 28": Attack(0.95, _h264(28)),
    "H.264 CRF 34": Attack(0.8, _h264(34)),
    "H.264 CRF 40": Attack(0.5, _h264(40)),
    "H.265 CRF 34": Attack(
        0.95,
        (
            "-c:v",
            "libx265",
            "-preset",
            "veryfast",
            "-pix_fmt",
            "yuv420p",
            "-crf",
            "34",
            "-x265-params",
            "log-level=error",
        ),
    ),
    "VP9 CRF 40": Attack(
        0.95, ("-c:v", "libvpx-vp9", "-crf", "40", "-b:v", "0", "-cpu-used", "4"), ".webm"
    ),
    "half size, CRF 28": Attack(0.9, _h264(28, "scale=iw/2:ih/2")),
    "stretch to 400x400, CRF 28": Attack(0.95, _h264(28, "scale=400:400")),
    "12 fps, CRF 28": Attack(0.95, _h264(28, "fps=12")),
    "5 fps, CRF 28": Attack(0.95, _h264(28, "fps=5")),
    "double speed, CRF 28": Attack(0.95, _h264(28, "setpts=PTS/2,fps=8")),
    "trim to 1 s, CRF 28": Attack(0.95, ("-ss", "0.75", "-t", "1", *_h264(28))),
    "brightness +0.15, CRF 28": Attack(0.95, _h264(28, "eq=brightness=0.15")),
    "contrast 0.6, CRF 28": Attack(0.95, _h264(28, "eq=contrast=0.6")),
    "hue 90 degrees, CRF 28": Attack(0.95, _h264(28, "hue=h=90")),
    "grey, CRF 28": Attack(0.95, _h264(28, "hue=s=0")),
    "noise 20, CRF 28": Attack(0.95, _h264(28, "noise=alls=20:allf=t")),
    "logo over 9 %, CRF 28": Attack(
        0.95, _h264(28, "drawbox=w=iw*0.35:h=ih*0.25:color=white:t=fill")
    ),
    "flip, CRF 28": Attack(0.95, _h264(28, "hflip")),
    "letterbox, CRF 28": Attack(0.9, _h264(28, "pad=iw:trunc(ih*2/3)*2:0:(oh-ih)/2")),
    "crop 10 %, CRF 28": Attack(0.85, _h264(28, "crop=iw*0.9:ih*0.9")),
    "crop 29 %, CRF 28": Attack(0.5, _h264(28, "crop=iw*0.71:ih*0.71:iw*0.1:ih*0.2")),
    "crop 29 %, darker, CRF 30": Attack(0.3, _h264(30, "crop=iw*0.71:ih*0.71,eq=brightness=-0.25")),
    "rotate 3 degrees, CRF 28": Attack(None, _h264(28, "rotate=3*PI/180")),
    "one JPEG 50 frame": Attack(0.8, ()),
    "CRF 28, then CRF 32 at 3/4 size": Attack(None, _h264(28), again=_h264(32, "scale=240:-2")),
    "CRF 34 twice": Attack(None, _h264(34), again=_h264(34)),
    "240 pixels wide, CRF 34": Attack(None, _h264(34, "scale=240:-2")),
    "0.5 s from 1.37 s, CRF 28": Attack(None, ("-ss", "1.37", "-t", "0.5", *_h264(28))),
    "1 s from 1.37 s, CRF 34": Attack(None, ("-ss", "1.37", "-t", "1", *_h264(34))),
    "GIF, 5 fps": Attack(None, ("-vf", "fps=5"), ".gif"),
    "blur, CRF 28": Attack(None, _h264(28, "gblur=sigma=1.5")),
    "screenshot at 150 %": Attack(
        None, ("-ss", "1.37", "-frames:v", "1", *_h264(20, "scale=iw*1.5:ih*1.5"))
    ),
    "in a window on a grey desktop, CRF 28": Attack(
        None, _h264(28, "pad=iw*1.5:ih*1.5:40:60:color=gray")
    ),
    "rotate 1 degree, CRF 28": Attack(None, _h264(28, "rotate=PI/180")),
    "filmed off a screen": Attack(
        None,
        _h264(
            26,
            "scale=960:-2,perspective=x0=-20:y0=-12:x1=W+14:y1=-6:x2=-8:y2=H+16:x3=W+22:y3=H+9,"
            "gblur=sigma=1.2,noise=alls=12:allf=t,eq=contrast=0.85:brightness=0.04,scale=480:-2",
        ),
    ),
}
_CODECS = ("H.264 CRF 23", "H.264 CRF 28", "H.264 CRF 34", "H.264 CRF 40")
_BAR = (
    *_CODECS, "H.265 CRF 34", "VP9 CRF 40", "half size, CRF 28", "12 fps, CRF 28",
    "trim to 1 s, CRF 28", "brightness +0.15, CRF 28", "contrast 0.6, CRF 28",
    "hue 90 degrees, CRF 28", "crop 10 %, CRF 28", "flip, CRF 28", "letterbox, CRF 28",
    "one JPEG 50 frame",
)  # fmt: skip
_HARD = (*_CODECS[1:], "H.265 CRF 34", "half size, CRF 28")
_USERS = tuple(ATTACKS)[tuple(ATTACKS).index("one JPEG 50 frame") + 1 :]
SETS = {"codecs": _CODECS, "bar": _BAR, "hard": _HARD, "users": _USERS, "all": tuple(ATTACKS)}
"""Which attacks a run makes."""


def apply(attack: Attack, published: Path) -> np.ndarray:
    """Return the frames a receiver sees."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"attacked{attack.suffix}"
        ffmpeg("-i", str(published), *attack.arguments, str(path))
        if attack.again:
            first, path = path, Path(folder) / f"again{attack.suffix}"
            ffmpeg("-i", str(first), *attack.again, str(path))
        return read_video(path)


EVERY = 3
"""Frames from one that is measured to the next."""


class Quality(NamedTuple):
    """How far marked frames are from unmarked ones."""

    vmaf: float
    vmaf_first: float
    """Of the first frame alone, which is marked most."""
    psnr_y: float
    colour_difference: float
    """Mean CIEDE2000; 1 is about what an eye can just tell in large patches side by side."""


def quality(unmarked: np.ndarray, marked: np.ndarray, fps: int) -> Quality:
    """Measure every third frame, from the first one on: VMAF v0.6.1 and PSNR of luma, CIEDE2000."""
    height, width = unmarked.shape[1:3]
    with tempfile.TemporaryDirectory() as folder:
        inputs = []
        for name, frames in (("marked", marked), ("unmarked", unmarked)):
            np.ascontiguousarray(frames).tofile(f"{folder}/{name}")
            inputs += ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}"]
            inputs += ["-r", str(fps), "-i", f"{folder}/{name}"]
        graph = (
            f"[0:v]{_TO_YUV}[a];[1:v]{_TO_YUV}[b];[a][b]libvmaf=log_fmt=json:"
            f"log_path={folder}/log:n_threads=1:n_subsample={EVERY}:feature=name=psnr|name=ciede"
        )
        ffmpeg(*inputs, "-lavfi", graph, "-f", "null", "-")
        log = json.loads(Path(folder, "log").read_text())
    means, first = log["pooled_metrics"], log["frames"][0]["metrics"]["vmaf"]
    difference = 10 ** ((45 - means["ciede2000"]["mean"]) / 20)  # libvmaf: 45 - 20 log10(dE)
    return Quality(means["vmaf"]["mean"], first, means["psnr_y"]["mean"], difference)


def ffmpeg(*arguments: str) -> None:
    """Run FFmpeg on one thread; its message is the error's."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", "-threads", "1"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-800:])
