import torch

from hanazora.world.rays.shading import facet_normal
from hanazora.world.rays.vectors import normalized


def test_facets_are_few_flat_and_near_the_true_normal():
    generator = torch.Generator().manual_seed(0)
    n = normalized(tuple(torch.randn(20000, generator=generator) for _ in range(3)))
    facets = torch.stack(facet_normal(n), dim=1)
    torch.testing.assert_close(facets.norm(dim=1), torch.ones(20000), atol=1e-4, rtol=0)
    distinct = torch.unique((facets * 1e4).round(), dim=0)
    assert len(distinct) == 72  # eight octants of nine triangles
    assert float((facets * torch.stack(n, dim=1)).sum(1).min()) > 0.85
