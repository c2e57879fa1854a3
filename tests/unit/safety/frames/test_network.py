import numpy as np
import pytest
import torch

from hanazora.core.errors import ModelError
from hanazora.safety.frames.network import (
    AREA_PX,
    LABELS,
    ClassifierConfig,
    FrameClassifier,
    load_classifier,
    network_size,
    save_classifier,
    to_network,
    worst_windows,
)

TINY = ClassifierConfig(channels=(4, 8, 8, 8), dilations=(1, 2))


def test_a_saved_network_gives_the_same_answers(tmp_path):
    torch.manual_seed(0)
    network = FrameClassifier(TINY).eval()
    path = tmp_path / "frames.safetensors"
    save_classifier(network, path)
    again = load_classifier(path)
    pictures = torch.rand(3, 3, 64, 96)
    torch.testing.assert_close(again(pictures), network(pictures), rtol=2e-2, atol=2e-3)
    assert again.config == TINY
    assert not again.training


def test_a_damaged_file_is_a_model_error(tmp_path):
    path = tmp_path / "frames.safetensors"
    save_classifier(FrameClassifier(TINY), path)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(ModelError):
        load_classifier(path)
    with pytest.raises(ModelError):
        load_classifier(tmp_path / "absent.safetensors")


def test_scores_are_half_at_the_border_and_three_quarters_at_sure():
    config = ClassifierConfig(border=(0.0, 1.0, -2.0, 3.0), sure=(1.0, 3.0, 0.5, 3.1))
    network = FrameClassifier(config)
    at_border = network.scores(torch.tensor([config.border]))
    at_sure = network.scores(torch.tensor([config.sure]))
    torch.testing.assert_close(at_border, torch.full((1, len(LABELS)), 0.5))
    torch.testing.assert_close(at_sure, torch.full((1, len(LABELS)), 0.75))


def test_sure_lies_above_the_border():
    with pytest.raises(ValueError, match="above border"):
        ClassifierConfig(border=(1.0,) * 4, sure=(1.0,) * 4)


def test_windows_are_odd():
    with pytest.raises(ValueError, match="must be odd"):
        ClassifierConfig(windows=(1, 2, 1, 1))


def test_a_picture_has_the_logit_of_its_worst_window():
    cells = torch.full((1, len(LABELS), 4, 5), -4.0)
    cells[0, :, 1, 2] = 5.0
    found = worst_windows(cells, (1, 3, 1, 3))[0]
    assert found.tolist() == pytest.approx([5.0, -2.5, 5.0, -2.5])


def test_a_small_thing_is_found_wherever_it_is():
    torch.manual_seed(0)
    network = FrameClassifier(TINY).eval()
    empty, here, there = torch.full((3, 1, 3, 64, 96), 0.5)
    here[..., 16:24, 16:24] = 1.0
    there[..., 32:40, 64:72] = 1.0
    cells = [network.cells(picture)[0] for picture in (empty, here, there)]
    assert cells[0].shape == (len(LABELS), 8, 12)
    changed = [(one - cells[0]).abs().sum(dim=0).argmax().item() for one in cells[1:]]
    assert changed[0] != changed[1]


@pytest.mark.parametrize(
    ("size", "seen"),
    [((192, 320), (160, 256)), ((320, 192), (256, 160)), ((256, 256), (208, 208))],
)
def test_every_form_is_seen_at_about_one_area(size, seen):
    assert network_size(*size) == seen


def test_odd_sizes_are_seen_too():
    for size in [(1, 1), (7, 999), (2160, 3840), (1080, 1920), (17, 16)]:
        height, width = network_size(*size)
        assert height % 16 == width % 16 == 0
        assert 0.5 * AREA_PX < height * width < 1.6 * AREA_PX
        pictures = to_network(torch.zeros(1, min(size[0], 64), min(size[1], 64), 3).byte())
        assert pictures.shape[1] == 3


def test_colours_keep_their_order():
    frame = np.zeros((1, 160, 256, 3), np.uint8)
    frame[..., 0] = 255
    assert to_network(torch.from_numpy(frame)).mean(dim=(0, 2, 3)).tolist() == [1.0, 0.0, 0.0]
