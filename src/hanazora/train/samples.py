"""Contact sheets of what a run's averaged weights make, with default settings and fixed prompts."""

from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from hanazora.core.shapes import LatentShape
from hanazora.media.pictures import write_png
from hanazora.models.transformer.model import PromptEmbeds
from hanazora.pipelines.model_directory import Model
from hanazora.pipelines.plan import plain_plan
from hanazora.pipelines.rollout import Rollout, join_prompts
from hanazora.world.frames_of_speech import SHOWCASE_TEXTS

SAMPLE_SHAPE = LatentShape(5, 12, 20)
FRAMES_SHOWN = (0, 5, 10, 16)


@torch.inference_mode()
def embed_prompt(model: Model, text: str) -> PromptEmbeds:
    """Embed one prompt in the model's dtype; an empty text is the null prompt."""
    encoder = model.text_encoder
    ids, mask = model.tokenizer.encode_batch([text], encoder.config.max_length)
    device = encoder.token_embedding.weight.device
    return PromptEmbeds(encoder(ids.to(device), mask.to(device)), mask.to(device))


@torch.inference_mode()
def sample_video(
    model: Model, prompt: str, shape: LatentShape, seed: int
) -> Float[Tensor, "1 c t h w"]:
    """Make one clip with the model's default sampler."""
    prompts = join_prompts(embed_prompt(model, prompt), embed_prompt(model, ""))
    plan = plain_plan(shape, model.transformer.config.chunk_frames)
    chunks = Rollout(model.transformer, [prompts], plan, seed, model.sampler).run()
    latents = torch.cat([made.latents for made in chunks], dim=1)[None]
    weight = next(model.autoencoder.parameters())
    return model.autoencoder.decode(latents.to(weight.device, weight.dtype)).float().clamp(-1, 1)


def write_samples(model: Model, path: Path) -> None:
    """Write one row of frames for each showcase prompt."""
    rows = []
    for prompt in SHOWCASE_TEXTS.values():
        video = sample_video(model, prompt, SAMPLE_SHAPE, seed=0)[0]  # c t h w
        rows.append(torch.cat([video[:, t] for t in FRAMES_SHOWN], dim=-1))
    sheet = ((torch.cat(rows, dim=1) + 1) * 127.5).round().byte().permute(1, 2, 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_png(path, sheet.numpy())
