import numpy as np

from hanazora.provenance.watermark.layout import Layout
from hanazora.provenance.watermark.look import look, views_of

SIZE = Layout(96, 160)


def test_a_look_is_level_everywhere(scene):
    view = look(views_of(scene(192, 320)[None]), SIZE)
    assert view.shape == (2, *SIZE)
    assert np.allclose((view**2).mean(axis=(1, 2)), 1, atol=0.2)


def test_brightness_and_contrast_do_not_matter(scene):
    picture = scene(192, 320)[None].astype(np.float32)
    plain, changed = look(picture, SIZE), look(picture * 0.7 + 30, SIZE)
    assert np.corrcoef(plain[0].ravel(), changed[0].ravel())[0, 1] > 0.98


def test_a_grey_picture_has_no_colour_to_vote_with(scene):
    grey = scene(192, 320).astype(np.float32).mean(axis=-1, keepdims=True).repeat(3, -1)
    view = look(grey[None], SIZE)
    assert view[0].any()
    assert not view[1].any()


def test_one_single_colour_gives_nothing():
    assert not look(np.full((1, 60, 90, 3), 77, np.float32), SIZE).any()


def test_of_a_video_the_mean_and_the_first_frame_are_seen(moving):
    frames = moving(5)
    views = views_of(frames)
    assert np.allclose(views[0], frames.mean(axis=0), atol=1e-3)
    assert (views[1] == frames[0]).all()
    assert len(views_of(frames[:1])) == 1
    both = look(views, SIZE)
    assert np.allclose(both, (look(views[:1], SIZE) + look(views[1:], SIZE)) / 2, atol=1e-5)
