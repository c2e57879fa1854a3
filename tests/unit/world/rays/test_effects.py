import torch

from hanazora.world.rays import effects


def test_blur_keeps_flat_pictures_and_total_light():
    flat = torch.full((1, 1, 20, 30), 0.4)
    torch.testing.assert_close(effects.blur(flat, 2.0), flat)
    spot = torch.zeros(1, 1, 41, 41)
    spot[0, 0, 20, 20] = 1
    soft = effects.blur(spot, 2.0)
    assert abs(float(soft.sum()) - 1) < 1e-3
    assert float(soft.max()) < 0.05
    torch.testing.assert_close(soft, soft.flip(2).flip(3))


def test_ink_marks_borders_between_objects_only():
    ids = torch.full((1, 20, 20), -1)
    ids[:, 5:15, 5:15] = 3
    lines = effects.ink_lines(ids, torch.ones(1, 20, 20), 1.0)
    assert float(lines[0, 10, 5]) > 0.5
    assert float(lines[0, 10, 10]) < 0.01 and float(lines[0, 1, 1]) < 0.01


def test_paper_throws_a_shadow_down_right_of_a_nearer_layer():
    depth = torch.full((1, 64, 64), 10.0)
    depth[:, 20:40, 20:40] = 5.0
    rgb = torch.full((1, 3, 64, 64), 0.5)
    out = effects.paper_craft(rgb, depth, torch.ones(1))
    plain = effects.paper_craft(rgb, torch.full_like(depth, 10.0), torch.ones(1))
    dark = (plain - out)[0, 0]
    assert float(dark[40, 30]) > 0.03 and float(dark[30, 40]) > 0.03
    assert abs(float(dark[5, 5])) < 1e-3


def test_bloom_glows_around_emitters_only():
    rgb = torch.full((1, 3, 64, 64), 0.2)
    emission = torch.zeros(1, 64, 64)
    assert torch.equal(effects.bloom(rgb, emission, torch.ones(1)), rgb)
    emission[:, 28:36, 28:36] = 1
    glow = effects.bloom(rgb, emission, torch.tensor([0.5])) - rgb
    assert float(glow[0, 0, 32, 32]) > float(glow[0, 0, 40, 40]) > float(glow[0, 0, 60, 60]) >= 0


def test_mirror_shows_the_reflection_in_wet_ground():
    rgb = torch.zeros(1, 3, 16, 24)
    red = torch.zeros(1, 3, 8, 12)
    red[:, 0] = 1
    still = torch.zeros(1, 16, 24)
    wet = still.clone()
    wet[:, 8:] = 0.8
    out = effects.apply_mirror(rgb, red, (wet, still, still))
    assert float(out[0, 0, :8].max()) == 0
    torch.testing.assert_close(out[0, 0, 8:], torch.full((8, 24), 0.8))
    rays = torch.tensor([[[0.1, 0, -0.8], [0, -0.1, 0.6], [0, 0, -1.0]]])
    xs, ys = torch.full((1, 5), 8.0), torch.linspace(7, 15, 5).unsqueeze(0)
    eye, depth = torch.tensor([[0.0, 1.5, 0.0]]), torch.full((1, 5), 5.0)
    one = torch.ones(1, 1)
    strength, _, _ = effects.mirror_terms(rays, eye, torch.ones(1, 5), depth, xs, ys, one, one)
    assert bool((strength > 0).all())
    dry, _, _ = effects.mirror_terms(rays, eye, torch.ones(1, 5), depth, xs, ys, one * 0, one)
    assert float(dry.max()) == 0


def test_tone_keeps_middle_tones_and_never_clips_hard():
    x = torch.tensor([0.0, 0.25, 0.7, 1.0, 1.5, 3.0]).expand(1, 3, 6)
    one = torch.ones(1, 1, 1)
    out = effects.tone(x, one, one)[0, 0].tolist()
    assert out[:3] == [0, 64, 179]
    assert out == sorted(out) and out[3] < out[4] <= 255 and out[3] > 220
    red = torch.tensor([0.6, 0.2, 0.2]).view(1, 3, 1)
    grey = effects.tone(red, one, one * 0)[0, :, 0]
    assert grey.max() - grey.min() <= 1
