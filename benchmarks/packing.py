"""Packed against padded: training tokens per second on the same clips, in the same run.

    python benchmarks/packing.py [--threads 2] [--steps 4]

Draws batches from the training mix of sizes and lengths and prints the share of useful tokens in
the packed sequences and in a batch padded to its longest clip, and the useful tokens per second of
forward and backward passes over both.
"""

import argparse
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import torch

from hanazora.core.shapes import LatentShape, VideoShape, latent_shape
from hanazora.data.latent_pool import LatentPool, LatentPoolWriter
from hanazora.data.packing import PackedBatch, Packer
from hanazora.diffusion.weighting import flow_loss
from hanazora.models.transformer.layout import Document, build_layout, split_chunks
from hanazora.models.transformer.model import PromptEmbeds, VideoTransformer
from hanazora.recipes import petal_cpu

NUM_CLIPS = 300


def build_packer(directory: Path, num_tokens: int) -> Packer:
    """Make a pool with the recipe's mix of sizes and lengths, filled with noise."""
    recipe = petal_cpu()
    generator = torch.Generator().manual_seed(0)
    writer = LatentPoolWriter(directory, recipe.transformer.in_channels)
    sizes = torch.tensor([share for *_, share in recipe.pool.sizes])
    lengths = torch.tensor([share for _, share in recipe.pool.num_frames])
    for _ in range(NUM_CLIPS):
        height, width, _ = recipe.pool.sizes[int(sizes.multinomial(1, generator=generator))]
        num_frames, _ = recipe.pool.num_frames[int(lengths.multinomial(1, generator=generator))]
        shape = latent_shape(VideoShape(num_frames, height, width))
        writer.append(torch.randn(48, *shape, generator=generator), ["a caption"])
    writer.close()
    return Packer(
        pool=LatentPool(directory),
        tokenize=lambda texts: (
            torch.ones(len(texts), 24, dtype=torch.long),
            torch.ones(len(texts), 24, dtype=torch.bool),
        ),
        config=replace(recipe.packing, num_tokens=num_tokens),
        timesteps=recipe.timesteps,
        orders=recipe.orders,
        patch_size=recipe.transformer.patch_size,
        chunk_frames=recipe.transformer.chunk_frames,
        causal=True,
        seed=0,
    )


def document_lengths(batch: PackedBatch) -> list[int]:
    """Return the token counts of a batch's clips, the padding document left out."""
    lengths = [g.num_tokens for g in batch.layout.groups for _ in range(g.num_documents)]
    padding = batch.layout.num_tokens - batch.num_useful
    if padding:
        lengths.remove(padding)
    return lengths


def step(model: VideoTransformer, batch: PackedBatch) -> None:
    """Run one forward and backward pass over a packed batch."""
    embeds = torch.zeros(*batch.text_mask.shape, model.config.text_dim)
    with torch.autocast("cpu", torch.bfloat16):
        prediction, _ = model(
            batch.noisy.bfloat16(),
            batch.sigma,
            batch.layout,
            PromptEmbeds(embeds, batch.text_mask),
        )
    flow_loss(prediction, batch.target, batch.weight).backward()


def padded(lengths: list[int], channels: int) -> PackedBatch:
    """Return the same clips as one batch padded to the longest: what packing is compared with.

    Attention over the padding is not masked, which flatters the padded batch.
    """
    longest = max(lengths)
    documents = [Document(LatentShape(1, 1, longest), split_chunks(1, 1)) for _ in lengths]
    layout = build_layout(documents)
    tokens = torch.randn(layout.num_tokens, channels)
    return PackedBatch(
        tokens,
        tokens,
        torch.rand(len(lengths)),
        torch.ones(layout.num_tokens),
        layout,
        torch.ones(len(lengths), 24, dtype=torch.long),
        torch.ones(len(lengths), 24, dtype=torch.bool),
        sum(lengths),
    )


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--tokens", type=int, default=6144)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    with tempfile.TemporaryDirectory() as directory:
        packer = build_packer(Path(directory), arguments.tokens)
        model = VideoTransformer(petal_cpu().transformer)
        model.initialise()
        many = [packer.batch(number) for number in range(40)]
        fill = sum(b.num_useful for b in many) / sum(b.layout.num_tokens for b in many)
        batches = many[: arguments.steps + 1]
        pads = [padded(document_lengths(b), model.config.token_channels) for b in batches]
        loose = sum(p.num_useful for p in pads) / sum(p.layout.num_tokens for p in pads)
        seconds = [0.0, 0.0]
        for number, pair in enumerate(zip(batches, pads, strict=True)):
            for kind, batch in enumerate(pair):  # in turn, so that a noisy machine hits both
                start = time.perf_counter()
                step(model, batch)
                if number:  # the first pair warms up
                    seconds[kind] += time.perf_counter() - start
        useful = sum(b.num_useful for b in batches[1:])
    rates = [useful / s for s in seconds]
    print(f"useful tokens over computed: packed {fill:.4f}, padded {loose:.4f}")
    print(f"useful tokens/s: packed {rates[0]:.0f}, padded {rates[1]:.0f}")
    print(f"ratio packed / padded {rates[0] / rates[1]:.2f}")


if __name__ == "__main__":
    main()
