import json

import pytest

from hanazora.cli.gallery import page
from hanazora.cli.gallery.page import differences, gallery_page, write_gallery
from hanazora.cli.gallery.samples import Sample
from hanazora.media.encode import write_video

SAMPLE = Sample(title="truck", command="hanazora generate 'a truck' -o truck.mp4", about="It goes.")


@pytest.fixture
def made(tmp_path, clip):
    """A directory in which the sample was made."""
    directory = tmp_path / "made"
    directory.mkdir()
    write_video(directory / "truck.mp4", clip(6, 32, 160), fps=8)
    sidecar = {
        "request": {"verb": "generate", "fps": 8.0, "expanded_prompt": "A truck."},
        "model": {"weight_hashes": {"transformer": "aa"}},
        "video": {"width": 160, "height": 32, "num_frames": 6, "sha256": "0123456789abcdef"},
    }
    (directory / "truck.json").write_text(json.dumps(sidecar))
    return directory


@pytest.fixture
def gallery_dir(tmp_path, monkeypatch):
    directory = tmp_path / "gallery"
    directory.mkdir()
    monkeypatch.setattr(page, "GALLERY_DIR", directory)
    return directory


def test_a_page_shows_command_strip_and_sidecar(made, gallery_dir):
    write_gallery([SAMPLE], made)
    assert {file.name for file in gallery_dir.iterdir()} == {"truck.webp", "truck.json"}
    text = (gallery_dir.parent / "gallery.md").read_text()
    assert text == gallery_page([SAMPLE], gallery_dir)
    assert "```bash\nhanazora generate 'a truck' -o truck.mp4\n```" in text
    assert "(gallery/truck.webp)" in text and "(gallery/truck.json)" in text
    assert "160x32, 6 frames at 8 fps, sha256 `0123456789ab`" in text and "*A truck.*" in text


def test_the_same_sample_differs_in_nothing(made, gallery_dir):
    write_gallery([SAMPLE], made)
    assert differences(SAMPLE, made, gallery_dir) == []


def test_other_weights_another_request_and_another_picture_are_told(made, gallery_dir, clip):
    write_gallery([SAMPLE], made)
    sidecar = json.loads((made / "truck.json").read_text())
    sidecar["model"]["weight_hashes"]["transformer"] = "bb"
    sidecar["request"]["fps"] = 9.0
    (made / "truck.json").write_text(json.dumps(sidecar))
    write_video(made / "truck.mp4", 255 - clip(6, 32, 160), fps=8)
    found = differences(SAMPLE, made, gallery_dir)
    assert found[:2] == [
        "another transformer made truck.mp4",
        "truck.mp4 is asked for in another way",
    ]
    assert "truck.mp4 looks different" in found[2]
