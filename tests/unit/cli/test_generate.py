import os

import pytest

from hanazora.cli.generate import file_name
from hanazora.cli.main import run
from hanazora.core.errors import NonFiniteError
from hanazora.media.probe import probe


@pytest.fixture(autouse=True)
def _in_an_empty_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_one_sentence_is_one_file_and_its_sidecar(model, tmp_path, capsys):
    assert run(["generate", "A pink tree", "-o", "a.mp4", "--num-frames", "3"]) == 0
    assert sorted(os.listdir(tmp_path)) == ["a.json", "a.mp4"]
    info = probe(tmp_path / "a.mp4")
    assert (info.width, info.height, info.num_frames, info.fps) == (320, 192, 3, 8)
    assert "a.mp4  320x192, 3 frames, 8 fps, seed 0" in capsys.readouterr().out
    assert model.loaded == [(None, "auto", "auto")]


def test_every_option_reaches_the_request(model):
    arguments = (
        "generate x --size 47x33 --seconds 0.25 --fps 12 --seed 5 --num-inference-steps 2"
        " --guidance-scale 1.5 --negative-prompt rain -o a.mp4 --device cpu --dtype fp32"
    )
    assert run(arguments.split()) == 0
    request = model.requests[0]
    assert (request.width, request.height, request.num_frames, request.fps) == (47, 33, 3, 12.0)
    assert (request.seed, request.num_inference_steps, request.guidance_scale) == (5, 2, 1.5)
    assert request.negative_prompt == "rain"
    assert model.loaded == [(None, "cpu", "fp32")]


def test_an_aspect_is_a_size(model):
    assert run(["generate", "x", "--aspect", "9:16", "--num-frames", "1", "-o", "a.mp4"]) == 0
    assert (model.requests[0].width, model.requests[0].height) == (192, 336)


def test_the_sidecar_makes_the_same_file_again(model, tmp_path):
    assert run("generate x --size 48x32 --num-frames 4 --seed 9 -o a.mp4".split()) == 0
    assert run("generate --from a.json -o b.mp4".split()) == 0
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
    assert (tmp_path / "a.json").read_text() == (tmp_path / "b.json").read_text()


def test_the_sidecar_of_a_picture_makes_the_same_picture(model, tmp_path, capsys):
    assert run("picture x --size 48x32 --device cpu -o a.png".split()) == 0
    assert run("generate --from a.json --device cpu -o b.png".split()) == 0
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert run("generate --from a.json -o c.mp4".split()) == 2
    assert "must end in .png" in capsys.readouterr().err


def test_a_sidecar_takes_another_seed_but_no_other_size(model, capsys):
    assert run("generate x --size 48x32 --num-frames 2 -o a.mp4".split()) == 0
    assert run("generate --from a.json --seed 4 -o b.mp4".split()) == 0
    assert model.requests[1].seed == 4
    assert run("generate --from a.json --fps 4 -o c.mp4".split()) == 2
    assert "already says" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["generate", ""], "the prompt is empty"),
        (["generate", "x" * 40_000], "has 40000 characters"),
        (["generate"], "there is no prompt"),
        (["generate", "x", "--size", "0x0"], "size 0x0: each side has 16 to 1920 pixels"),
        (["generate", "x", "--size", "7x7"], "try 16x16"),
        (["generate", "x", "--size", "big"], "it must be WIDTHxHEIGHT"),
        (["generate", "x", "--seconds", "0"], "seconds 0: it must be above 0"),
        (["generate", "x", "--num-frames", "0"], "num_frames 0"),
        (["generate", "x", "--fps", "0"], "fps 0"),
        (["generate", "x", "--seed", "-1"], "seed -1"),
        (["generate", "x", "--size", "32x32", "--aspect", "1:1"], "only one of them"),
        (["generate", "x", "--seconds", "1", "--num-frames", "8"], "only one of them"),
        (["generate", "x", "-o", "a.gif"], "must end in .mp4; try a.mp4"),
        (["generate", "x", "-o", "no/a.mp4"], "the directory does not exist"),
        (["generate", "--from", "absent.json"], "cannot read absent.json"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_exit_two_and_nothing_left(
    model, tmp_path, capsys, arguments, message
):
    assert run(arguments) == 2
    err = capsys.readouterr().err
    assert message in err
    assert err.strip().count("\n") == 0
    assert os.listdir(tmp_path) == []
    assert model.loaded == []


@pytest.mark.parametrize(
    ("error", "code"), [(KeyboardInterrupt(), 130), (NonFiniteError("step 1 is not finite"), 1)]
)
def test_stopping_within_a_step_leaves_nothing(model, tmp_path, capsys, error, code):
    def stop(step):
        if step == 1:
            raise error

    model.on_step = stop
    assert run(["generate", "x", "-o", "a.mp4"]) == code
    assert os.listdir(tmp_path) == []
    assert "nothing was written" in capsys.readouterr().err


def test_a_file_is_named_after_the_prompt():
    assert file_name("A pink cherry tree, in the falling snow!") == "a-pink-cherry-tree-in-the.mp4"
    assert file_name("\N{CHERRY BLOSSOM}") == "video.mp4"
