import hashlib
import os
from fractions import Fraction

import numpy as np
import pytest

from hanazora.core.errors import OutputError
from hanazora.media.decode import read_video
from hanazora.media.encode import exact_fps, open_growing_video, open_video, write_video
from hanazora.media.mp4 import top_level_boxes
from hanazora.media.probe import probe

FULL_DISK = """
import resource, sys, pathlib, numpy as np
from hanazora.core.errors import OutputError
from hanazora.media.encode import write_video
resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
noise = np.random.default_rng(0).integers(0, 255, (12, 128, 128, 3), dtype=np.uint8)
try:
    write_video(pathlib.Path(sys.argv[1]) / "a.mp4", noise, fps=8)
except OutputError as error:
    sys.exit(str(error))
"""


def random_sizes(count):
    rng = np.random.default_rng(2)
    extreme = [(16, 16, 1), (17, 17, 2), (640, 16, 1), (33, 640, 1), (360, 640, 3), (640, 274, 2)]
    drawn = rng.integers((16, 16, 1), (200, 200, 12), size=(count, 3)).tolist()
    return extreme + [tuple(size) for size in drawn]


@pytest.mark.parametrize(("width", "height", "num_frames"), random_sizes(18))
def test_the_file_has_exactly_the_size_and_count(tmp_path, clip, width, height, num_frames):
    path = tmp_path / "a.mp4"
    write_video(path, clip(num_frames, height, width), fps=8)
    info = probe(path)
    assert (info.width, info.height, info.num_frames) == (width, height, num_frames)
    assert (info.codec, info.pixel_format) == ("h264", "yuv420p")
    assert read_video(path).shape == (num_frames, height, width, 3)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_sixty_random_sizes_up_to_640_pixels_and_60_frames(tmp_path, clip):
    rng = np.random.default_rng(60)
    for width, height, num_frames in rng.integers((16, 16, 1), (641, 641, 61), size=(60, 3)):
        path = tmp_path / "a.mp4"
        write_video(path, clip(int(num_frames), int(height), int(width)), fps=8)
        assert probe(path)[:3] == (width, height, num_frames)


@pytest.mark.parametrize("fps", [1, 8, 12.5, 24, Fraction(24000, 1001), Fraction(30000, 1001), 60])
def test_rate_and_duration_are_exact(tmp_path, clip, fps):
    path = tmp_path / "a.mp4"
    write_video(path, clip(7), fps=fps)
    assert probe(path).fps == Fraction(fps)
    assert probe(path).duration_s == pytest.approx(float(7 / Fraction(fps)), abs=1e-6)


def test_rounded_names_of_rates_mean_the_exact_ones():
    assert exact_fps(23.976) == Fraction(24000, 1001)
    assert exact_fps(29.97) == Fraction(30000, 1001)
    assert exact_fps(12.5) == Fraction(25, 2)
    assert exact_fps(24) == 24


@pytest.mark.parametrize("fps", [0.5, 121])
def test_rates_outside_the_limits_are_refused(fps):
    with pytest.raises(ValueError, match="outside 1 to 120"):
        exact_fps(fps)


def test_colours_come_back(tmp_path):
    colours = [(0, 0, 0), (255, 255, 255), (200, 30, 40), (20, 160, 60), (30, 60, 220)]
    frames = np.concatenate(
        [np.full((2, 32, 32, 3), colour, np.uint8) for colour in colours], axis=2
    )
    write_video(tmp_path / "a.mp4", frames, fps=8)
    back = read_video(tmp_path / "a.mp4").astype(int)
    for index, colour in enumerate(colours):
        centre = back[0, 16, 32 * index + 16]
        assert np.abs(centre - colour).max() <= 5, (colour, centre)


@pytest.mark.parametrize(("width", "height"), [(320, 192), (50, 50), (64, 30), (34, 18)])
def test_the_same_frames_are_the_same_bytes(tmp_path, clip, width, height):
    hashes = set()
    for name in "abcd":
        write_video(tmp_path / name, clip(20, height, width), fps=8)
        hashes.add(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    assert len(hashes) == 1


def test_appending_in_parts_changes_nothing(tmp_path, clip):
    frames = clip(9)
    write_video(tmp_path / "a", frames, fps=8)
    with open_video(tmp_path / "b", width=48, height=32, fps=8) as writer:
        writer.append(frames[:4])
        writer.append(frames[4:])
        assert writer.num_frames == 9
        assert not (tmp_path / "b").exists()
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert b"moov" in top_level_boxes(tmp_path / "b")


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_leaving_early_leaves_nothing(tmp_path, clip, error):
    with pytest.raises(error), open_video(tmp_path / "a", width=48, height=32, fps=8) as writer:
        writer.append(clip())
        raise error
    assert os.listdir(tmp_path) == []


def test_no_frames_is_no_video(tmp_path):
    with pytest.raises(ValueError, match="at least 1 frame"):
        with open_video(tmp_path / "a", width=48, height=32, fps=8):
            pass
    assert os.listdir(tmp_path) == []


def test_frames_of_another_size_are_refused(tmp_path, clip):
    with pytest.raises(ValueError, match="48x32"):
        with open_video(tmp_path / "a", width=48, height=32, fps=8) as writer:
            writer.append(clip(2, 32, 32))


def test_a_side_outside_the_limits_is_refused(tmp_path):
    with (
        pytest.raises(ValueError, match="4097x8"),
        open_video(tmp_path / "a", width=4097, height=8, fps=8),
    ):
        pass


def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path, run_python):
    done = run_python("-c", FULL_DISK, tmp_path)
    assert "cannot write" in done.stderr and "larger than the file system allows" in done.stderr
    assert "Traceback" not in done.stderr
    assert os.listdir(tmp_path) == []


def test_a_missing_directory_is_named(tmp_path, clip):
    with pytest.raises(OutputError, match="the directory does not exist"):
        write_video(tmp_path / "no" / "a.mp4", clip(), fps=8)


@pytest.mark.parametrize(("height", "width"), [(32, 48), (33, 47)])
def test_a_growing_file_plays_up_to_its_newest_frame(tmp_path, clip, height, width):
    frames = clip(9, height, width)
    path = tmp_path / "a.stream.mp4"
    with open_growing_video(path, width=width, height=height, fps=8) as writer:
        for count in (1, 5, 9):
            writer.append(frames[writer.num_frames : count])
            info = probe(path)
            assert (info.width, info.height, info.num_frames) == (width, height, count)
            assert info.fps == 8
            shown = read_video(path)
            assert np.abs(shown.astype(int) - frames[:count]).mean() < 12
    assert os.listdir(tmp_path) == []


def test_a_growing_file_is_gone_after_a_failure(tmp_path, clip):
    path = tmp_path / "a.stream.mp4"
    with pytest.raises(KeyboardInterrupt):
        with open_growing_video(path, width=48, height=32, fps=8) as writer:
            writer.append(clip(3))
            raise KeyboardInterrupt
    assert os.listdir(tmp_path) == []
    with pytest.raises(OutputError, match="does not exist"):
        with open_growing_video(tmp_path / "no" / "a.mp4", width=48, height=32, fps=8):
            pass
