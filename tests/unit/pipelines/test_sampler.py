from dataclasses import replace

import pytest

from hanazora.core.shapes import LatentShape
from hanazora.pipelines.context.memory import MemoryConfig
from hanazora.pipelines.plan import Plan, plain_plan
from hanazora.pipelines.sampler import SamplerConfig


def test_guidance_starts_anew_where_the_words_change_and_never_fades_in_an_edit() -> None:
    sampler = SamplerConfig(
        guidance_scale=3.0, late_guidance=0.0, memory=MemoryConfig(trained_frames=3)
    )
    plan = plain_plan(LatentShape(9, 4, 6), 2)
    second = (replace(chunk, prompt=1) for chunk in plan.chunks[3:])
    turned = replace(plan, chunks=(*plan.chunks[:3], *second), prompts=("a", "b"))
    edit = replace(plan, strength=0.5, init_source=0)

    def scales(plan: Plan, sampler: SamplerConfig = sampler) -> list[float]:
        return [sampler.scale_of(plan, number) for number in plan.order]

    assert scales(plan) == [3, 3, 1, 1, 1]
    assert scales(turned) == [3, 3, 1, 3, 3]
    assert scales(edit) == [3] * 5
    assert scales(plan, replace(sampler, memory=MemoryConfig(trained_frames=None))) == [3] * 5


def test_bad_sampler_settings_are_refused() -> None:
    with pytest.raises(ValueError, match="num_inference_steps is 0"):
        SamplerConfig(num_inference_steps=0)
    with pytest.raises(ValueError, match="'rk4' is unknown; known are euler"):
        SamplerConfig(solver="rk4")
    with pytest.raises(ValueError, match="must be 0 to below 1"):
        SamplerConfig(context_sigma=1.0)
    with pytest.raises(ValueError, match="max_guided_sigma is 0"):
        SamplerConfig(max_guided_sigma=0.0)
    with pytest.raises(ValueError, match=r"late_guidance is 1\.5"):
        SamplerConfig(late_guidance=1.5)
    with pytest.raises(ValueError, match=r"set memory\.trained_frames"):
        SamplerConfig(max_context_chunks=3)
