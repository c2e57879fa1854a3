import pytest
import torch

from hanazora.core.shapes import LatentShape
from hanazora.models.transformer.layout import split_chunks
from hanazora.models.transformer.patchify import (
    in_generation_order,
    patchify,
    patchify_target,
    token_grid,
    unpatchify,
)

PATCH = (1, 2, 2)


def test_unpatchify_undoes_the_target_order() -> None:
    latents = torch.randn(5, 3, 4, 6)
    grid = token_grid(LatentShape(3, 4, 6), PATCH)
    torch.testing.assert_close(unpatchify(patchify_target(latents, PATCH), grid, PATCH), latents)


def test_both_orders_hold_the_same_values() -> None:
    latents = torch.randn(5, 1, 2, 2)
    inside, target = patchify(latents, PATCH), patchify_target(latents, PATCH)
    assert inside.shape == target.shape == (1, 20)
    torch.testing.assert_close(inside.sort().values, target.sort().values)
    assert not torch.equal(inside, target)


def test_a_size_that_does_not_divide_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(1, 3, 4\)"):
        token_grid(LatentShape(1, 3, 4), PATCH)


def test_generation_order_permutes_frames_only() -> None:
    latents = torch.arange(5.0)[None, :, None, None]
    ordered = in_generation_order(latents, split_chunks(5, 2)[::-1])
    assert ordered.flatten().tolist() == [3, 4, 1, 2, 0]
