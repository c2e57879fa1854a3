from typing import Any

import pytest

from hanazora.core.errors import UserError
from hanazora.pipelines.material import Input, Shot, clip_segments, picture_segments
from hanazora.pipelines.plan import Geometry, Plan
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.verbs.planning import plan_request

GEOMETRY = Geometry(2, (1, 2, 2))


def _clip(num_frames: int = 17, whole_end: bool = True, width: int = 96) -> Input:
    return Input(
        kind="clip",
        sha256="00",
        width=width,
        height=64,
        segments=clip_segments(num_frames, whole_end=whole_end),
    )


def _picture(time_s: float | None = None) -> Input:
    return Input(
        kind="picture",
        sha256="11",
        width=96,
        height=64,
        segments=picture_segments(),
        time_s=time_s,
    )


def _plan(**changes: Any) -> Plan:
    settings: dict[str, Any] = {"prompt": "snow", "width": 96, "height": 64, "num_frames": 17}
    return plan_request(GenerateRequest(**{**settings, **changes}), GEOMETRY)


def _sketch(plan: Plan) -> str:
    """One letter per latent frame: source number if given, - if made, | between segments."""
    rows = list[str]()
    for number in range(len(plan.segments)):
        chunks = [chunk for chunk in plan.chunks if chunk.segment == number]
        rows.append(
            "".join(
                ("-" if c.given is None else str(c.given.source)) * c.num_frames for c in chunks
            )
        )
    return "|".join(rows)


def test_a_sentence_gives_nothing_and_makes_all_in_order() -> None:
    plan = _plan(num_frames=20)
    assert _sketch(plan) == "------" and plan.order == (0, 1, 2, 3)
    assert (plan.latent_height, plan.latent_width) == (4, 6)
    assert plan.prompts == ("snow",)
    assert _plan(expanded_prompt="Snow falls.").prompts == ("Snow falls.",)


def test_a_picture_is_one_frame() -> None:
    assert _sketch(_plan(verb="picture", num_frames=1)) == "-"
    with pytest.raises(UserError, match="one frame"):
        _plan(verb="picture")


def test_pictures_are_pinned_to_their_frames() -> None:
    plan = _plan(verb="animate", inputs=(_picture(0.0), _picture(1.0)))
    assert _sketch(plan) == "0--|1--" and plan.num_frames == 17
    pinned = [c for c in plan.chunks if c.given is not None]
    assert [plan.shown_frames(c)[0] for c in pinned] == [0, 8]
    # Before a picture the video is made backward, and its surplus is left out in front.
    plan = _plan(verb="animate", inputs=(_picture(2.0),))
    assert _sketch(plan) == "-----|0" and plan.order == (2, 1, 0)
    assert plan.segments[0].skip_frames == 1
    assert plan.shown_frames(plan.chunks[-1]) == range(16, 17)


def test_a_picture_outside_the_video_is_refused_with_the_nearest_time() -> None:
    with pytest.raises(UserError, match=r"ends at 2 s; try 2"):
        _plan(verb="animate", inputs=(_picture(2.5),))
    with pytest.raises(UserError, match=r"a picture at nan s: the video ends at 2 s; try 0"):
        _plan(verb="animate", inputs=(_picture(float("nan")),))
    with pytest.raises(UserError, match="two pictures are pinned at 1 s"):
        _plan(verb="animate", inputs=(_picture(1.0), _picture(1.01)))
    with pytest.raises(UserError, match="no picture"):
        _plan(verb="animate")


def test_a_clip_goes_on_in_both_directions() -> None:
    plan = _plan(verb="extend", inputs=(_clip(),), num_frames=25, forward_frames=8)
    assert _sketch(plan) == "00000--"
    plan = _plan(verb="extend", inputs=(_clip(),), num_frames=25, backward_frames=8)
    assert _sketch(plan) == "---|00000" and plan.order == (1, 0)
    plan = _plan(
        verb="extend", inputs=(_clip(),), num_frames=29, backward_frames=8, forward_frames=4
    )
    assert _sketch(plan) == "---|00000-"
    with pytest.raises(UserError, match="nothing to extend by"):
        _plan(verb="extend", inputs=(_clip(),))


def test_frames_that_the_last_latent_frame_holds_already_come_first() -> None:
    # 15 frames kept at the end of 17: the clip's own latents hold two more.
    plan = _plan(
        verb="extend", inputs=(_clip(15, whole_end=False),), num_frames=25, forward_frames=10
    )
    assert _sketch(plan) == "00000--" and plan.num_frames == 25
    # Encoded to end on a whole latent frame: nothing is seen that is not of the clip.
    plan = _plan(verb="extend", inputs=(_clip(15),), num_frames=23, forward_frames=8)
    assert _sketch(plan) == "00000--" and plan.segments[0].skip_frames == 2


def test_two_clips_are_connected_from_both_ends() -> None:
    clips = (_clip(), _clip(9, whole_end=False))
    plan = _plan(verb="connect", inputs=clips, num_frames=17 + 16 + 9)
    assert _sketch(plan) == "00000----|111"
    assert plan.order == (3, 4)
    longer = {"verb": "connect", "inputs": clips, "num_frames": 17 + 32 + 9}
    assert _plan(**longer).order == (3, 6, 4, 5)
    assert _plan(**longer, gap_order="outward").order == (3, 4, 5, 6)
    with pytest.raises(UserError, match="no gap"):
        _plan(verb="connect", inputs=clips, num_frames=26)


def test_two_sizes_are_named() -> None:
    with pytest.raises(UserError, match="input 2 is 128x64 and the video 96x64"):
        _plan(verb="connect", inputs=(_clip(), _clip(width=128)), num_frames=42)


def test_a_loop_is_made_towards_its_own_beginning() -> None:
    plan = _plan(verb="loop", inputs=(_clip(),), num_frames=25)
    assert _sketch(plan) == "00000--|00000" and plan.num_frames == 25
    assert [c.given.first_frame for c in plan.chunks if c.segment == 1 and c.given] == [0, 1, 3]


def test_an_edit_starts_from_the_clip() -> None:
    plan = _plan(verb="edit", inputs=(_clip(),), strength=0.4)
    assert _sketch(plan) == "-----"
    assert (plan.strength, plan.init_source, plan.sources) == (0.4, 0, (0,))
    assert _plan(verb="edit", inputs=(_clip(),)).strength == 0.6
    with pytest.raises(UserError, match="only edit"):
        _plan(strength=0.5)


def test_wrong_inputs_are_refused() -> None:
    with pytest.raises(UserError, match="connect takes 2 clips"):
        _plan(verb="connect", inputs=(_clip(),))
    with pytest.raises(UserError, match="0 clips and 1 pictures: extend takes 1 clip"):
        _plan(verb="extend", inputs=(_picture(),), forward_frames=8)


def test_shots_cut_flow_and_return() -> None:
    shots = (
        Shot(prompt="a", num_frames=9, scene="alley"),
        Shot(prompt="b", num_frames=8, transition="continuous"),
        Shot(prompt="c", num_frames=6, picture=0),
        Shot(prompt="d", num_frames=5, scene="alley"),
    )
    plan = _plan(verb="storyboard", shots=shots, num_frames=28, inputs=(_picture(),))
    assert _sketch(plan) == "-----|0--|--"
    assert [segment.scene for segment in plan.segments] == [0, 1, 0]
    assert [chunk.prompt for chunk in plan.chunks] == [0, 0, 1, 2, 2, 3, 3]
    assert plan.prompts == ("a", "b", "c", "d")
    assert plan.order == (0, 1, 2, 4, 5, 6)


def test_a_shot_too_short_to_flow_is_refused() -> None:
    shots = (
        Shot(prompt="a", num_frames=9),
        *(Shot(prompt="b", num_frames=1, transition="continuous") for _ in range(2)),
    )
    with pytest.raises(UserError, match="shot 2 has 1 frames"):
        _plan(verb="storyboard", shots=shots, num_frames=11)
    with pytest.raises(UserError, match="without a shot"):
        _plan(verb="storyboard")


def test_keys_come_first_where_asked() -> None:
    assert _plan(num_frames=57, keys_every=3).order == (0, 3, 6, 1, 2, 4, 5, 7)


def test_the_number_of_frames_must_be_what_the_verb_gives() -> None:
    with pytest.raises(UserError, match="17 frames were asked for: extend gives 25"):
        _plan(verb="extend", inputs=(_clip(),), forward_frames=8)
