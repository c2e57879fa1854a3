from dataclasses import replace

from hanazora.core.paths import bundled_model_dir
from hanazora.pipelines.material import Shot
from hanazora.pipelines.model_directory import read_settings
from hanazora.pipelines.plan import Geometry
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.sampler import SamplerConfig
from hanazora.pipelines.verbs.description import (
    ModelNumbers,
    count_cost,
    describe,
    describe_request,
    order_text,
)
from hanazora.pipelines.verbs.planning import plan_request

NUMBERS = ModelNumbers(
    patch_area=4, hidden_size=256, num_layers=8, bytes_per_value=2, num_steps=16,
    sampler=SamplerConfig(),
)  # fmt: skip


def _request(num_frames: int) -> GenerateRequest:
    return GenerateRequest(prompt="snow", num_frames=num_frames)


def test_cost_follows_the_plan_and_the_cache_does_not_grow() -> None:
    costs = [
        count_cost(plan_request(_request(n), Geometry(2, (1, 2, 2))), NUMBERS) for n in (49, 480)
    ]
    assert [cost.num_passes for cost in costs] == [7 * 32, 61 * 32]
    assert costs[0].cache_bytes == costs[1].cache_bytes
    # 3 latent frames of 60 tokens, two prompts, keys and values, 8 layers of 256, 2 bytes.
    assert costs[0].cache_bytes == 3 * 60 * 2 * 2 * 8 * 256 * 2
    assert costs[0].num_tokens == (13 * 16 + (0 + 1 + 5 * 3)) * 60 * 2


def test_late_chunks_without_guidance_cost_half() -> None:
    model = replace(NUMBERS, sampler=SamplerConfig(late_guidance=0.0))
    cost = count_cost(plan_request(_request(49), Geometry(2, (1, 2, 2))), model)
    assert cost.num_passes == (3 * 2 + 4) * 16
    assert cost.num_tokens == (2 * (5 * 16 + 1 + 3) + 8 * 16 + 4 * 3) * 60


def test_every_chunk_says_its_frames_prompt_turn_and_view() -> None:
    shots = (Shot(prompt="a", num_frames=9), Shot(prompt="b", num_frames=5))
    request = GenerateRequest(verb="storyboard", prompt="x", num_frames=14, shots=shots)
    text = describe(plan_request(request, Geometry(2, (1, 2, 2))), NUMBERS)
    assert "  2  b" in text and "-----  cut" in text
    rows = [line.split() for line in text.splitlines() if "  made     " in line]
    assert rows[2][:7] == ["2", "9", "1.12-1.25", "made", "2", "3", "0"]


def test_a_request_is_planned_under_the_bundled_model() -> None:
    text = describe_request(_request(17), read_settings(bundled_model_dir()), 4)
    assert text.startswith("generate: 320x192, 17 frames, 2.125 s at 8 fps")


def test_the_order_is_written_in_runs() -> None:
    assert order_text(range(61)) == "0-60"
    assert order_text((3, 2, 1, 0)) == "3-0"
    assert order_text((4, 9, 5, 8, 6, 7)) == "4 9 5 8 6-7"
    assert order_text(range(0, 100, 2)).endswith("44 46 ... 26 more")


def test_full_attention_makes_a_scene_in_one_go() -> None:
    plan = plan_request(_request(49), Geometry(2, (1, 2, 2)))
    cost = count_cost(plan, replace(NUMBERS, is_joint=True))
    assert (cost.num_passes, cost.pass_frames, cost.cache_bytes) == (32, 13, 0)
    assert cost.num_tokens == 13 * 60 * 32
    text = describe(plan, replace(NUMBERS, is_joint=True))
    assert "order: all of a scene together" in text
    rows = [line.split() for line in text.splitlines() if "  made     " in line]
    assert {row[5] for row in rows} == {"1"} and rows[1][6] == "11"
