"""Data parallel training: every rank computes its share of the micro batches of a step.

Started by torchrun, a run has one process per device; started plainly it has one. A step's micro
batches are numbered, rank r takes every n-th, and gradients are summed once: any number of ranks
gives the step of a single process, up to the order of floating-point sums.
"""

import os
from collections.abc import Iterable
from typing import NamedTuple

import torch
import torch.distributed as dist
from torch import Tensor, nn


class Ranks(NamedTuple):
    """Which process of how many this is."""

    rank: int
    world_size: int

    @property
    def is_first(self) -> bool:
        """Whether this process writes the files of the run."""
        return self.rank == 0

    def share(self, count: int) -> range:
        """Return the numbers out of 0 .. count - 1 that are this rank's to compute."""
        return range(self.rank, count, self.world_size)


def join_ranks(device: torch.device) -> Ranks:
    """Join the group that torchrun describes in the environment; a group of one without it."""
    if "WORLD_SIZE" not in os.environ or int(os.environ["WORLD_SIZE"]) == 1:
        return Ranks(0, 1)
    if not dist.is_initialized():
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    return Ranks(dist.get_rank(), dist.get_world_size())


def leave_ranks() -> None:
    """Leave the group, if there is one."""
    if dist.is_initialized():
        dist.destroy_process_group()


def sum_gradients(parameters: Iterable[nn.Parameter], values: Tensor, ranks: Ranks) -> Tensor:
    """Sum gradients, and a vector of values beside them, over all ranks in one message.

    Args:
        parameters: in the same order on every rank; a missing gradient counts as zero.
        values: small vector to be summed too, as the losses.
        ranks: the group.

    Returns:
        The summed values.
    """
    if ranks.world_size == 1:
        return values
    trained = list(parameters)
    grads = [torch.zeros_like(p) if p.grad is None else p.grad for p in trained]
    flat = torch.cat([values.to(grads[0]), *(grad.flatten() for grad in grads)])
    dist.all_reduce(flat)
    pieces = torch.split(flat, [len(values), *(grad.numel() for grad in grads)])
    for parameter, grad, piece in zip(trained, grads, pieces[1:], strict=True):
        parameter.grad = piece.view_as(grad)
    summed: Tensor = pieces[0]
    return summed
