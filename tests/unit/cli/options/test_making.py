from dataclasses import fields
from pathlib import Path

import pytest

from hanazora.cli.commands import command_line
from hanazora.cli.options.making import MachineOptions, PictureOptions, VideoOptions
from hanazora.core.errors import ModelError, UserError
from hanazora.core.paths import bundled_model_dir


def test_nothing_said_is_the_bundled_model_and_its_language():
    making = VideoOptions()
    assert making.model_dir == bundled_model_dir() and making.is_expanding
    assert not VideoOptions(model=Path("other")).is_expanding
    assert VideoOptions(model=Path("other"), expand=True).is_expanding
    assert VideoOptions.suffixes == (".mp4",) and ".png" in PictureOptions.suffixes


def test_settings_of_the_command_line():
    settings = PictureOptions(num_inference_steps=4).settings("outward")
    assert (settings.seed, settings.num_inference_steps, settings.negative_prompt) == (0, 4, "")
    assert settings.gap_order == "outward"


def test_the_device_and_the_autoencoder(tmp_path):
    assert MachineOptions(device="cpu", dtype="fp32").pick_device().dtype_name == "fp32"
    assert len(MachineOptions().autoencoder_sha256()) == 64
    with pytest.raises(ModelError, match="is not a model directory"):
        MachineOptions(model=tmp_path).autoencoder_sha256()


def test_a_picture_takes_what_it_can_be_told():
    making = VideoOptions(seed=3, output=Path("a.png"))
    assert making.for_picture() == PictureOptions(seed=3, output=Path("a.png"))
    with pytest.raises(UserError, match="only videos have them"):
        VideoOptions(stream=True).for_picture()


@pytest.mark.parametrize(
    "name", ["generate", "animate", "extend", "connect", "loop", "edit", "storyboard", "picture"]
)
def test_every_command_that_makes_something_has_all_options_in_their_panels(name):
    command = command_line().commands[name]
    kind = PictureOptions if name == "picture" else VideoOptions
    shown = {option.name: option for option in command.params}
    assert {field.name for field in fields(kind)} <= set(shown)
    panels = {shown[field.name].rich_help_panel for field in fields(kind)}
    assert panels == {None, "How it is made", "Model and machine", "The run"}
    assert command.help and all(option.help for option in command.params)
