"""Scenes of the world in which a thing leaves the picture and comes back.

The world's own scripts fill a clip whatever its length, so a longer absence would be a slower walk.
Here a director (`world.build.Director`) sets the times: two seconds in which the thing goes, a
second without it, two seconds in which it comes back. The air is clear, the camera rests and
nothing else moves in between, so that the second without it can be held for any time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
from jaxtyping import Float, UInt8

from hanazora.world.build import Director, Stage, build_scene
from hanazora.world.captions import Caption, write_caption
from hanazora.world.facts import ClipFacts, measure_facts
from hanazora.world.motion import FACING
from hanazora.world.renderer import render
from hanazora.world.sampling import sample_spec
from hanazora.world.spec import CameraSpec, SceneSpec
from hanazora.world.vocabulary import COLOURS, PEOPLE, SEA_LIFE, VEHICLES

Story: TypeAlias = Literal["leave_return", "pan_away"]
STORIES: tuple[Story, ...] = ("leave_return", "pan_away")

FPS = 8
GIVEN_FRAMES = 17
"""Frames in which the thing is seen and goes; the last one is without it."""
AWAY_FRAMES = 8
"""Frames without it that are drawn."""
RETURN_FRAMES = 16
"""Frames in which it comes back and stays."""
COVERED_FRAME = 8
"""Last given frame of a passage, in which the vehicle stands before the sign."""

KINDS = (*PEOPLE, "dog", "cat", "robot", "car", "truck", "bus", "fish", "turtle")
"""What walks, drives or swims out of a picture; what hangs in the air or stands does not."""

_STILL_S = 0.3
_BACK_S = 1.6
_MIN_SHARE = 0.01
"""Share of the picture that the thing covers at first, at least."""
_BESIDE = 0.22
"""How far beside the middle a thing stands from which the camera turns, in picture widths."""
_OTHER = {"left": "right", "right": "left"}
_CAPTION_TRIES = 4000


@dataclass(frozen=True, kw_only=True, slots=True)
class Absence:
    """One story, before it is drawn."""

    story: Story
    """Whether the thing leaves or the camera turns away."""
    spec: SceneSpec
    """The scene."""

    @property
    def kind(self) -> str:
        """What leaves."""
        return self.spec.subjects[0].kind

    @property
    def colour(self) -> str:
        """What the captions do not say."""
        return self.spec.subjects[0].colour

    @property
    def side(self) -> str:
        """Where it leaves to, or where it stands when the camera turns to the other side."""
        return "left" if self.spec.seed % 2 else "right"


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """Colour-free words for what is made."""

    away: str
    """While it is gone: the place alone."""
    back: str
    """While it comes back: its kind, never its colour."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """A story as it truly is."""

    frames: UInt8[np.ndarray, "t h w 3"]
    """RGB pictures."""
    facts: ClipFacts
    """What is to be seen in them."""


def sample_absence(seed: int, story: Story) -> Absence | None:
    """Draw a story; None where the seed gives a thing that cannot leave.

    Args:
        seed: any integer; training draws with the split "train", these scenes are of "seen".
        story: what happens.
    """
    num_frames = GIVEN_FRAMES + AWAY_FRAMES + RETURN_FRAMES
    spec = sample_spec(seed, split="seen", num_frames=num_frames, fps=float(FPS))
    main = spec.subjects[0]
    if main.kind not in KINDS or spec.odd:
        return None
    main = replace(main, count=1, target=None, relation=None, action="stand", direction="none")
    spec = replace(
        spec, camera=CameraSpec(), weather="clear", subjects=(main,), shots=(), script=None
    )
    return Absence(story=story, spec=spec)


def draw_absence(
    absence: Absence, height: int, width: int, *, compiled: bool | None = None
) -> Drawn | None:
    """Render a story; None where the thing is too small, or does not leave the picture whole.

    Args:
        absence: the story.
        height: pixels.
        width: pixels.
        compiled: as in `world.renderer.render`.
    """
    built = build_scene(absence.spec, _director(absence))
    drawn = render([built.shots[0].scene], height, width, compiled=compiled)[0]
    facts = measure_facts(built, [drawn.object_ids], [drawn.depth])
    share = np.array(facts.objects[0].visible_px) / (height * width)
    gone = share[GIVEN_FRAMES : GIVEN_FRAMES + AWAY_FRAMES]
    if share[0] < _MIN_SHARE or gone.any() or share[-1] < 0.7 * share[0]:
        return None
    return Drawn(frames=drawn.frames.numpy(), facts=facts)


def tell_absence(absence: Absence) -> Told:
    """Write what the model is told: sentences of the training language without any colour."""
    spec = absence.spec
    main = replace(spec.subjects[0], extras=(), pattern="plain", size="medium")
    if absence.story == "leave_return":
        action = "swim" if main.kind in SEA_LIFE else "drive" if main.kind in VEHICLES else "walk"
        main = replace(main, action=action, direction=_OTHER[absence.side])
        told, asked = replace(spec, subjects=(main,)), "direction"
    else:
        camera = CameraSpec(move=f"pan_{absence.side}")
        told, asked = replace(spec, camera=camera, subjects=(main,)), "camera"
    return Told(
        away=_caption(told, ["tiny"], lambda said: not said.says("kind")),
        back=_caption(told, ["medium"], lambda said: said.says("kind") and said.says(asked)),
    )


def _caption(spec: SceneSpec, lengths: Sequence[str], fits: Callable[[Caption], bool]) -> str:
    """Return the first caption of a scene that fits and names no colour; lengths take turns."""
    for attempt in range(_CAPTION_TRIES):
        length = lengths[attempt % len(lengths)]
        caption = write_caption(spec, spec.seed + attempt, length, split="seen")
        words = set(caption.text.lower().replace(".", " ").replace(",", " ").split())
        # Not even of the place: a green park would be a hint.
        if fits(caption) and not caption.says("colour") and not words & set(COLOURS):
            return caption.text
    raise RuntimeError(f"no caption of {spec} fits")


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """A vehicle that drives past a sign, before it is drawn."""

    spec: SceneSpec
    """The world's own script, under a still camera and a clear sky."""

    @property
    def prompt(self) -> str:
        """What the model is told: who passes what, and no colour."""
        return _caption(
            self.spec,
            ("short", "medium"),
            lambda said: said.says("kind", 0) and said.says("action", 0),
        )


def sample_passage(seed: int) -> Passage | None:
    """Draw a passage; None where the seed gives another scene."""
    spec = sample_spec(seed, split="seen", setting="road", num_frames=GIVEN_FRAMES, fps=float(FPS))
    if spec.script != "truck_sign" or spec.odd:
        return None
    return Passage(spec=replace(spec, camera=CameraSpec(), weather="clear"))


def draw_passage(
    passage: Passage, height: int, width: int, *, compiled: bool | None = None
) -> Drawn | None:
    """Render a passage; None where the sign is not covered, or not uncovered again."""
    built = build_scene(passage.spec)
    drawn = render([built.shots[0].scene], height, width, compiled=compiled)[0]
    facts = measure_facts(built, [drawn.object_ids], [drawn.depth])
    sign = np.array(facts.objects[1].visible_px)
    covered = sign[: COVERED_FRAME + 1].min() < 0.6 * sign.max()
    is_seen = sign[0] > 0.95 * sign.max() and sign[-1] > 0.95 * sign.max()
    if not covered or not is_seen or sign[0] < _MIN_SHARE * height * width:
        return None
    return Drawn(frames=drawn.frames.numpy(), facts=facts)


def _director(absence: Absence) -> Director:
    direct = _leave if absence.story == "leave_return" else _turn_away
    return lambda stage: direct(stage, absence.side)


def _leave(stage: Stage, side: str) -> Stage:
    """Let the thing go out on a side within the given part, and come back at the end."""
    actor, motion = stage.actors[0], stage.motions[0]
    unit = 1.0 if side == "right" else -1.0
    start = unit * _BESIDE * 0.5 * stage.view.visible_width
    edge = stage.view.half_width_at(float(motion.position[0, 2]))
    length = actor.kind.length * actor.look.scale  # it shows its side when it goes
    way = edge - unit * start + 0.62 * length + 0.04 * stage.view.visible_width
    out, back = _progress(stage.times)
    position = motion.position.copy()
    position[:, 0] = start + unit * way * (out - back)
    going, coming = (out > 0) & (back == 0), (back > 0) & (back < 1)
    yaw = np.where(going, FACING[side], np.where(coming, FACING[_OTHER[side]], motion.yaw))
    moving = ((out > 0) & (out < 1)) | coming
    steps = way * (out + back) / (actor.kind.step * actor.look.scale)
    moved = replace(
        motion,
        position=position,
        yaw=yaw,
        gait=motion.gait if actor.swims else steps,
        stride=motion.stride if actor.swims else np.where(moving, 0.7, 0.0),
    )
    return replace(stage, motions=(moved, *stage.motions[1:]))


def _turn_away(stage: Stage, side: str) -> Stage:
    """Turn the camera from a thing that stands beside the middle, and back to it."""
    actor, motion, width = stage.actors[0], stage.motions[0], stage.view.visible_width
    unit = 1.0 if side == "right" else -1.0
    position = motion.position.copy()
    position[:, 0] = unit * _BESIDE * width
    moved = replace(motion, position=position)
    out, back = (3 * part**2 - 2 * part**3 for part in _progress(stage.times))
    # The edge of the picture must pass the far side of the thing.
    turn = (0.5 - _BESIDE + 0.06) * width + 0.5 * max(actor.width, actor.kind.length)
    target = stage.camera.target.copy()
    target[:, 0] -= unit * turn * (out - back)
    camera = replace(stage.camera, target=target)
    return replace(stage, motions=(moved, *stage.motions[1:]), camera=camera)


def _progress(times: Float[np.ndarray, " t"]) -> tuple[np.ndarray, np.ndarray]:
    """Return how far the thing has gone, and how far it has come back, each 0 to 1."""
    gone_s = (GIVEN_FRAMES - 1) / FPS
    back_s = (GIVEN_FRAMES + AWAY_FRAMES - 1) / FPS
    out = np.clip((times - _STILL_S) / (gone_s - _STILL_S), 0.0, 1.0)
    back = np.clip((times - back_s) / _BACK_S, 0.0, 1.0)
    return out, back
