"""How much of the machine's matmul rate a forward pass of the transformer reaches.

    python benchmarks/transformer_forward.py [--threads 2] [--latent-frames 17]

Prints, for fp32 and for bf16 where the CPU multiplies it: the rate of one large matrix product of
the same dtype, the rate of the forward pass (operations counted by torch), and their ratio. Beside
it stands the ceiling: the ratio if nothing but the products and the attentions took time, each
measured alone at the shapes of the pass.

Every figure is the best of its repeats, and one thread is timed by its own CPU clock: other work
on the machine only ever slows a run down. ONEDNN_MAX_CPU_ISA=AVX512_CORE_BF16 shows what a CPU
without AMX does.
"""

import argparse
import time
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch.utils.flop_counter import FlopCounterMode

from hanazora.core.shapes import LatentShape
from hanazora.models.layers.attention import attend, attend_in_order
from hanazora.models.transformer.block import GELUProjection, TransformerBlock
from hanazora.models.transformer.layout import Document, PackedLayout, build_layout, split_chunks
from hanazora.models.transformer.model import (
    PromptEmbeds,
    VideoTransformer,
    VideoTransformerConfig,
)
from hanazora.parallel.device import has_bf16, tune_allocator
from hanazora.recipes import petal_cpu, petal_h200

PROMPT_TOKENS = 32


def best_seconds(run: Callable[[], object], repeats: int) -> float:
    """Return the shortest time of a call after two warm-up calls."""
    clock = time.thread_time if torch.get_num_threads() == 1 else time.perf_counter
    for _ in range(2):
        run()
    times = []
    for _ in range(repeats):
        start = clock()
        run()
        times.append(clock() - start)
    return min(times)


def matmul_rate(dtype: torch.dtype, repeats: int) -> float:
    """Return the machine's rate for a 2048 x 2048 x 2048 product, in flop/s."""
    a, b = torch.randn(2048, 2048, dtype=dtype), torch.randn(2048, 2048, dtype=dtype)
    return 2 * 2048**3 / best_seconds(lambda: a @ b, repeats)


def attention_flops(
    query: torch.Size, key: torch.Size, value: torch.Size, *_: object, **__: object
) -> int:
    """Count both products of one attention call (b heads n e, b heads m e)."""
    batch, heads, num_queries, width = query
    return 2 * batch * heads * num_queries * key[2] * (width + value[3])


class Rates(NamedTuple):
    """What one forward pass over one clip reaches."""

    tokens: int
    forward: float
    """Its rate, in flop/s."""
    ceiling: float
    """The rate if its products and attentions alone took time."""


def forward_rates(
    config: VideoTransformerConfig, num_frames: int, dtype: torch.dtype, repeats: int
) -> Rates:
    """Measure one forward pass over one clip, and its parts."""
    model = VideoTransformer(config).to(dtype).eval().requires_grad_(False)
    grid = LatentShape(num_frames, 6, 10)
    layout = build_layout([Document(grid, split_chunks(num_frames, config.chunk_frames))])
    tokens = torch.randn(layout.num_tokens, config.token_channels, dtype=dtype)
    sigma = torch.rand(len(layout.chunk_document))
    prompt = PromptEmbeds(
        torch.randn(1, PROMPT_TOKENS, config.text_dim, dtype=dtype),
        torch.ones(1, PROMPT_TOKENS, dtype=torch.bool),
    )

    def run() -> object:
        with torch.inference_mode():
            return model(tokens, sigma, layout, prompt)

    # Torch counts the attention kernels of GPUs only, and no packed product: count, then pack.
    kernel = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu
    with FlopCounterMode(display=False, custom_mapping={kernel: attention_flops}) as counter:
        run()
    model.pack()  # as `hanazora generate` does
    flops = counter.get_total_flops()
    alone = config.num_layers * block_seconds(model, layout, dtype, repeats)
    return Rates(layout.num_tokens, flops / best_seconds(run, repeats), flops / alone)


def block_seconds(
    model: VideoTransformer, layout: PackedLayout, dtype: torch.dtype, repeats: int
) -> float:
    """Return the time of one block's products and attentions, each alone at its own shape."""
    block, config = model.blocks[0], model.config
    assert isinstance(block, TransformerBlock)
    x = torch.randn(layout.num_tokens, config.hidden_size, dtype=dtype)
    wide = torch.randn(layout.num_tokens, config.mlp_size, dtype=dtype)
    query, key, value = (
        x.view(1, layout.num_tokens, config.num_heads, -1).transpose(1, 2).clone() for _ in range(3)
    )
    words = key[:, :, :PROMPT_TOKENS]
    lengths = layout.groups[0].chunk_tokens
    assert lengths is not None
    inputs = block.attn1.packed_input or torch.nn.Linear(x.shape[1], 3 * x.shape[1], dtype=dtype)
    up = block.ffn.net[0]
    assert isinstance(up, GELUProjection)
    with torch.inference_mode():
        return sum(
            best_seconds(part, repeats)
            for part in (
                lambda: inputs(x),
                lambda: block.attn1.out(x),
                lambda: attend_in_order(query, key, value, lengths),
                lambda: block.attn2.to_q(x),
                lambda: attend(query, words, words),
                lambda: block.attn2.out(x),
                lambda: up.proj(x),
                lambda: block.ffn.net[2](wide),
            )
        )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--latent-frames", type=int, default=17)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    tune_allocator()  # as `hanazora generate` does
    dtypes = [torch.float32]
    if has_bf16(torch.device("cpu")):
        dtypes.append(torch.bfloat16)
    print(f"{arguments.threads} threads")
    for recipe in (petal_cpu, petal_h200):
        for dtype in dtypes:
            peak = matmul_rate(dtype, arguments.repeats)
            rates = forward_rates(
                recipe().transformer, arguments.latent_frames, dtype, arguments.repeats
            )
            name = str(dtype).removeprefix("torch.")
            print(
                f"{recipe.__name__:11s} {rates.tokens} tokens {name:9s} "
                f"matmul {peak / 1e9:6.0f} GF/s  forward {rates.forward / 1e9:6.0f} GF/s  "
                f"ratio {rates.forward / peak:.2f}, ceiling {rates.ceiling / peak:.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
