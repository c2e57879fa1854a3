"""What somebody asks for, checked before anything is computed.

A request that cannot be met is refused with the nearest one that can; nothing is rounded silently.
"""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, NamedTuple

from hanazora.core.errors import UserError
from hanazora.core.shapes import VideoShape
from hanazora.pipelines.material import Input, Shot
from hanazora.pipelines.plan import Verb

MIN_SIDE_PX, MAX_SIDE_PX = 16, 1920
MAX_SECONDS = 60
MIN_FPS, MAX_FPS = 1, 60
MAX_NUM_FRAMES = MAX_SECONDS * MAX_FPS
MAX_PROMPT_CHARS = 4000
MAX_INFERENCE_STEPS = 1000
MAX_GUIDANCE_SCALE = 50.0
MAX_SEED = 2**63 - 1
MIN_STRENGTH = 0.01

DEFAULT_WIDTH, DEFAULT_HEIGHT = 320, 192
DEFAULT_FPS = 8.0
DEFAULT_SECONDS = 4.0

UPSCALE = 4
"""How many times wider and higher an hd video is than what the transformer makes."""
HD_WIDTH, HD_HEIGHT = 1280, 720

_ASPECT_STEP_PX = 16  # sides drawn from an aspect are whole latent cells


class Size(NamedTuple):
    """Width and height in pixels, in the order people say them."""

    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


@dataclass(frozen=True, kw_only=True, slots=True)
class GenerateRequest:
    """One video to make; the sidecar of a video holds exactly these fields."""

    prompt: str
    """What the video shows."""

    width: int = DEFAULT_WIDTH
    """Width of the file in pixels; any whole number, odd included."""

    height: int = DEFAULT_HEIGHT
    """Height of the file in pixels; any whole number, odd included."""

    num_frames: int = round(DEFAULT_SECONDS * DEFAULT_FPS)
    """Frames in the file; 1 is a picture."""

    fps: float = DEFAULT_FPS
    """Frames per second of the file."""

    seed: int = 0
    """The same seed and the same settings make the same file."""

    num_inference_steps: int | None = None
    """Denoising steps per chunk; none takes the model's own."""

    guidance_scale: float | None = None
    """Strength of the prompt; 1 is none; none takes the model's own."""

    negative_prompt: str = ""
    """What the video should not show."""

    verb: Verb = "generate"
    """What is done with the inputs."""

    expanded_prompt: str = ""
    """What the model is told instead of the prompt; empty tells it the prompt itself."""

    inputs: tuple[Input, ...] = ()
    """Pictures and clips it is made from."""

    shots: tuple[Shot, ...] = ()
    """Shots of a storyboard, in order."""

    forward_frames: int = 0
    """Frames that `extend` puts after the clip."""

    backward_frames: int = 0
    """Frames that `extend` puts before the clip."""

    strength: float | None = None
    """How far `edit` may go from the clip: 1 keeps nothing of it."""

    gap_order: Literal["inward", "outward"] = "inward"
    """Whether `connect` and `loop` close a gap from both ends or from its start."""

    keys_every: int | None = None
    """Make every so many-th chunk first and the rest between them; none makes all in order."""

    hd: bool = False
    """Make it at a quarter of the width and height, and enlarge it with the learned upsampler."""

    def __post_init__(self) -> None:
        check_prompt_text(self.prompt)
        check_negative_prompt(self.negative_prompt)
        check_size(Size(self.width, self.height))
        check_range("fps", self.fps, MIN_FPS, MAX_FPS)
        check_range("num_frames", self.num_frames, 1, MAX_NUM_FRAMES)
        if self.num_frames / self.fps > MAX_SECONDS + 1e-9:
            seconds = self.num_frames / self.fps
            raise UserError(
                f"{self.num_frames} frames at {self.fps:g} fps last {seconds:g} s",
                f"a video lasts at most {MAX_SECONDS} s",
                f"{int(MAX_SECONDS * self.fps)} frames",
            )
        check_range("seed", self.seed, 0, MAX_SEED)
        if self.num_inference_steps is not None:
            check_range("num_inference_steps", self.num_inference_steps, 1, MAX_INFERENCE_STEPS)
        if self.guidance_scale is not None:
            check_range("guidance_scale", self.guidance_scale, 0, MAX_GUIDANCE_SCALE)
        self._check_verb()

    def _check_verb(self) -> None:
        if self.strength is not None:
            check_range("strength", self.strength, MIN_STRENGTH, 1)
        if self.keys_every is not None:
            check_range("keys_every", self.keys_every, 2, MAX_NUM_FRAMES)
        if self.hd and self.inputs:
            rule = "only what is made from text alone can be enlarged on the way"
            raise UserError(f"{self.verb} in hd", rule, "it without hd")
        small = self.made_size
        if self.hd and min(small) < MIN_SIDE_PX:
            least = Size(MIN_SIDE_PX * UPSCALE, MIN_SIDE_PX * UPSCALE)
            raise UserError(
                f"size {Size(self.width, self.height)} in hd",
                f"it is made at {small} first",
                str(least),
            )
        check_range("forward_frames", self.forward_frames, 0, MAX_NUM_FRAMES)
        check_range("backward_frames", self.backward_frames, 0, MAX_NUM_FRAMES)
        for text in self.texts:
            _check_text("prompt", text, f"a prompt has at most {MAX_PROMPT_CHARS} characters")

    @property
    def texts(self) -> tuple[str, ...]:
        """Every text that shapes the picture, each once; all of them are judged."""
        shots = [text for shot in self.shots for text in (shot.prompt, shot.expanded_prompt)]
        texts = (self.prompt, self.expanded_prompt, *shots)
        return tuple(dict.fromkeys(text for text in texts if text))

    @property
    def made_size(self) -> Size:
        """Size at which it is made, before any enlarging; what is too much is cropped after."""
        if not self.hd:
            return Size(self.width, self.height)
        return Size(-(-self.width // UPSCALE), -(-self.height // UPSCALE))

    @property
    def shape(self) -> VideoShape:
        """Size of the clip in frames and pixels."""
        return VideoShape(self.num_frames, self.height, self.width)


def check_prompt_text(prompt: str) -> None:
    """Refuse a prompt that says nothing, is too long or is not text."""
    rule = f"a prompt has 1 to {MAX_PROMPT_CHARS} characters"
    if not prompt.strip():
        raise UserError("the prompt is empty", rule, '"cherry blossoms in the snow"')
    _check_text("prompt", prompt, rule)


def check_negative_prompt(prompt: str) -> None:
    """Refuse a negative prompt that is too long or is not text."""
    rule = f"a negative prompt has at most {MAX_PROMPT_CHARS} characters"
    _check_text("negative prompt", prompt, rule)


def _check_text(name: str, text: str, rule: str) -> None:
    if len(text) > MAX_PROMPT_CHARS:
        nearest = f"its first {MAX_PROMPT_CHARS} characters"
        raise UserError(f"the {name} has {len(text)} characters", rule, nearest)
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise UserError(f"the {name} holds bytes that are not text", "it must be UTF-8")


def check_size(size: Size) -> None:
    """Refuse a side outside the limits, naming the nearest size inside."""
    nearest = Size(*(min(max(side, MIN_SIDE_PX), MAX_SIDE_PX) for side in size))
    if nearest != size:
        rule = f"each side has {MIN_SIDE_PX} to {MAX_SIDE_PX} pixels"
        raise UserError(f"size {size}", rule, str(nearest))


def check_range(name: str, value: float | int, low: float | int, high: float | int) -> None:
    """Refuse a number outside `low` to `high`, naming the nearest one inside."""
    if not math.isfinite(value) or not low <= value <= high:
        nearest = low if not math.isfinite(value) else min(max(value, low), high)
        raise UserError(f"{name} {value}", f"it must be {low} to {high}", str(nearest))


def parse_size(text: str) -> Size:
    """Read a size as width x height, as in 320x192."""
    parts = text.lower().replace("\N{MULTIPLICATION SIGN}", "x").split("x")
    try:
        width, height = (int(part) for part in parts)
    except ValueError:
        rule = "it must be WIDTHxHEIGHT in pixels"
        raise UserError(f"size {text!r}", rule, f"{DEFAULT_WIDTH}x{DEFAULT_HEIGHT}") from None
    check_size(Size(width, height))
    return Size(width, height)


def parse_aspect(text: str, num_pixels: int = DEFAULT_WIDTH * DEFAULT_HEIGHT) -> Size:
    """Turn an aspect such as 16:9 into the size nearest to a number of pixels.

    Args:
        text: width:height, each a positive number.
        num_pixels: pixels of one frame.
    """
    try:
        across, down = (Fraction(part) for part in text.split(":"))
        ratio = float(across / down)
    except (ValueError, ArithmeticError):
        ratio = 0.0
    if not ratio > 0:
        raise UserError(f"aspect {text!r}", "it must be WIDTH:HEIGHT", "16:9, 9:16 or 1:1")
    size = Size(_whole_cells(num_pixels, ratio), _whole_cells(num_pixels, 1 / ratio))
    if max(size) > MAX_SIDE_PX or min(size) < MIN_SIDE_PX:
        limit = MAX_SIDE_PX**2 / num_pixels
        nearest = f"{limit:.0f}:1" if ratio > 1 else f"1:{limit:.0f}"
        raise UserError(f"aspect {text!r}", f"sides have at most {MAX_SIDE_PX} pixels", nearest)
    return size


def _whole_cells(num_pixels: int, ratio: float) -> int:
    return round(math.sqrt(num_pixels * ratio) / _ASPECT_STEP_PX) * _ASPECT_STEP_PX


def frames_from_seconds(seconds: float | int, fps: float | int) -> int:
    """Return how many frames last this long; refused where that would be none."""
    check_range("fps", fps, MIN_FPS, MAX_FPS)
    if not 0 < seconds <= MAX_SECONDS:
        nearest = MAX_SECONDS if seconds > MAX_SECONDS else DEFAULT_SECONDS
        rule = f"it must be above 0 and at most {MAX_SECONDS}"
        raise UserError(f"seconds {seconds:g}", rule, f"{nearest:g}")
    num_frames = round(seconds * fps)
    if num_frames < 1:
        rule = f"that is less than one frame at {fps:g} fps"
        raise UserError(f"seconds {seconds:g}", rule, f"{1 / fps:g}")
    return num_frames
