import pytest
import torch

from hanazora.cli.data import encode as command
from hanazora.cli.main import run
from hanazora.data.latent_pool import LatentPool
from hanazora.models.autoencoder.model import VideoAutoencoder
from hanazora.models.autoencoder.weights import save_autoencoder
from hanazora.recipes import tiny_autoencoder


@pytest.fixture
def autoencoder(tmp_path):
    torch.manual_seed(0)
    save_autoencoder(VideoAutoencoder(tiny_autoencoder().autoencoder), tmp_path / "autoencoder")
    return str(tmp_path / "autoencoder")


def test_clips_become_a_pool(tmp_path, write_clip, capsys, autoencoder):
    (tmp_path / "clips").mkdir()
    write_clip(tmp_path / "clips" / "a.mp4", [index / 8 for index in range(22)])
    words = ["data", "encode", str(tmp_path / "clips"), str(tmp_path / "pool")]
    words += ["--autoencoder", autoencoder, "--device", "cpu", "--dtype", "fp32"]
    assert run(words) == 0
    assert len(LatentPool(tmp_path / "pool" / "latents")) == 2
    out = capsys.readouterr().out
    assert "2 samples, 1 files were encoded now" in out
    assert f"hanazora train tune_cpu --set pool.directory={tmp_path / 'pool'}" in out
    assert run(words) == 0
    assert "2 samples, 0 files were encoded now" in capsys.readouterr().out


def test_a_stopped_encoding_says_what_is_kept(
    tmp_path, write_clip, capsys, monkeypatch, autoencoder
):
    def stop(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("hanazora.data.sources.encoding.encode_source", stop)
    monkeypatch.setattr(command, "bundled_model_dir", lambda: tmp_path)
    write_clip(tmp_path / "a.mp4", [0, 0.125])
    assert run(["data", "encode", str(tmp_path), str(tmp_path / "pool")]) == 130
    assert "is kept in" in capsys.readouterr().err


def test_a_source_of_nothing_loads_nothing(tmp_path, capsys):
    assert run(["data", "encode", str(tmp_path), str(tmp_path / "pool")]) == 2
    assert "holds no clip" in capsys.readouterr().err
    assert not (tmp_path / "pool").exists()
