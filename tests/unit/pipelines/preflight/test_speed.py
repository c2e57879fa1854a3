from dataclasses import replace

from hanazora.core.paths import bundled_model_dir
from hanazora.parallel.device import pick_device
from hanazora.pipelines.preflight.estimate import plan_under
from hanazora.pipelines.preflight.speed import _shortened, measure_speed
from hanazora.pipelines.request import GenerateRequest


def test_time_follows_steps_and_duration() -> None:
    request = GenerateRequest(
        prompt="x", width=64, height=48, num_frames=17, num_inference_steps=4, guidance_scale=1.0
    )
    device = pick_device("cpu", "fp32")
    plan, settings = plan_under(request, bundled_model_dir())
    speed = measure_speed(request, plan, settings, device)
    assert min(speed) > 0 and speed.seconds > sum(speed)
    many = replace(request, num_inference_steps=400)
    assert measure_speed(many, plan, settings, device).denoising_s > 5 * speed.denoising_s


def test_a_deep_network_is_timed_on_its_first_blocks() -> None:
    _, settings = plan_under(GenerateRequest(prompt="x"), bundled_model_dir())
    assert _shortened(settings.transformer) == (settings.transformer, 1.0)
    deep = replace(settings.transformer, hidden_size=2048, num_heads=16, mlp_size=8192)
    short, share = _shortened(replace(deep, num_layers=32))
    assert short.num_layers < 32 and share == 32 / short.num_layers
