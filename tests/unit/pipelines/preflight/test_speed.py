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
    assert speed.enlarging_s == 0 < min(speed.denoising_s, speed.decoding_s, speed.leaving_s)
    assert speed.seconds > sum(speed)
    many = replace(request, num_inference_steps=400)
    assert measure_speed(many, plan, settings, device).denoising_s > 5 * speed.denoising_s


def test_an_enlarged_video_is_made_small_and_every_frame_enlarged() -> None:
    request = GenerateRequest(
        prompt="x", width=128, height=96, num_frames=9, num_inference_steps=4, hd=True
    )
    device = pick_device("cpu", "fp32")
    plan, settings = plan_under(request, bundled_model_dir())
    assert (plan.width, plan.height) == (32, 24)
    assert measure_speed(request, plan, settings, device).enlarging_s > 0


def test_full_attention_is_timed_on_all_frames_at_once() -> None:
    request = GenerateRequest(prompt="x", width=64, height=48, num_frames=33)
    device = pick_device("cpu", "fp32")
    plan, settings = plan_under(request, bundled_model_dir())
    joint = replace(settings, transformer=replace(settings.transformer, causal=False))
    assert measure_speed(request, plan, joint, device).denoising_s > 0


def test_a_deep_network_is_timed_on_its_first_blocks() -> None:
    _, settings = plan_under(GenerateRequest(prompt="x"), bundled_model_dir())
    assert _shortened(settings.transformer) == (settings.transformer, 1.0)
    deep = replace(settings.transformer, hidden_size=2048, num_heads=16, mlp_size=8192)
    short, share = _shortened(replace(deep, num_layers=32))
    assert short.num_layers < 32 and share == 32 / short.num_layers
