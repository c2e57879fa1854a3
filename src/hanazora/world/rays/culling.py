"""Where a solid may show in the picture, and its constants for casting.

Bounds are exact for ellipsoids (tangent planes through the eye) and the hull of the corner points
for boxes, cylinders and cones; a solid that reaches behind the camera gets the whole picture.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from hanazora.world.rays.camera import Cameras
from hanazora.world.rays.packing import Solids
from hanazora.world.rays.raycast import NEAR

_BALL, _CONE = 1, 3
_SIGNS = torch.tensor([[a, b, c] for a in (-1.0, 1.0) for b in (-1.0, 1.0) for c in (-1.0, 1.0)])


def corner_points(solids: Solids) -> Float[Tensor, "f n 8 3"]:
    """Eight points whose hull holds the solid; the upper four of a cone meet in its tip."""
    signs = _SIGNS.to(solids.centres.device)
    cone = (solids.shapes == _CONE)[..., None, None]
    sideways = torch.where(cone & (signs[:, 1:2] > 0), 0.0, 1.0)
    factors = signs * torch.cat([sideways, torch.ones_like(sideways), sideways], dim=-1)
    return solids.centres.unsqueeze(2) + torch.matmul(factors, solids.axes)


def screen_bounds(
    solids: Solids, cameras: Cameras, height: int, width: int
) -> Float[Tensor, "f n 4"]:
    """(x0, y0, x1, y1) in pixels; empty (inverted) when behind the camera."""
    points = corner_points(solids) - cameras.eye[:, None, None]
    seen = torch.matmul(points, cameras.view.transpose(1, 2).unsqueeze(1))  # (f, n, 8, 3)
    depth = seen[..., 2]
    flat = seen[..., :2] / depth.clamp_min(1e-4).unsqueeze(-1)
    low, high = flat.amin(2), flat.amax(2)
    ball_low, ball_high, outside = _ellipsoid_bounds(solids, cameras)
    ball = (solids.shapes == _BALL).unsqueeze(-1)
    low, high = torch.where(ball, ball_low, low), torch.where(ball, ball_high, high)
    whole = torch.where(ball[..., 0], ~outside, depth.amin(2) < NEAR)
    behind = depth.amax(2) < NEAR
    focal = cameras.focal_px[:, None]
    bounds = torch.stack(
        [
            low[..., 0] * focal + 0.5 * width, 0.5 * height - high[..., 1] * focal,
            high[..., 0] * focal + 0.5 * width, 0.5 * height - low[..., 1] * focal,
        ],
        dim=-1,
    )  # fmt: skip
    everything = torch.tensor([-1e6, -1e6, 1e6, 1e6], device=bounds.device)
    bounds = torch.where(whole.unsqueeze(-1), everything, bounds)
    return torch.where(behind.unsqueeze(-1), -everything, bounds)


def _ellipsoid_bounds(solids: Solids, cameras: Cameras) -> tuple[Tensor, Tensor, Tensor]:
    view = cameras.view.transpose(1, 2)
    centre = torch.matmul(solids.centres - cameras.eye.unsqueeze(1), view)  # (f, n, 3)
    axes = torch.matmul(solids.axes, view.unsqueeze(1))  # (f, n, 3, 3)
    cz, az = centre[..., 2:], axes[..., 2:]
    a = cz * cz - (az * az).sum(2)
    b = centre[..., :2] * cz - (axes[..., :2] * az).sum(2)
    c = centre[..., :2] ** 2 - (axes[..., :2] ** 2).sum(2)
    root = (b * b - a * c).clamp_min(0).sqrt()
    outside = (a[..., 0] > 1e-4) & (cz[..., 0] > 0)
    a = a.clamp_min(1e-4)
    return (b - root) / a, (b + root) / a, outside


def perspective_table(solids: Solids, cameras: Cameras) -> Float[Tensor, "rows 18"]:
    """Ray map, origin in the unit frame and quadric of each solid, for `raycast.cast`."""
    ray_map = torch.matmul(solids.to_local, cameras.rays.unsqueeze(1)).flatten(2)
    offset = cameras.eye.unsqueeze(1) - solids.centres
    origin = torch.matmul(solids.to_local, offset.unsqueeze(-1)).squeeze(-1)
    qr, qy, hb, qc, ex, ey = solids.quadrics.unbind(-1)
    x, y, z = origin.unbind(-1)
    c = qr * (x * x + z * z) + qy * y * y + 2 * hb * y + qc
    tail = torch.stack([qr, qy, hb, c, ex, ey], dim=-1)
    return torch.cat([ray_map, origin, tail], dim=-1).flatten(0, 1).contiguous()


def parallel_table(
    solids: Solids, start: Float[Tensor, "f 3 3"], ray: Float[Tensor, "f 3"]
) -> Float[Tensor, "rows 18"]:
    """The same for parallel rays starting at `start @ (x, y, 1)`."""
    origin_map = torch.matmul(solids.to_local, start.unsqueeze(1))
    shift = torch.matmul(solids.to_local, solids.centres.unsqueeze(-1))
    origin_map = torch.cat([origin_map[..., :2], origin_map[..., 2:] - shift], dim=-1).flatten(2)
    direction = torch.matmul(solids.to_local, ray[:, None, :, None]).squeeze(-1)
    qr, qy, hb, qc, ex, ey = solids.quadrics.unbind(-1)
    tail = torch.stack([qr, qy, hb, qc, ex, ey], dim=-1)
    return torch.cat([origin_map, direction, tail], dim=-1).flatten(0, 1).contiguous()
