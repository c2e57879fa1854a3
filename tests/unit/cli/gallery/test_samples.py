import subprocess

import pytest

from hanazora.cli.gallery.page import GALLERY_DIR
from hanazora.cli.gallery.samples import Sample, make_sample, read_samples
from hanazora.core.errors import UserError


def test_a_sample_is_known_by_its_file():
    sample = Sample(title="hd", command="hanazora generate 'a b' --hd -o out.mp4", about="")
    assert (sample.verb, sample.name, sample.output) == ("generate", "out", "out.mp4")


def test_every_verb_has_a_sample_and_every_file_another_name():
    samples = read_samples(GALLERY_DIR)
    verbs = {sample.verb for sample in samples}
    assert verbs == {
        "generate", "animate", "extend", "connect", "loop", "edit", "storyboard", "picture",
    }  # fmt: skip
    assert any("--hd" in sample.command for sample in samples)
    assert len({sample.name for sample in samples}) == len(samples)


def test_a_sample_needs_only_files_of_those_before_it():
    there = {file.name for file in GALLERY_DIR.glob("*.toml")}
    for sample in read_samples(GALLERY_DIR):
        words = [word.partition("@")[0] for word in sample.command.split()]
        assert {word for word in words if word.endswith((".mp4", ".toml"))} - there <= {
            sample.output
        }
        there.add(sample.output)


def test_what_no_sample_has_is_refused(tmp_path):
    (tmp_path / "samples.toml").write_text('[[samples]]\ntitle = "a"\npicked = true\n')
    with pytest.raises(UserError, match="picked"):
        read_samples(tmp_path)


def test_a_command_runs_with_what_lies_in_the_gallery(tmp_path, capfd):
    gallery, directory = tmp_path / "gallery", tmp_path / "made"
    gallery.mkdir()
    directory.mkdir()
    (gallery / "board.toml").write_text('[[shots]]\nseconds = 2\nprompt = "a fish"\n')
    command = "hanazora storyboard board.toml --no-expand --plan -o a.mp4"
    make_sample(Sample(title="", command=command, about=""), directory, gallery)
    assert "16 frames, 2 s" in capfd.readouterr().out
    failing = Sample(title="", command="hanazora storyboard absent.toml -o a.mp4", about="")
    with pytest.raises(subprocess.CalledProcessError):
        make_sample(failing, directory, gallery)
