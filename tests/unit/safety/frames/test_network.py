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
)

TINY = ClassifierConfig(channels=(4, 8, 8), depths=(1, 1, 1), hidden_size=8)


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


@pytest.mark.parametrize(
    ("size", "seen"),
    [((192, 320), (128, 208)), ((320, 192), (208, 128)), ((256, 256), (160, 160))],
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
    frame = np.zeros((1, 128, 208, 3), np.uint8)
    frame[..., 0] = 255
    assert to_network(torch.from_numpy(frame)).mean(dim=(0, 2, 3)).tolist() == [1.0, 0.0, 0.0]
