import torch

from hanazora.world.rays.camera import build_cameras, look_at, mirrored, project


def cameras():
    eye = torch.tensor([[0.0, 2.0, 5.0], [3.0, 1.0, 0.0]])
    target = torch.tensor([[0.0, 1.0, 0.0], [0.0, 1.0, -4.0]])
    return build_cameras(eye, target, torch.tensor([50.0, 70.0]), 40, 60)


def test_basis_is_orthonormal_even_straight_down():
    view = look_at(torch.tensor([[0.0, 5.0, 0.0]]), torch.tensor([[0.0, 0.0, 0.0]]))
    torch.testing.assert_close(view @ view.transpose(1, 2), torch.eye(3)[None], atol=1e-5, rtol=0)


def test_rays_and_projection_are_inverse():
    c = cameras()
    pixels = torch.tensor([[3.5, 7.25, 1.0], [59.0, 39.0, 1.0]])
    rays = torch.einsum("fij,pj->fpi", c.rays, pixels)
    depth = torch.tensor([2.0, 9.0]).view(1, 2, 1)
    x, y, z = project(c, c.eye.unsqueeze(1) + rays * depth, 40, 60)
    torch.testing.assert_close(x, pixels[:, 0].expand(2, 2), atol=1e-3, rtol=0)
    torch.testing.assert_close(y, pixels[:, 1].expand(2, 2), atol=1e-3, rtol=0)
    torch.testing.assert_close(z, depth[..., 0].expand(2, 2), atol=1e-4, rtol=0)


def test_target_is_in_the_middle():
    x, y, _ = project(cameras(), torch.tensor([[[0.0, 1.0, 0.0]], [[0.0, 1.0, -4.0]]]), 40, 60)
    torch.testing.assert_close(x, torch.full((2, 1), 30.0), atol=1e-3, rtol=0)
    torch.testing.assert_close(y, torch.full((2, 1), 20.0), atol=1e-3, rtol=0)


def test_mirror_sees_the_mirrored_point_in_the_same_pixel():
    c = cameras()
    point = torch.tensor([[[0.3, 0.8, -1.0]]]).expand(2, 1, 3)
    flipped = point * torch.tensor([1.0, -1.0, 1.0])
    for a, b in zip(project(c, point, 40, 60), project(mirrored(c), flipped, 40, 60), strict=True):
        torch.testing.assert_close(a, b)
