"""Cameras as affine maps: the ray of pixel (x, y) is `rays @ (x, y, 1)`, at view depth 1.

So a ray parameter is the depth along the view axis, and the direction in a solid's own frame stays
affine in x and y, which is what makes casting cheap.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class Cameras(NamedTuple):
    """Cameras of a batch of frames."""

    eye: Float[Tensor, "f 3"]
    """Position."""
    rays: Float[Tensor, "f 3 3"]
    """Maps pixel (x, y, 1) to a world direction of view depth 1; y counts downwards."""
    view: Float[Tensor, "f 3 3"]
    """Rows are right, up, forward: world direction to (x, y, depth)."""
    focal_px: Float[Tensor, " f"]
    """Focal length in pixels."""


def look_at(eye: Float[Tensor, "f 3"], target: Float[Tensor, "f 3"]) -> Float[Tensor, "f 3 3"]:
    """Rows right, up, forward of a camera without roll."""
    forward = torch.nn.functional.normalize(target - eye, dim=-1)
    up = torch.tensor([0.0, 1.0, 0.0], device=eye.device).expand_as(forward)
    # looking straight up or down has no horizon; lean a hair so that the basis exists
    lean = torch.tensor([0.0, 0.0, -1e-3], device=eye.device)
    right = torch.nn.functional.normalize(torch.linalg.cross(forward, up + lean, dim=-1), dim=-1)
    return torch.stack([right, torch.linalg.cross(right, forward, dim=-1), forward], dim=1)


def build_cameras(
    eye: Float[Tensor, "f 3"],
    target: Float[Tensor, "f 3"],
    fov_degrees: Float[Tensor, " f"],
    height: int,
    width: int,
) -> Cameras:
    """Cameras for pictures of height x width; fov_degrees is the vertical field of view."""
    view = look_at(eye, target)
    focal = 0.5 * height / torch.tan(torch.deg2rad(fov_degrees) * 0.5)
    right, up, forward = view.unbind(1)
    scale = (1.0 / focal).unsqueeze(-1)
    corner = forward - right * scale * (0.5 * width) + up * scale * (0.5 * height)
    rays = torch.stack([right * scale, -up * scale, corner], dim=-1)
    return Cameras(eye, rays, view, focal)


def mirrored(cameras: Cameras) -> Cameras:
    """The same cameras below a mirror in the plane y = 0."""
    flip = torch.tensor([1.0, -1.0, 1.0], device=cameras.eye.device)
    return Cameras(
        cameras.eye * flip, cameras.rays * flip[:, None], cameras.view * flip, cameras.focal_px
    )


def project(
    cameras: Cameras, points: Float[Tensor, "f n 3"], height: int, width: int
) -> tuple[Float[Tensor, "f n"], Float[Tensor, "f n"], Float[Tensor, "f n"]]:
    """Pixel x, pixel y and view depth of world points."""
    seen = torch.matmul(points - cameras.eye.unsqueeze(1), cameras.view.transpose(1, 2))
    depth = seen[..., 2]
    factor = cameras.focal_px.unsqueeze(-1) / depth.clamp_min(1e-3)
    return seen[..., 0] * factor + 0.5 * width, 0.5 * height - seen[..., 1] * factor, depth
