import json

import pytest

from hanazora.core.config import from_dict, to_dict
from hanazora.core.errors import UserError
from hanazora.pipelines.material import (
    Input,
    Shot,
    clip_segments,
    picture_segments,
    require_size,
)
from hanazora.pipelines.request import GenerateRequest


def test_a_clip_is_filled_up_where_nothing_follows() -> None:
    (front,), (back,) = (clip_segments(15, whole_end=end) for end in (True, False))
    assert (front.num_latent_frames, front.skip_frames, front.num_decoded) == (5, 2, 17)
    assert (back.num_latent_frames, back.skip_frames) == (5, 0)
    assert clip_segments(17, whole_end=True) == clip_segments(17, whole_end=False)


def test_another_size_is_refused_by_name() -> None:
    picture = Input(kind="picture", sha256="", width=64, height=48, segments=picture_segments())
    assert (picture.num_frames, picture.size) == (1, "64x48")
    require_size("cat.png", picture, 64, 48)
    with pytest.raises(UserError, match="cat.png is 64x48 and the video 320x192"):
        require_size("cat.png", picture, 320, 192)


def test_a_request_with_all_its_material_goes_to_json_and_back() -> None:
    given = Input(
        kind="latents", sha256="ab", width=96, height=64, latents_sha256="cd", time_s=0.5,
        segments=clip_segments(15, whole_end=True),
    )  # fmt: skip
    shots = (Shot(prompt="a", num_frames=8, picture=0), Shot(prompt="b", num_frames=9, scene="s"))
    request = GenerateRequest(
        verb="storyboard", prompt="x", inputs=(given,), shots=shots, num_frames=17
    )
    assert from_dict(GenerateRequest, json.loads(json.dumps(to_dict(request)))) == request
