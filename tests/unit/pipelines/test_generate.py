from pathlib import Path

import numpy as np
import pytest
import torch

import hanazora
from hanazora.core.errors import CancelledError, ModelError, NonFiniteError
from hanazora.media.probe import probe
from hanazora.models.text.tokenizer import PromptTooLongError
from hanazora.parallel.device import pick_device
from hanazora.pipelines.generate import TextToVideo, load
from hanazora.pipelines.model_directory import Model, save_model
from hanazora.pipelines.request import GenerateRequest

PROMPTS = ("a red ball bounces", "two fish in a reef", "snow")


@pytest.fixture
def pipeline(tiny_model: Model) -> TextToVideo:
    return TextToVideo(tiny_model, "tiny", pick_device("cpu", "fp32"))


def _request(prompt: str = PROMPTS[0], **changes: object) -> GenerateRequest:
    settings: dict[str, object] = {"width": 50, "height": 34, "num_frames": 7, "seed": 3}
    return GenerateRequest(prompt=prompt, **{**settings, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", [(1, 16, 16), (2, 33, 17), (6, 48, 90), (9, 96, 54)])
def test_the_video_has_exactly_the_size_that_was_asked(
    pipeline: TextToVideo, shape: tuple[int, int, int]
) -> None:
    num_frames, height, width = shape
    result = pipeline.generate(_request(num_frames=num_frames, height=height, width=width))
    assert result.frames.shape == (*shape, 3) and result.frames.dtype == np.uint8


def test_a_batch_equals_single_runs(pipeline: TextToVideo) -> None:
    requests = [_request(prompt) for prompt in PROMPTS]
    batch = pipeline.generate_batch(requests)
    for request, result in zip(requests, batch, strict=True):
        assert np.array_equal(result.frames, pipeline.generate(request).frames)
    assert not np.array_equal(batch[0].frames, batch[1].frames)


def test_the_same_request_makes_the_same_file(pipeline: TextToVideo, tmp_path: Path) -> None:
    hashes = {
        pipeline.generate(_request()).save(tmp_path / f"{number}.mp4").sha256 for number in (1, 2)
    }
    assert len(hashes) == 1
    info = probe(tmp_path / "1.mp4")
    assert (info.width, info.height, info.num_frames) == (50, 34, 7)


def test_a_sentence_is_asked_for_as_the_command_does(tiny_model: Model) -> None:
    device = pick_device("cpu", "fp32")
    asked = TextToVideo(tiny_model, "hanazora-petal", device).asked("a pup at the seashore")
    assert (asked.width, asked.height, asked.num_frames) == (320, 192, 32)
    assert "dog" in asked.expanded_prompt
    other = TextToVideo(tiny_model, "tiny", device)
    assert other.asked("a pup") == GenerateRequest(prompt="a pup")
    assert other.asked(asked) is asked


def test_open_settings_are_resolved_from_the_model(pipeline: TextToVideo) -> None:
    request = pipeline.generate(_request(guidance_scale=1.0)).request
    assert (request.num_inference_steps, request.guidance_scale) == (2, 1.0)


def test_prompt_seed_guidance_and_negative_prompt_all_matter(pipeline: TextToVideo) -> None:
    base = _latents(pipeline, _request())
    for change in (
        _request(PROMPTS[1]),
        _request(expanded_prompt="a blue ball rolls"),
        _request(seed=4),
        _request(guidance_scale=4.0),
        _request(negative_prompt="blurry"),
    ):
        assert not torch.equal(_latents(pipeline, change), base)


def _latents(pipeline: TextToVideo, request: GenerateRequest) -> torch.Tensor:
    chunks = dict(pipeline.chunks(pipeline.prepare(request)))
    return torch.cat([chunks[index] for index in sorted(chunks)], dim=1)


def test_a_watcher_sees_every_stage_and_can_stop_it(pipeline: TextToVideo) -> None:
    class Watcher:
        def __init__(self, limit: int) -> None:
            self.limit, self.seen = limit, list[str]()

        def start(self, stage: str, num_steps: int) -> None:
            self.seen.append(f"{stage} {num_steps}")

        def advance(self, num_steps: int = 1) -> None:
            self.limit -= 1
            if self.limit == 0:
                raise CancelledError

    watcher = Watcher(limit=10_000)
    pipeline.generate(_request(), progress=watcher)
    assert watcher.seen == ["denoising 4", "decoding 7"]
    with pytest.raises(CancelledError):
        pipeline.generate(_request(), progress=Watcher(limit=2))


def test_a_broken_autoencoder_is_an_error_not_a_black_video(pipeline: TextToVideo) -> None:
    next(pipeline.model.autoencoder.decoder.parameters()).fill_(float("nan"))
    with pytest.raises(NonFiniteError, match="autoencoder"):
        pipeline.generate(_request())


def test_a_prompt_beyond_the_model_is_refused(pipeline: TextToVideo) -> None:
    with pytest.raises(PromptTooLongError, match="160"):
        pipeline.generate(_request("a cat " * 200))


def test_a_saved_model_loads_and_makes_the_same_video(tiny_model: Model, tmp_path: Path) -> None:
    save_model(tiny_model, tmp_path / "model", torch.float32)
    loaded = hanazora.load(tmp_path / "model", device="cpu", dtype="fp32")
    assert loaded.name == "model" and len(loaded.model.weight_hashes) == 3
    before = TextToVideo(tiny_model, "tiny", pick_device("cpu", "fp32")).generate(_request())
    assert np.array_equal(loaded.generate(_request()).frames, before.frames)


def test_a_directory_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"holds no model_index\.json"):
        load(tmp_path)
