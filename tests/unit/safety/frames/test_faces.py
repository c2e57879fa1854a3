import numpy as np
import pytest

from hanazora.safety.frames.faces import FaceModerator, can_find_faces


def test_it_knows_whether_it_can_run():
    moderator = FaceModerator(required=False)
    assert moderator.categories == ("likeness",)
    assert not moderator.required
    assert isinstance(can_find_faces(), bool)


def test_pictures_without_a_face_have_no_face():
    pytest.importorskip("cv2")
    rng = np.random.default_rng(0)
    flat = np.full((120, 160, 3), 128, np.uint8)
    noise = rng.integers(0, 255, (120, 160, 3)).astype(np.uint8)
    assert FaceModerator().judge(np.stack([flat, noise])) == [{}, {}]


def test_a_photograph_of_a_face_is_found():
    pytest.importorskip("cv2")
    data = pytest.importorskip("skimage.data")
    portrait = data.astronaut()[:320, 60:380]
    moderator = FaceModerator()
    (face,) = moderator.find(portrait)
    assert 0.3 < face.left + face.width / 2 < 0.8
    assert moderator.judge(portrait[None])[0]["likeness"] >= 0.5
