"""What people give by mistake: one line with value, rule and nearest, exit code 2, nothing left.

Each case is a command line in a directory of files of every unlucky kind. What can be read is read:
those cases show the plan that comes of it.
"""

import os
import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from safetensors.torch import load_file, save_file

from hanazora.cli.main import run
from hanazora.core.paths import bundled_model_dir
from hanazora.media.encode import write_video
from hanazora.media.pictures import write_png

WEIGHTS = "diffusion_pytorch_model.safetensors"
SHOT = '[[shots]]\nseconds = 2\nprompt = "a dog"\n'
BOARDS = {
    "overlap.toml": f"{SHOT}{SHOT}start = 1\n",
    "gap.toml": f"{SHOT}{SHOT}start = 3\n",
    "outside.toml": f"seconds = 3\n{SHOT}{SHOT}",
    "early.toml": f"seconds = 9\n{SHOT}",
    "empty.toml": "style = 'soft'\n",
    "broken.toml": "[[shots\n",
    "unknown.toml": f"{SHOT}colour = 'red'\n",
    "nobody.toml": '[[shots]]\nseconds = 2\nprompt = "{mia} runs"\n',
    "silent.toml": '[[shots]]\nseconds = 2\nprompt = " "\n',
    "short.toml": '[[shots]]\nseconds = 0\nprompt = "a dog"\n',
    "sizes.toml": f'size = "64x64"\n{SHOT}image = "cat.png"\n',
    "lost.toml": f'{SHOT}image = "lost.png"\n',
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with files of every unlucky kind."""
    here = tmp_path_factory.mktemp("place")
    write_video(here / "clip.mp4", _moving(9, 32, 48), fps=8)
    write_video(here / "wide.mp4", _moving(9, 32, 64), fps=8)
    write_video(here / "fast.mp4", _moving(9, 32, 48), fps=24)
    write_video(here / "dot.mp4", _moving(2, 1, 1), fps=8)
    whole = (here / "clip.mp4").read_bytes()
    (here / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    (here / "turned.mp4").write_bytes(_turned(whole))
    (here / "text.mp4").write_text("no video")
    (here / "void.mp4").write_bytes(b"")
    _write_clip(here / "8k.mkv", [0], (7680, 4320), codec="mpeg4")
    _write_clip(here / "vfr.mp4", [0, 0.04, 0.08, 0.2, 0.24], (48, 32))
    _write_clip(here / "deep.mp4", [0, 0.04, 0.08], (48, 32), pixels="yuv420p10le")
    _write_sound(here / "sound.m4a")
    write_png(here / "cat.png", _moving(1, 32, 48)[0])
    write_png(here / "wide.png", _moving(1, 32, 64)[0])
    write_png(here / "dot.png", _moving(1, 1, 1)[0])
    (here / "cut.png").write_bytes((here / "cat.png").read_bytes()[:90])
    Image.fromarray(_moving(1, 32, 48)[0]).convert("RGBA").save(here / "clear.png")
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(_moving(1, 32, 48)[0]).save(here / "phone.jpg", exif=exif)
    pictures = [Image.fromarray(picture) for picture in _moving(3, 32, 48)]
    pictures[0].save(here / "moves.gif", save_all=True, append_images=pictures[1:], duration=40)
    for name, text in BOARDS.items():
        (here / name).write_text(text)
    (here / "latin.txt").write_bytes("caf\xe9".encode("latin-1"))
    (here / "none.txt").write_text("\n\n")
    (here / "other.json").write_text('{"format": "something else"}')
    (here / "mangled.json").write_text("{")
    _write_models(here)
    return here


def _moving(num_frames: int, height: int, width: int) -> np.ndarray:
    t, y, x = np.mgrid[0:num_frames, 0:height, 0:width]
    return np.stack([x * 5 + t * 9, y * 7, 0 * x + 128], axis=-1).astype(np.uint8)


def _write_clip(
    path: Path,
    times_s: list[float],
    size: tuple[int, int],
    pixels: str = "yuv420p",
    codec: str = "libx264",
) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        stream.codec_context.time_base = Fraction(1, 1000)
        for time_s in times_s:
            picture = np.full((size[1], size[0], 3), 90, np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=pixels)
            frame.pts, frame.time_base = round(time_s * 1000), Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _write_sound(path: Path) -> None:
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate = 8000
        container.mux([*stream.encode(frame), *stream.encode(None)])


def _turned(data: bytes) -> bytes:
    """Return a clip whose track header says that it is to be shown turned by a quarter."""
    turned = bytearray(data)
    matrix = turned.index(b"tkhd") + 4 + 40  # ISO/IEC 14496-12, 8.3.2
    struct.pack_into(">9i", turned, matrix, 0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30)
    return bytes(turned)


def _write_models(here: Path) -> None:
    """Copies of the bundled model, each with one part spoilt."""
    bundled = bundled_model_dir()
    for name in ("no-index", "no-key", "half", "no-config", "bad-config", "no-tokens"):
        (here / name).mkdir()
        for part in bundled.iterdir():
            (here / name / part.name).symlink_to(part)
    (here / "no-index" / "model_index.json").unlink()
    state = load_file(bundled / "transformer" / WEIGHTS)
    state.pop("proj_out.weight")
    save_file(state, _own(here / "no-key", "transformer") / WEIGHTS)
    half = (bundled / "transformer" / WEIGHTS).read_bytes()
    (_own(here / "half", "transformer") / WEIGHTS).write_bytes(half[: len(half) // 2])
    (_own(here / "no-config", "transformer") / "config.json").unlink()
    (_own(here / "bad-config", "autoencoder") / "config.json").write_text("{")
    (_own(here / "no-tokens", "tokenizer") / "tokenizer.json").unlink()


def _own(model: Path, part: str) -> Path:
    """Replace the link to a part by a directory of links to its files."""
    there = (model / part).resolve()
    (model / part).unlink()
    (model / part).mkdir()
    for file in there.iterdir():
        if file.name == WEIGHTS and part == "transformer":
            continue
        (model / part / file.name).write_bytes(file.read_bytes())
    return model / part


SMALL = "generate x --size 64x64 --num-frames 1 --device cpu"
REFUSED = [
    # prompts
    (["generate", ""], "the prompt is empty: a prompt has 1 to 4000 characters; try"),
    (["generate", "x" * 40_000], "has 40000 characters: a prompt has 1 to 4000"),
    (["picture", " \n "], "the prompt is empty"),
    (["generate", "a\0b"], "bytes that are not text: it must be UTF-8"),
    # sizes, durations, rates, numbers
    ("generate x --size 0x7", "size 0x7: each side has 16 to 1920 pixels; try 16x16"),
    ("picture x --size 7x7", "size 7x7: each side has 16 to 1920 pixels; try 16x16"),
    ("generate x --size 9999x64", "try 1920x64"),
    ("generate x --size big", "it must be WIDTHxHEIGHT in pixels; try 320x192"),
    ("generate x --aspect 1e400:1", "aspect '1e400:1': it must be WIDTH:HEIGHT; try 16:9"),
    ("generate x --aspect 0:1", "it must be WIDTH:HEIGHT; try 16:9"),
    ("generate x --seconds 0", "seconds 0: it must be above 0 and at most 60; try 4"),
    ("generate x --seconds -1", "seconds -1: it must be above 0"),
    ("generate x --seconds nan", "seconds nan: it must be above 0"),
    ("generate x --seconds 61", "try 60"),
    ("generate x --num-frames 0", "num_frames 0: it must be 1 to 3600; try 1"),
    ("generate x --fps 0", "fps 0.0: it must be 1 to 60; try 1"),
    ("generate x --fps nan", "fps nan: it must be 1 to 60"),
    ("generate x --seed -1", "seed -1: it must be 0 to"),
    ("generate x --num-inference-steps 0", "num_inference_steps 0: it must be 1 to 1000; try 1"),
    ("generate x --guidance-scale nan", "guidance_scale nan: it must be 0 to 50"),
    ("generate x --keys-every 1", "keys_every 1: it must be 2 to"),
    ("generate x --hd --size 32x32", "size 32x32 in hd: it is made at 8x8 first; try 64x64"),
    ("generate x --seed soon", "--seed 'soon': it must be a valid integer"),
    ("generate x --colour red", "No such option: --colour"),
    ("generate x --device abacus", "abacus"),
    ("generate x --dtype fp7", "fp7"),
    # models
    (f"{SMALL} --model nowhere", "nowhere is not a model directory: there is no such directory"),
    (f"{SMALL} --model no-index", "no-index is not a model directory: it holds no model_index"),
    (f"{SMALL} --model no-key", "proj_out.weight"),
    (f"{SMALL} --model half", "cannot read"),
    (f"{SMALL} --model no-config", "cannot read no-config/transformer/config.json"),
    (f"{SMALL} --model bad-config", "not valid JSON"),
    (f"{SMALL} --model no-tokens", "tokenizer.json"),
    # outputs
    ("generate x -o .", "output '.': its name must end in .mp4; try video.mp4"),
    ("generate x -o a.gif", "output 'a.gif': its name must end in .mp4; try a.mp4"),
    ("picture x -o a.mp4", "its name must end in .png"),
    ("generate x -o no/a.mp4", "cannot write no/a.mp4: the directory does not exist; try"),
    # clips
    ("extend nowhere.mp4 --forward 1 --prompt x", "cannot read nowhere.mp4 as a video"),
    ("extend text.mp4 --forward 1 --prompt x", "cannot read text.mp4 as a video"),
    ("extend void.mp4 --forward 1 --prompt x", "cannot read void.mp4 as a video"),
    ("extend . --forward 1 --prompt x", "cannot read . as a video"),
    ("extend sound.m4a --forward 1 --prompt x", "no video stream; try a clip with a picture"),
    ("extend cut.mp4 --forward 1 --prompt x", "cut.mp4"),
    ("loop dot.mp4 --prompt x", "is 1x1: each side has 16 to 1920 pixels; try a copy of 16x16"),
    ("edit 8k.mkv x", "is 7680x4320: each side has 16 to 1920 pixels; try a copy of 1920x1080"),
    ("extend clip.mp4 --forward 1", "no prompt for clip.mp4: only a video of ours says itself"),
    ("extend clip.mp4 --prompt x", "nothing to extend by; try --forward 2 or --backward 2"),
    ("extend clip.mp4 --forward -1 --prompt x", "seconds -1: it must be above 0"),
    ("extend clip.mp4 --forward 61 --prompt x", "try 60"),
    ("loop clip.mp4 --seconds 0 --prompt x", "seconds 0: it must be above 0"),
    ("edit clip.mp4 x --strength 0", "strength 0.0: it must be 0.01 to 1; try 0.01"),
    ("edit clip.mp4 x --strength 2", "try 1"),
    ("connect clip.mp4 wide.mp4 --prompt x", "both must have one size; try a copy of wide.mp4"),
    ("connect clip.mp4 fast.mp4 --prompt x", "both must have one rate; try a copy of fast.mp4"),
    ("connect clip.mp4 clip.mp4 --seconds 0 --prompt x", "seconds 0: it must be above 0"),
    ("connect clip.mp4 clip.mp4 --gap-order up --prompt x", "'inward', 'outward'"),
    # stills
    ("animate x --image nowhere.png", "cannot read nowhere.png as a picture"),
    ("animate x --image text.mp4", "cannot read text.mp4 as a picture"),
    ("animate x --image cut.png", "cut.png"),
    ("animate x --image moves.gif", "moves.gif moves: a still has one frame; try one frame of it"),
    ("animate x --image dot.png", "is 1x1: each side has 16 to 1920 pixels; try a copy of 16x16"),
    ("animate x --image cat.png@9 --seconds 2", "a picture at 9 s: the video ends at 1.875 s"),
    ("animate x --image cat.png@-1", "a picture at -1 s"),
    ("animate x --image cat.png@nan", "it must be FILE@SECONDS; try cat.png@0"),
    ("animate x --image cat.png --image cat.png@0", "two pictures are pinned at 0 s"),
    ("animate x --image cat.png --image wide.png@1", "both must have one size; try a copy of"),
    ("animate x", "--image"),
    # storyboards
    ("storyboard nowhere.toml", "cannot read nowhere.toml"),
    ("storyboard overlap.toml", "shot 2 starts at 1 s: shot 1 lasts until 2 s; try start = 2"),
    ("storyboard gap.toml", "nothing is shown from 2 to 3 s; try start = 2"),
    ("storyboard outside.toml", "the shots end at 4 s, past its end: the video lasts 3 s; try"),
    ("storyboard early.toml", "the shots end at 2 s, before its end: the video lasts 9 s; try"),
    ("storyboard empty.toml", "shots"),
    ("storyboard broken.toml", "broken.toml is not valid TOML"),
    ("storyboard unknown.toml", "colour"),
    ("storyboard nobody.toml", "shot 1 names {mia}: the subjects are none"),
    ("storyboard silent.toml", "prompt"),
    ("storyboard short.toml", "shot 1 lasts 0 s: it must be above 0"),
    ("storyboard sizes.toml", "is 48x32 and the video 64x64: both must have one size; try"),
    ("storyboard lost.toml", "cannot read lost.png as a picture"),
    # what was made before
    ("generate --from nowhere.json", "cannot read nowhere.json"),
    ("generate --from other.json", "other.json is not a sidecar: its format must be"),
    ("generate --from mangled.json", "mangled.json is not valid JSON"),
    ("generate --prompts latin.txt", "cannot read latin.txt: it must be UTF-8"),
    ("generate --prompts none.txt", "none.txt holds no prompt: it has one prompt per line"),
    ("resume nowhere.run", "nowhere.run is not a run"),
    ("decode no-index", "no-index is not a run"),
    ("plan overlap.toml --seconds 3", "the file says them already"),
    ("plan x --gap-order inward", "only connect and loop close a gap"),
    ("estimate --picture --seconds 3", "a picture has a size alone"),
]


@pytest.mark.parametrize(("command", "message"), REFUSED, ids=lambda value: str(value)[:60])
def test_it_is_refused_in_one_line_and_nothing_is_left(
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str | list[str],
    message: str,
) -> None:
    monkeypatch.chdir(place)
    before = sorted(os.listdir())
    assert run(command.split() if isinstance(command, str) else command) == 2
    err = capsys.readouterr().err
    assert message in err, err
    assert err.startswith("hanazora: ") and err.count("\n") == 1
    assert sorted(os.listdir()) == before


@pytest.mark.parametrize(
    ("command", "shape"),
    [
        # Five moments in 0.24 s at the usual 25 a second are seven frames; one second more is 25.
        ("extend vfr.mp4 --forward 1", "48x32, 32 frames, 1.28 s at 25 fps"),
        ("extend turned.mp4 --forward 1", "32x48, 17 frames"),
        ("loop deep.mp4 --seconds 1", "48x32, 28 frames"),
    ],
)
def test_a_clip_that_can_be_read_is(
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    shape: str,
) -> None:
    monkeypatch.chdir(place)
    assert run([*command.split(), "--prompt", "x", "--no-expand", "--plan"]) == 0
    assert shape in capsys.readouterr().out


@pytest.mark.parametrize(("name", "size"), [("clear.png", "48x32"), ("phone.jpg", "32x48")])
def test_a_still_that_can_be_read_is(
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    size: str,
) -> None:
    monkeypatch.chdir(place)
    assert run(["animate", "x", "--image", name, "--no-expand", "--plan"]) == 0
    assert size in capsys.readouterr().out


def test_a_disk_that_is_full_is_told_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("hanazora.pipelines.preflight.estimate.free_disk_bytes", lambda _: 70 << 20)
    assert run("generate x --seconds 60 --size 640x384 --no-expand".split()) == 2
    err = capsys.readouterr().err
    assert "60 s need" in err and "are free; try --num-frames" in err
    assert os.listdir() == []


@pytest.mark.parametrize(("num_bytes", "kept"), [(300, []), (4000, ["a.run"])])
def test_a_disk_that_fills_up_leaves_finished_chunks_or_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    num_bytes: int,
    kept: list[str],
) -> None:
    resource = pytest.importorskip("resource")
    monkeypatch.chdir(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    command = "generate x -o a.mp4 --size 64x64 --num-frames 9 --num-inference-steps 1 --no-expand"
    try:
        # The largest file that may be written: to the writer it is a disk without space.
        resource.setrlimit(resource.RLIMIT_FSIZE, (num_bytes, hard))
        assert run(command.split()) == 2
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    err = capsys.readouterr().err.strip().splitlines()[-1]
    assert err.startswith("hanazora: cannot write")
    assert ("resume" in err) == bool(kept)
    assert os.listdir() == kept
