import numpy as np
import pytest
import torch

from hanazora.cli.data import encode
from hanazora.cli.main import run
from hanazora.media.frames import contact_sheet
from hanazora.media.pictures import read_png_size
from hanazora.media.stills import read_picture
from hanazora.models.autoencoder.model import VideoAutoencoder
from hanazora.models.autoencoder.weights import save_autoencoder
from hanazora.recipes import tiny_autoencoder


@pytest.fixture
def source(tmp_path, write_clip):
    folder = tmp_path / "clips"
    folder.mkdir()
    write_clip(folder / "a.mp4", [index / 8 for index in range(5)], "one cat")
    write_clip(folder / "b.mp4", [index / 8 for index in range(40)], "two cats", size=(64, 64))
    return folder


def preview(source, output, *words):
    return run(["data", "preview", str(source), "-o", str(output), *words])


def test_a_folder_gets_the_very_pixels(tmp_path, source, clip):
    from hanazora.data.sources.encoding import read_samples
    from hanazora.data.sources.judging import judge_source
    from hanazora.data.sources.samples import SOURCE_LIMITS, SampleConfig
    from hanazora.media.guarded import GuardedReader

    assert preview(source, tmp_path / "seen", "--columns", "3") == 0
    names = sorted(path.name for path in (tmp_path / "seen").glob("*.png"))
    assert names == ["0000-a-000.png", "0001-b-000.png", "0001-b-001.png", "0001-b-002.png"]
    assert "one cat" in (tmp_path / "seen" / "0000-a-000.txt").read_text()
    with GuardedReader(SOURCE_LIMITS) as reader:
        report = judge_source(source, SampleConfig(), reader)
        frames = next(read_samples(report.clips[:1], reader))[2]
    picture = read_picture(tmp_path / "seen" / "0000-a-000.png")
    assert (picture == contact_sheet(frames, 3, gap_px=0)).all()


def test_a_sheet_has_a_row_for_each_sample_and_its_captions(tmp_path, source, capsys):
    path = tmp_path / "sheet.png"
    assert preview(source, path, "--columns", "4", "--num-samples", "2") == 0
    assert read_png_size(path) == (4 * 96 + 12, 64 + 4 + 64)
    lines = (tmp_path / "sheet.txt").read_text().splitlines()
    assert lines[0].endswith("a.mp4 sample 1 of 1, 5 frames 96x64: one cat") and len(lines) == 2
    assert lines[1] in capsys.readouterr().out


def test_below_it_what_the_autoencoder_gives_back(tmp_path, source, monkeypatch):
    torch.manual_seed(0)
    save_autoencoder(VideoAutoencoder(tiny_autoencoder().autoencoder), tmp_path / "autoencoder")
    monkeypatch.setattr(encode, "bundled_model_dir", lambda: tmp_path)
    path = tmp_path / "sheet.png"
    assert preview(source, path, "--columns", "2", "--num-samples", "1", "--autoencoder") == 0
    picture = read_picture(path)
    assert picture.shape == (64 + 4 + 64, 2 * 96 + 4, 3)
    assert np.abs(picture[:64].astype(int) - picture[68:]).mean() > 1


def test_a_wrong_name_is_refused_before_anything_is_read(tmp_path, source, capsys):
    assert preview(source, tmp_path / "seen.mp4") == 2
    assert "must be a .png or a folder; try seen.png" in capsys.readouterr().err
