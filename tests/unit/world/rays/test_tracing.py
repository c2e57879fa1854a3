import numpy as np
import torch

from hanazora.world.primitives import CameraPath, Environment, SceneBuilder
from hanazora.world.rays.packing import Frames
from hanazora.world.rays.tracing import mirror, trace
from hanazora.world.renderer import prepare


def batch(wet=0.0):
    builder = SceneBuilder(np.zeros(2))
    builder.add(
        "box", (0, 1, 0), (1, 1, 1), (0.8, 0.2, 0.2), builder.new_object("box"), emission=0.5
    )
    eye = np.array([[0, 1, 6], [1, 1, 6]], np.float32)
    path = CameraPath(
        eye=eye, target=np.zeros((2, 3), np.float32), fov_degrees=np.full(2, 50, np.float32)
    )
    scene = builder.build(Environment(wet=wet), path)
    return prepare([Frames(scene, 0, 2)], 40, 56, torch.device("cpu"))


def test_pictures_agree_about_what_is_where():
    b = batch()
    pictures = trace(b, b.cameras, b.env, (40, 56), False)
    assert pictures.rgb.shape == (2, 3, 40, 56)
    solid = pictures.rows < 2
    assert bool((pictures.rows[0][solid[0]] == 0).all()) and bool(
        (pictures.rows[1][solid[1]] == 1).all()
    )
    assert bool(((pictures.emission > 0) == solid).all())
    assert not bool((solid & (pictures.ground > 0)).any())
    assert bool((pictures.depth[solid] < 8).all())
    smooth = trace(b, b.cameras, b.env, (40, 56), True)
    partly = (smooth.ground > 0.01) & (smooth.ground < 0.99)
    assert 5 < int(partly.sum()) < 600


def test_all_frames_at_once_equals_one_by_one(monkeypatch):
    from hanazora.world.rays import tracing

    b = batch()
    alone = trace(b, b.cameras, b.env, (40, 56), True)

    def together(batch, looks, env, places, frame, ends):
        return tracing._shade(batch, looks, env, places, frame)  # the way of a GPU

    monkeypatch.setattr(tracing, "_shade_all", together)
    for one, all_ in zip(alone, trace(b, b.cameras, b.env, (40, 56), True), strict=True):
        torch.testing.assert_close(one, all_, atol=1e-4, rtol=1e-4)


def test_mirror_changes_wet_ground_only():
    b = batch(wet=1.0)
    pictures = trace(b, b.cameras, b.env, (40, 56), False)
    changed = (mirror(b, pictures, pictures.rgb) - pictures.rgb).abs().amax(1) > 1e-4
    assert bool(changed.any()) and not bool((changed & (pictures.ground == 0)).any())
