import numpy as np

from hanazora.provenance.watermark.planes import (
    BLUE_PER_CHROMA,
    GREEN_PER_CHROMA,
    band,
    box_mean,
    chroma,
    luma,
    resample,
)


def test_a_step_in_colour_leaves_luma_alone_and_a_step_in_luma_leaves_colour_alone():
    grey = np.full((4, 4, 3), 100.0, np.float32)
    bluer = grey + np.array([0, GREEN_PER_CHROMA, BLUE_PER_CHROMA], np.float32)
    assert np.allclose(luma(bluer), 100, atol=1e-3)
    assert np.allclose(chroma(bluer, 0), 1, atol=1e-3)
    assert np.allclose(chroma(grey + 5, 0), 0, atol=1e-3)


def test_colours_turned_by_an_angle_are_turned_back():
    rng = np.random.default_rng(0)
    picture = rng.uniform(0, 255, (6, 6, 3)).astype(np.float32)
    blue, red = chroma(picture, 0), chroma(picture, 90)
    assert np.allclose(chroma(picture, 30), np.cos(np.pi / 6) * blue + 0.5 * red, atol=1e-2)
    assert np.allclose(chroma(picture, 180), -blue, atol=1e-3)


def test_box_mean_is_the_mean_of_the_square_with_edges_repeated():
    plane = np.random.default_rng(0).normal(size=(9, 11)).astype(np.float32)
    mean = box_mean(plane, 2)
    padded = np.pad(plane, 2, mode="edge")
    assert np.isclose(mean[4, 5], padded[4:9, 5:10].mean(), atol=1e-5)
    assert np.isclose(mean[0, 0], padded[:5, :5].mean(), atol=1e-5)


def test_resampling_keeps_constants_and_slopes_and_does_not_alias():
    slope = np.tile(np.arange(40, dtype=np.float32), (8, 1))
    assert np.allclose(resample(np.ones((5, 7), np.float32), 11, 3), 1, atol=1e-5)
    assert np.allclose(np.diff(resample(slope, 8, 80), axis=1)[:, 5:-5], 0.5, atol=1e-4)
    stripes = np.tile(np.array([0, 1], np.float32), (8, 40))
    assert resample(stripes, 8, 30)[:, 3:-3].std() < 0.05


def test_a_band_passes_its_middle_and_halves_its_edges():
    response = band(400, 400, 0.1, 0.2)
    assert response[0, 0] == 0
    assert response[0, 58] > 0.9
    assert abs(response[0, 80] - 0.5) < 0.02
    assert response[200, 200] < 0.01
