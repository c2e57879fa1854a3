"""Data parallel training: every rank computes its share of the micro batches of a step.

Started by torchrun, a run has one process per device; started plainly it has one. A step's micro
batches are numbered, rank r takes every n-th, and gradients are summed once: any number of ranks
gives the step of a single process, up to the order of floating-point sums.
"""

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
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


ALONE = Ranks(0, 1)
"""A process that was not started by torchrun."""


def join_ranks(device: torch.device) -> Ranks:
    """Join the group that torchrun describes in the environment; a group of one without it."""
    if "WORLD_SIZE" not in os.environ or int(os.environ["WORLD_SIZE"]) == 1:
        return ALONE
    if not dist.is_initialized():
        on_gpu = device.type == "cuda"
        dist.init_process_group("nccl" if on_gpu else "gloo", device_id=device if on_gpu else None)
    return Ranks(dist.get_rank(), dist.get_world_size())


def made_once(ranks: Ranks, done: Path, make: Callable[[], None]) -> None:
    """Let the first rank make what is missing, while the others wait for it.

    The ranks share a file system, as they share the run directory. Waiting for a file has no limit
    in time, as a collective has: a pool may take hours.

    Args:
        ranks: the group.
        done: the file that stands when all of it is made.
        make: makes it.
    """
    if done.is_file():
        return
    if ranks.is_first:
        make()
        return
    while not done.is_file():
        time.sleep(_WAIT_S)


_WAIT_S = 0.5


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
