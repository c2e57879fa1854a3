"""What is done to a finished picture: wet mirror, ink, paper craft, bloom and tone mapping."""

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional

from hanazora.world.rays.compiling import Kernel
from hanazora.world.rays.noise import value_noise
from hanazora.world.rays.vectors import normalized


def _mirror_terms(
    rays: Tensor, eye: Tensor, ground: Tensor, depth: Tensor, xs: Tensor, ys: Tensor, wet: Tensor,
    time: Tensor,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """Strength of the mirror and how far, in pixel heights, ripples shift it; each (f, p)."""
    ray = tuple(rays[:, i, 0:1] * xs + rays[:, i, 1:2] * ys + rays[:, i, 2:3] for i in range(3))
    x, z = eye[:, 0:1] + ray[0] * depth, eye[:, 2:3] + ray[2] * depth
    _, down, _ = normalized(ray)  # type: ignore[arg-type]
    grazing = (1 + down).clamp(0, 1) ** 2
    puddle = (
        value_noise(x * 0.9, z * 0.9) + 0.3 * value_noise(x * 2.7, z * 2.7) - 0.62
    ) * 5.0 + 0.5
    puddle = puddle.clamp(0, 1)
    strength = ground * wet * (0.10 + 0.62 * grazing * grazing) * (0.55 + 0.45 * puddle)
    ripple_x = value_noise(x * 5.0, z * 5.0 + time) - 0.5
    ripple_y = value_noise(x * 5.0 + 40.0, z * 5.0 - time) - 0.5
    calm = (1 - 0.7 * puddle) / (1 + 0.12 * depth)
    return strength, ripple_x * calm, ripple_y * calm * 2.0


mirror_terms = Kernel(_mirror_terms)


def apply_mirror(
    rgb: Float[Tensor, "f 3 h w"],
    reflection: Float[Tensor, "f 3 hr wr"],
    terms: tuple[Float[Tensor, "f h w"], Float[Tensor, "f h w"], Float[Tensor, "f h w"]],
) -> Float[Tensor, "f 3 h w"]:
    """Blend the mirrored picture into the wet ground, shifted by ripples."""
    strength, shift_x, shift_y = terms
    height, width = rgb.shape[-2:]
    down = torch.linspace(-1, 1, 2 * height + 1, device=rgb.device)[1::2].view(1, -1, 1)
    across = torch.linspace(-1, 1, 2 * width + 1, device=rgb.device)[1::2].view(1, 1, -1)
    grid = torch.stack([across + shift_x * 0.10, down + shift_y * 0.10], dim=-1)
    blurred = functional.avg_pool2d(
        reflection, (3, 1), stride=1, padding=(1, 0), count_include_pad=False
    )
    seen = functional.grid_sample(blurred, grid, padding_mode="border", align_corners=False)
    weight = strength.unsqueeze(1)
    return rgb * (1 - 0.75 * weight) + seen * weight


def blur(x: Float[Tensor, "f c h w"], sigma: float) -> Float[Tensor, "f c h w"]:
    """Gaussian blur, as one product with a band matrix per axis."""

    def band(size: int) -> Tensor:
        at = torch.arange(size, device=x.device, dtype=x.dtype)
        weights = torch.exp(-0.5 * ((at.unsqueeze(0) - at.unsqueeze(1)) / sigma) ** 2)
        return weights / weights.sum(1, keepdim=True)

    return torch.matmul(band(x.shape[-2]), torch.matmul(x, band(x.shape[-1]).t()))


def ink_lines(
    object_ids: Int[Tensor, "f h w"], depth: Float[Tensor, "f h w"], line_px: float
) -> Float[Tensor, "f h w"]:
    """Softness-smoothed outline between objects, 0..1, about line_px wide."""
    edge = torch.zeros_like(depth)
    for axis in (1, 2):
        ahead, behind = _neighbours(object_ids, axis)
        step = (ahead != behind).to(edge.dtype)
        edge.narrow(axis, 0, edge.shape[axis] - 1).copy_(
            torch.maximum(edge.narrow(axis, 0, edge.shape[axis] - 1), step)
        )
        late = edge.narrow(axis, 1, edge.shape[axis] - 1)
        late.copy_(torch.maximum(late, 0.5 * step))
    soft = blur(edge.unsqueeze(1), max(0.5, 0.4 * line_px)).squeeze(1)
    return (soft * 1.6).clamp(0, 1)


def _neighbours(x: Tensor, axis: int) -> tuple[Tensor, Tensor]:
    count = x.shape[axis] - 1
    return x.narrow(axis, 1, count), x.narrow(axis, 0, count)


def paper_craft(
    rgb: Float[Tensor, "f 3 h w"], depth: Float[Tensor, "f h w"], strength: Float[Tensor, " f"]
) -> Float[Tensor, "f 3 h w"]:
    """Cut paper: each nearer layer throws a soft shadow, edges shine, grain everywhere."""
    height, width = depth.shape[-2:]
    off = max(1, round(height * 0.014))
    log_depth = depth.log()
    shifted = functional.pad(log_depth.unsqueeze(1), (off, 0, off, 0), mode="replicate")
    shifted = shifted.squeeze(1)[:, :height, :width]
    nearer = ((log_depth - shifted - 0.06) * 12.0).clamp(0, 1).unsqueeze(1)
    half = functional.avg_pool2d(nearer, 2, ceil_mode=True)
    shadow = blur(half, max(0.4, height * 0.0035))
    shadow = functional.interpolate(
        shadow, size=(height, width), mode="bilinear", align_corners=False
    )
    ahead = functional.pad(log_depth.unsqueeze(1), (0, 1, 0, 1), mode="replicate")[:, 0, 1:, 1:]
    rim = ((ahead - log_depth - 0.06) * 12.0).clamp(0, 1).unsqueeze(1)
    y, x = torch.meshgrid(
        torch.arange(height, device=rgb.device),
        torch.arange(width, device=rgb.device),
        indexing="ij",
    )
    unit = 192.0 / height
    grain = value_noise(x * (0.9 * unit), y * (0.9 * unit)) - 0.5
    grain = grain + value_noise(x * (0.25 * unit) + 7, y * (0.25 * unit)) - 0.5
    amount = strength.view(-1, 1, 1, 1)
    return rgb * (1 - amount * 0.45 * shadow) * (1 + amount * 0.07 * grain) + amount * 0.10 * rim


def bloom(
    rgb: Float[Tensor, "f 3 h w"],
    emission: Float[Tensor, "f h w"],
    strength: Float[Tensor, " f"],
) -> Float[Tensor, "f 3 h w"]:
    """Glow around emissive surfaces: two blurs of the bright parts at a quarter of the size."""
    height, width = rgb.shape[-2:]
    bright = functional.avg_pool2d(rgb * emission.unsqueeze(1), 4)
    glow = (
        blur(bright, max(0.7, height * 0.005)) * 0.7 + blur(bright, max(1.2, height * 0.018)) * 0.9
    )
    glow = functional.interpolate(glow, size=(height, width), mode="bilinear", align_corners=False)
    return rgb + glow * strength.view(-1, 1, 1, 1)


def _tone(rgb: Tensor, exposure: Tensor, saturation: Tensor) -> Tensor:
    """Exposure, saturation and a soft shoulder above 0.72; (f, 3, p) to bytes."""
    x = rgb * exposure
    grey = x[:, 0:1] * 0.30 + x[:, 1:2] * 0.59 + x[:, 2:3] * 0.11
    x = (grey + (x - grey) * saturation).clamp_min(0)
    knee = 0.72
    over = (x - knee).clamp_min(0) * (1 / (1 - knee))
    x = torch.where(x > knee, knee + (1 - knee) * (1 - torch.exp(-over)), x)
    return (x.clamp(0, 1) * 255.0 + 0.5).to(torch.uint8)


tone = Kernel(_tone)
