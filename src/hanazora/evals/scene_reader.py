"""`SceneReader`: a small network that reads a clip of the world back into facts.

It looks at a few small frames, and at motion fields made by block matching. On a grid of 8x8-pixel
cells it says what thing, in which colour, moving which way; for the whole picture it says the
setting, the light and the camera move. Kind and colour are separate answers at the same place, so
that combinations training never shows can be read too. It only knows this world: its figures mean
nothing on real video. After the scene parser of specs/world-and-evaluation.md section 2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn
from torch.nn import functional

from hanazora.core.errors import UserError
from hanazora.evals.block_matching import MOTION_CHANNELS, grey_frames, match_blocks
from hanazora.models.layers.weights import PartKind, load_part
from hanazora.world.vocabulary import (
    CAMERA_MOVES,
    COLOURS,
    DIRECTIONS,
    KINDS,
    SETTINGS,
    STYLES,
    TIMES_OF_DAY,
    WEATHERS,
)

WEIGHTS_DIR = Path(__file__).parent / "weights"
"""Where the reader that is shipped with the package lies, with its floors."""

HEIGHT, WIDTH = 96, 160
"""Size at which the reader looks, whatever the size of the clip."""

_FAINTEST = 0.2
"""How sure a cell must be to count as a thing."""

CELL = 8
GRID = (HEIGHT // CELL, WIDTH // CELL)

CLIP_FACTS: dict[str, tuple[str, ...]] = {
    "setting": SETTINGS,
    "weather": WEATHERS,
    "time_of_day": TIMES_OF_DAY,
    "style": STYLES,
}
"""Facts about the whole picture and their values; the camera move is read from the motion."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SceneReaderConfig:
    """Size of the network and its calibrated thresholds."""

    widths: tuple[int, int, int, int] = (24, 56, 128, 160)
    """Channels at 1/2, 1/4, 1/8 and 1/16 of the reader's size."""
    motion_width: int = 96
    """Channels of the layers that read motion."""
    num_looks: int = 5
    """Frames looked at when reading."""
    kind_threshold: float = 0.3
    """Score above which a kind is there; calibrated on renders that were not trained on."""
    binding_threshold: float = 0.2
    """Score above which a kind in a colour is there; calibrated in the same way."""

    def __post_init__(self) -> None:
        if min(*self.widths, self.motion_width, self.num_looks) < 1:
            raise ValueError("every width of the reader and num_looks must be at least 1")


class ReaderInput(NamedTuple):
    """What the network looks at."""

    looks: UInt8[Tensor, "b k c h w"]
    """Frames at the reader's size, spread evenly over the clip."""
    motion: Float[Tensor, "b m fh fw"] | None
    """Motion fields of `match_blocks`; None for single pictures."""


class ReaderOutput(NamedTuple):
    """Logits of the network."""

    there: Float[Tensor, "b k gh gw"]
    """Whether the middle of a thing is at the cell."""
    kind: Float[Tensor, "b k gh gw kinds"]
    colour: Float[Tensor, "b k gh gw colours"]
    direction: Float[Tensor, "b gh gw directions"] | None
    """Where the thing that comes by the cell is going; None without motion."""
    clip: dict[str, Float[Tensor, "b _"]]
    """One entry per name of `CLIP_FACTS`, and with motion "camera"."""


class SceneReader(nn.Module):
    """Clip to facts; about 1.2 M parameters."""

    def __init__(self, config: SceneReaderConfig) -> None:
        super().__init__()
        self.config = config
        half, quarter, eighth, sixteenth = config.widths
        self.fine = nn.Sequential(
            _layer(3, half, 2), _layer(half, quarter, 2), _layer(quarter, quarter)
        )
        self.middle = nn.Sequential(
            _layer(quarter, eighth, 2), _Residual(eighth), _Residual(eighth)
        )
        self.coarse = nn.Sequential(_layer(eighth, sixteenth, 2), _Residual(sixteenth))
        self.up = nn.Conv2d(sixteenth, eighth, 1)
        self.join = _layer(eighth, eighth)
        self.places = nn.Conv2d(eighth, 1 + len(KINDS) + len(COLOURS), 1)
        sizes = [len(values) for values in CLIP_FACTS.values()]
        self.scene = nn.Linear(2 * sixteenth, sum(sizes))
        self.appearance = nn.Conv2d(eighth, config.motion_width // 3, 1)
        self.fields = _layer(MOTION_CHANNELS, config.motion_width * 2 // 3, 2)
        joined = 3 * (config.motion_width // 3) + config.motion_width * 2 // 3
        self.moving = nn.Sequential(
            _layer(joined, config.motion_width), _Residual(config.motion_width)
        )
        self.direction = nn.Conv2d(config.motion_width, len(DIRECTIONS), 1)
        self.camera = nn.Linear(2 * config.motion_width, len(CAMERA_MOVES))

    def forward(self, given: ReaderInput) -> ReaderOutput:
        """Read clips."""
        batch, num_looks = given.looks.shape[:2]
        grid, coarse = self._see(given.looks)
        places = self.places(grid).unflatten(0, (batch, num_looks)).movedim(2, -1)
        there, kind, colour = places.split([1, len(KINDS), len(COLOURS)], dim=-1)
        scene = self.scene(_pool(coarse)).unflatten(0, (batch, num_looks)).mean(dim=1)
        output = ReaderOutput(there.squeeze(-1), kind, colour, None, _split_facts(scene))
        if given.motion is None:
            return output
        moving = self._motion(grid.unflatten(0, (batch, num_looks)), given.motion)
        output.clip["camera"] = self.camera(_pool(moving))
        return output._replace(direction=self.direction(moving).movedim(1, -1))

    def features(self, given: ReaderInput) -> Float[Tensor, "b f"]:
        """Return what the answers are read from, averaged over place and looks: look, then motion.

        Args:
            given: clips with their motion fields.
        """
        if given.motion is None:
            raise ValueError("the features of a clip need its motion fields")
        batch, num_looks = given.looks.shape[:2]
        grid, coarse = self._see(given.looks)
        look = coarse.mean(dim=(2, 3)).unflatten(0, (batch, num_looks)).mean(dim=1)
        moving = self._motion(grid.unflatten(0, (batch, num_looks)), given.motion)
        return torch.cat([look, moving.mean(dim=(2, 3))], dim=1)

    def _see(
        self, looks: UInt8[Tensor, "b k c h w"]
    ) -> tuple[Float[Tensor, "n c1 gh gw"], Float[Tensor, "n c2 ch cw"]]:
        """Return what every look shows: on the grid of cells, and on one half as fine."""
        pictures = looks.flatten(0, 1).float() / 127.5 - 1.0
        pictures = pictures.contiguous(memory_format=torch.channels_last)
        middle = self.middle(self.fine(pictures))  # n c gh gw
        coarse = self.coarse(middle)
        up = functional.interpolate(self.up(coarse), scale_factor=2.0, mode="nearest")
        return self.join(middle + up), coarse

    def _motion(
        self, grid: Float[Tensor, "b k c gh gw"], motion: Float[Tensor, "b m fh fw"]
    ) -> Float[Tensor, "b c2 gh gw"]:
        """Join the motion fields with what things look like at the start, middle and end."""
        last = grid.shape[1] - 1
        chosen = grid[:, [0, last // 2, last]]
        seen = self.appearance(chosen.flatten(0, 1)).unflatten(0, (len(grid), 3)).flatten(1, 2)
        fields = self.fields(motion.contiguous(memory_format=torch.channels_last))
        return self.moving(torch.cat([functional.relu(seen), fields], dim=1))


def load_reader(directory: Path | None = None) -> tuple[SceneReader, str]:
    """Read a scene reader, the bundled one by default.

    Returns:
        The reader in fp32, and the sha256 of its weights.

    Raises:
        UserError: there is no such directory.
        ModelError: the directory is unreadable or holds something else.
    """
    if directory is not None and not directory.is_dir():
        rule = "there is no such directory"
        raise UserError(f"reader {directory}", rule, "no --reader for the bundled one")
    kind = PartKind(SceneReader.__name__, SceneReaderConfig)
    return load_part(SceneReader, kind, directory or WEIGHTS_DIR / "scene_reader")


class SceneReading(NamedTuple):
    """What the reader found in one clip."""

    clip: dict[str, str]
    """The likeliest value of every fact of `CLIP_FACTS`, and of "camera"."""
    kinds: Float[Tensor, " kinds"]
    """How surely each kind is there, 0 to 1."""
    bindings: Float[Tensor, "kinds colours"]
    """How surely each kind is there in each colour."""
    directions: Float[Tensor, "kinds colours directions"]
    """Where the thing of a kind and colour is going."""

    def direction(self, kind: str | None, colour: str | None) -> str:
        """Return where the thing goes; of the kind in any colour, or of the surest thing."""
        scores = self.bindings
        if kind is not None:
            scores = scores[KINDS.index(kind)][None]
        if colour is not None:
            scores = scores[:, COLOURS.index(colour)][:, None]
        row, column = divmod(int(scores.argmax()), scores.shape[1])
        found = KINDS.index(kind) if kind is not None else row
        painted = COLOURS.index(colour) if colour is not None else column
        return DIRECTIONS[int(self.directions[found, painted].argmax())]


def prepare(video: Float[Tensor, "b c t h w"], num_looks: int) -> ReaderInput:
    """Return what the reader looks at.

    Args:
        video: pixels in [-1, 1], any size and length.
        num_looks: frames to look at.
    """
    pixels = ((video.float().clamp(-1, 1) + 1.0) * 127.5).round().to(torch.uint8)
    parts = [prepare_frames(clip.movedim(1, 0).contiguous(), num_looks) for clip in pixels]
    return ReaderInput(
        torch.stack([part.looks for part in parts]), torch.stack([part.motion for part in parts])
    )


class ClipInput(NamedTuple):
    """`ReaderInput` of one clip."""

    looks: UInt8[Tensor, "k c h w"]
    motion: Float[Tensor, "m fh fw"]


def prepare_frames(frames: UInt8[Tensor, "t c h w"], num_looks: int) -> ClipInput:
    """Return the looks and the motion fields of one clip."""
    return ClipInput(shrink(frames[look_times(len(frames), num_looks)]), find_motion(frames))


def look_times(num_frames: int, num_looks: int) -> list[int]:
    """Return which frames are looked at, the first and the last among them."""
    if num_looks == 1:
        return [num_frames // 2]
    return [round(index * (num_frames - 1) / (num_looks - 1)) for index in range(num_looks)]


def shrink(frames: UInt8[Tensor, "t c h w"]) -> UInt8[Tensor, "t c rh rw"]:
    """Bring frames to the reader's size, whatever their shape."""
    return functional.interpolate(frames, (HEIGHT, WIDTH), mode="bilinear", antialias=True)


def find_motion(frames: UInt8[Tensor, "t c h w"]) -> Float[Tensor, "m fh fw"]:
    """Return the motion fields of one clip."""
    return match_blocks(grey_frames(frames))


@torch.inference_mode()
def read_clips(reader: SceneReader, video: Float[Tensor, "b c t h w"]) -> list[SceneReading]:
    """Read clips of any size and length."""
    return read_inputs(reader, prepare(video.cpu(), reader.config.num_looks))


@torch.inference_mode()
def read_inputs(reader: SceneReader, given: ReaderInput) -> list[SceneReading]:
    """Read prepared clips."""
    output = reader(given)
    if output.direction is None:
        raise ValueError("reading a clip needs its motion fields")
    there = output.there.float().sigmoid()  # b k gh gw
    kind = there[..., None] * output.kind.float().softmax(dim=-1)
    colour = output.colour.float().softmax(dim=-1)
    binding = torch.einsum("bkhwi,bkhwj->bkhwij", kind, colour)
    names = {**CLIP_FACTS, "camera": CAMERA_MOVES}
    kinds = _vote(there, kind)
    bindings = _vote(there, binding.flatten(4)).unflatten(1, binding.shape[4:])
    directions = _directions(binding.amax(dim=1).flatten(1, 2), output.direction.flatten(1, 2))
    answers = {name: logits.argmax(dim=-1).tolist() for name, logits in output.clip.items()}
    return [
        SceneReading(
            clip={name: names[name][answers[name][index]] for name in names},
            kinds=kinds[index],
            bindings=bindings[index],
            directions=directions[index],
        )
        for index in range(len(kinds))
    ]


def _vote(
    there: Float[Tensor, "b k gh gw"], scores: Float[Tensor, "b k gh gw values"]
) -> Float[Tensor, "b values"]:
    """Return how surely each value is there: cells of one thing vote, then looks agree.

    A thing is a cell that is surer than its eight neighbours; their answers are averaged, weighted
    by how sure each is. Of all looks the two best count, because a thing may come or go.
    """
    batch = len(there)
    sure = there.flatten(0, 1)[:, None]  # n 1 gh gw
    best = functional.max_pool2d(sure, 3, 1, 1)
    peak = best * ((sure == best) & (sure > _FAINTEST))
    answers = scores.flatten(0, 1).movedim(-1, 1)  # n values gh gw
    weight = functional.avg_pool2d(sure, 3, 1, 1).clamp_min(1e-4)
    votes = functional.avg_pool2d(answers, 3, 1, 1) / weight * peak
    looks = votes.amax(dim=(2, 3)).unflatten(0, (batch, -1))
    return looks.topk(min(2, looks.shape[1]), dim=1).values.mean(dim=1)


def _directions(
    binding: Float[Tensor, "b n kinds colours"], logits: Float[Tensor, "b n directions"]
) -> Float[Tensor, "b kinds colours directions"]:
    """Average the directions over the cells where the thing is."""
    weights = binding.square() + 1e-9
    weights = weights / weights.sum(dim=1, keepdim=True)
    return torch.einsum("bnij,bnd->bijd", weights, logits.float().softmax(dim=-1))


def _split_facts(scene: Float[Tensor, "b values"]) -> dict[str, Float[Tensor, "b n"]]:
    sizes: Sequence[int] = [len(values) for values in CLIP_FACTS.values()]
    return dict(zip(CLIP_FACTS, scene.split(list(sizes), dim=-1), strict=True))


def _pool(grid: Float[Tensor, "n c gh gw"]) -> Float[Tensor, "n c2"]:
    return torch.cat([grid.mean(dim=(2, 3)), grid.amax(dim=(2, 3))], dim=1)


def _layer(in_channels: int, out_channels: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 3, stride, 1, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(inplace=True),
    )


class _Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, grid: Float[Tensor, "n c h w"]) -> Float[Tensor, "n c h w"]:
        return functional.relu(grid + self.norm(self.conv(grid)))
