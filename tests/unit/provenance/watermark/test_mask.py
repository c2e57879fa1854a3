import numpy as np

from hanazora.provenance.watermark.mask import (
    activity,
    fullness,
    is_cut,
    movement_boost,
    opening_lift,
    strengths,
)


def half_textured():
    plane = np.full((96, 160), 90, np.float32)
    plane[:, 80:] += np.random.default_rng(0).normal(0, 20, (96, 80))
    return plane


def test_texture_takes_more_than_flat_areas():
    grey, blue = strengths(activity(half_textured(), 1.0), 1.0)
    for strength in (grey, blue):
        assert strength[:, 100:].mean() > 5 * strength[:, :70].mean()
        assert strength.min() > 0


def test_flat_areas_right_beside_an_edge_stay_faint():
    step = np.full((96, 160), 40, np.float32)
    step[:, 80:] = 200
    active = activity(step, 1.0)
    assert active.max() < 0.1 * step.std()


def test_a_flat_picture_gets_the_little_that_the_eye_allows():
    grey, blue = strengths(np.zeros((96, 160), np.float32), 1.0)
    assert np.allclose(grey, 0.8)
    assert np.allclose(blue, 0.7)


def test_the_whole_is_never_stronger_than_its_target():
    busy = np.full((96, 160), 50, np.float32)
    grey, _ = strengths(busy, 1.0)
    assert np.isclose(np.sqrt((grey**2).mean()), 2.0)
    assert np.allclose(strengths(busy, 0.5)[0], grey / 2)


def test_the_neighbourhood_grows_with_the_chip():
    plane = half_textured()
    assert (activity(plane, 3.0)[:, :80] <= 1e-2).mean() > 0.9


def test_fullness_tells_texture_from_flat():
    for active, expected in ((50, 1.0), (0, 0.8 / 2.0)):
        grey, _ = strengths(np.full((96, 160), active, np.float32), 0.5)
        assert np.isclose(fullness(grey, 0.5), expected)


def test_only_movement_allows_more():
    plane = half_textured()
    assert movement_boost(plane, None) == 1
    assert movement_boost(plane, plane) == 0.93
    assert 1 < movement_boost(plane, np.roll(plane, 1, axis=1)) <= 1.3
    assert np.isclose(movement_boost(plane, plane + 100), 1.3)


def test_the_first_frames_of_a_scene_take_more_in_texture_only():
    grey, blue = strengths(activity(half_textured(), 1.0), 1.0)
    for name, strength in (("luma", grey), ("chroma", blue)):
        lifted = [opening_lift(strength, name, age) for age in range(5)]
        textured = [float(one[:, 100:].mean()) for one in lifted]
        assert textured[0] > textured[1] > textured[4]
        assert np.allclose(lifted[0][:, :60], strength[:, :60], rtol=0.2)
        assert (lifted[4] == strength).all()


def test_no_place_is_lifted_beyond_the_limit():
    strength = np.linspace(0.8, 9, 50, dtype=np.float32)[None]
    lifted = opening_lift(strength, "luma", 0)
    assert (lifted >= strength).all()
    assert lifted[strength <= 5.5].max() <= 5.5
    assert (lifted[strength > 5.5] == strength[strength > 5.5]).all()


def test_a_cut_is_told_from_movement():
    plane = half_textured()
    assert not is_cut(np.roll(plane, 3, axis=1), plane)
    assert is_cut(255 - plane, plane)


def test_smooth_shading_counts_as_flat():
    slope = np.linspace(0, 255, 160, dtype=np.float32)[None].repeat(96, axis=0)
    assert activity(slope, 1.0)[:, 10:-10].max() < 0.1


def test_no_place_stands_out_in_a_picture_of_few():
    active = np.zeros((96, 160), np.float32)
    active[40:50, 40:50] = 60
    grey, blue = strengths(active, 1.0)
    assert np.isclose(grey.max(), 5.5)
    assert np.isclose(blue.max(), 4.0)
