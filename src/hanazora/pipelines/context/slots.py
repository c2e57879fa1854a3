"""Slots: old frames share one place of memory, each where it shows what nothing there resembles.

A network trained on short clips has room for one remembered frame, and the sink stands there. Most
of it is background that the window shows as well. So a few of its tokens give way to tokens of
retrieved frames: those least like any token that is there already (the greedy cover of WorldMem,
over what is seen instead of poses). What is looked at keeps its size and every token its place.

This is the form of the entity slots of spec training.md E.2 that needs no training. It keeps what
things look like, not where they go while they are hidden: that needs slots that learn.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

MIN_NOVELTY = 0.25
"""One less the cosine to the likest token: below it, a token says nothing new."""


def fill_slots(
    base: Float[Tensor, "z lh lw"],
    others: Sequence[Float[Tensor, "z lh lw"]],
    num_slots: int,
    patch: tuple[int, int],
) -> Float[Tensor, "z lh lw"]:
    """Lay the most novel places of other frames over a base frame.

    Args:
        base: latents of the frame that stands in memory.
        others: latents of frames that share its place, best first; all get an equal share.
        num_slots: tokens of the base that may give way, in all.
        patch: rows and columns of latent cells that make one token.
    """
    filled = _tokens(base, patch)  # gh gw d
    taken = torch.zeros(filled.shape[:2], dtype=torch.bool)
    for number, other in enumerate(others, start=1):
        tokens = _tokens(other, patch)
        novelty = _novelty(tokens, filled).masked_fill(taken, 0.0)
        # Things are larger than a token: neighbours vote, so that they come over whole.
        around = F.avg_pool2d(novelty[None], 3, 1, 1, count_include_pad=False)[0]
        score = torch.where(novelty > MIN_NOVELTY, novelty + around, 0.0).flatten()
        room = num_slots * number // len(others) - int(taken.sum())
        chosen = torch.zeros_like(score, dtype=torch.bool)
        best = score.argsort(descending=True, stable=True)[: max(room, 0)]
        chosen[best] = score[best] > 0
        chosen = chosen.view_as(taken)
        taken |= chosen
        filled = torch.where(chosen[..., None], tokens, filled)
    return _cells(filled, patch)


def _novelty(tokens: Tensor, known: Tensor) -> Float[Tensor, "gh gw"]:
    """How unlike all known tokens each token is, 0 to 2."""
    unit, other = (F.normalize(x.flatten(0, 1), dim=-1) for x in (tokens, known))
    return 1 - (unit @ other.T).amax(dim=1).view(tokens.shape[:2])


def _tokens(latents: Tensor, patch: tuple[int, int]) -> Float[Tensor, "gh gw d"]:
    rows, columns = patch
    grid = latents.unflatten(1, (-1, rows)).unflatten(3, (-1, columns))  # z gh rows gw columns
    return grid.permute(1, 3, 0, 2, 4).flatten(2)


def _cells(tokens: Tensor, patch: tuple[int, int]) -> Float[Tensor, "z lh lw"]:
    rows, columns = patch
    grid = tokens.unflatten(2, (-1, rows, columns))  # gh gw z rows columns
    return grid.permute(2, 0, 3, 1, 4).flatten(3, 4).flatten(1, 2)
