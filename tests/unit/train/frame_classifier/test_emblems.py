import numpy as np
import pytest

from hanazora.train.frame_classifier.emblems import (
    HARMLESS,
    HATEFUL,
    TILE,
    draw_emblem,
    draw_splash,
)


@pytest.mark.parametrize("name", [*HATEFUL, *HARMLESS])
def test_an_emblem_is_drawn_inside_its_tile(name):
    mask = draw_emblem({**HATEFUL, **HARMLESS}[name], 0.1, 0.0, mirrored=False)
    assert mask.shape == (TILE, TILE)
    assert mask.min() == 0.0
    assert mask.max() == 1.0
    assert 0.02 < mask.mean() < 0.75
    assert mask[0].max() == mask[-1].max() == 0.0


def test_a_quarter_turn_is_a_turn_of_the_picture():
    strokes = HARMLESS["letter_e"]
    upright = draw_emblem(strokes, 0.12, 0.0, mirrored=False)
    turned = draw_emblem(strokes, 0.12, np.pi / 2, mirrored=False)
    assert np.abs(np.rot90(upright) - turned).mean() < 0.02


def test_a_mirrored_emblem_is_the_mirror_image():
    strokes = HATEFUL["triple_hook"]
    plain = draw_emblem(strokes, 0.1, 0.0, mirrored=False)
    assert np.abs(plain[:, ::-1] - draw_emblem(strokes, 0.1, 0.0, mirrored=True)).max() < 1e-9


def test_no_harmless_sign_looks_like_a_hateful_one():
    for hateful in HATEFUL.values():
        for harmless in HARMLESS.values():
            first = draw_emblem(hateful, 0.12, 0.0, mirrored=False)
            second = draw_emblem(harmless, 0.12, 0.0, mirrored=False)
            assert np.abs(first - second).mean() > 0.08


def test_splashes_differ():
    first, second = (draw_splash(np.random.default_rng(seed)) for seed in (0, 1))
    assert np.abs(first - second).mean() > 0.01
    assert first.max() == 1.0
