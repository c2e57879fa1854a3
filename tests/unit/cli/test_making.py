import pytest

from hanazora.cli.main import run
from hanazora.cli.making import autoencoder_sha256, chosen_settings, plan_text
from hanazora.core.errors import ModelError
from hanazora.pipelines.request import GenerateRequest


def test_a_plan_needs_no_weights_and_writes_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(["generate", "snow", "--no-expand", "--plan", "-o", "nowhere/a.mp4"]) == 0
    assert capsys.readouterr().out == plan_text(
        GenerateRequest(prompt="snow"), None, "auto", "auto"
    )
    assert list(tmp_path.iterdir()) == []


def test_settings_of_the_command_line():
    settings = chosen_settings(None, 4, None, None)
    assert (settings.seed, settings.num_inference_steps, settings.negative_prompt) == (0, 4, "")


def test_the_autoencoder_is_known_by_its_hash(tmp_path):
    assert len(autoencoder_sha256(None)) == 64
    with pytest.raises(ModelError, match="cannot read"):
        autoencoder_sha256(tmp_path)
