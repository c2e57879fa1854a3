import pytest
import torch

from hanazora.models.layers.attention import QUERY_SLICE, attend, attend_reference


@pytest.mark.parametrize("queries", [7, QUERY_SLICE + 33])
@pytest.mark.parametrize("masked", [False, True])
def test_attend_equals_the_textbook_formula(queries: int, masked: bool) -> None:
    q = torch.randn(2, 3, queries, 16)
    k, v = torch.randn(2, 3, 19, 16), torch.randn(2, 3, 19, 16)
    mask = None
    if masked:
        mask = torch.rand(2, 1, queries, 19) < 0.5
        mask[..., 0] = True
    torch.testing.assert_close(attend(q, k, v, mask), attend_reference(q, k, v, mask))


def test_one_mask_row_serves_every_query() -> None:
    q, k, v = (
        torch.randn(1, 2, QUERY_SLICE + 5, 8),
        torch.randn(1, 2, 6, 8),
        torch.randn(1, 2, 6, 8),
    )
    mask = torch.tensor([True, True, True, False, False, False])[None, None, None]
    torch.testing.assert_close(attend(q, k, v, mask), attend(q, k[:, :, :3], v[:, :, :3]))
