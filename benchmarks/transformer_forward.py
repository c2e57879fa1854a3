"""How much of the machine's matmul rate a forward pass of the transformer reaches.

    python benchmarks/transformer_forward.py [--threads 2] [--tokens 2040]

Prints, for fp32 and for bf16 where the CPU multiplies it: the rate of one large matrix product of
the same dtype, the rate of the forward pass (operations counted by torch), and their ratio.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import torch
from torch.utils.flop_counter import FlopCounterMode

from hanazora.core.shapes import LatentShape
from hanazora.models.transformer.layout import Document, build_layout, split_chunks
from hanazora.models.transformer.model import (
    PromptEmbeds,
    VideoTransformer,
    VideoTransformerConfig,
)
from hanazora.parallel.device import has_bf16, tune_allocator
from hanazora.recipes import petal_cpu, petal_h200


def median_seconds(run: Callable[[], object], repeats: int) -> float:
    """Return the median time of a call after two warm-up calls."""
    for _ in range(2):
        run()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def matmul_rate(dtype: torch.dtype, repeats: int) -> float:
    """Return the machine's rate for a 2048 x 2048 x 2048 product, in flop/s."""
    a, b = torch.randn(2048, 2048, dtype=dtype), torch.randn(2048, 2048, dtype=dtype)
    return 2 * 2048**3 / median_seconds(lambda: a @ b, repeats)


def attention_flops(
    query: torch.Size, key: torch.Size, value: torch.Size, *_: object, **__: object
) -> int:
    """Count both products of one attention call (b heads n e, b heads m e)."""
    batch, heads, num_queries, width = query
    return 2 * batch * heads * num_queries * key[2] * (width + value[3])


def forward_rate(
    config: VideoTransformerConfig, num_frames: int, dtype: torch.dtype, repeats: int
) -> tuple[float, int]:
    """Return the rate of one forward pass over one clip, in flop/s, and its number of tokens."""
    model = VideoTransformer(config).to(dtype).eval()
    grid = LatentShape(num_frames, 6, 10)
    layout = build_layout([Document(grid, split_chunks(num_frames, config.chunk_frames))])
    tokens = torch.randn(layout.num_tokens, config.token_channels, dtype=dtype)
    sigma = torch.rand(len(layout.chunk_document))
    prompt = PromptEmbeds(
        torch.randn(1, 32, config.text_dim, dtype=dtype), torch.ones(1, 32, dtype=torch.bool)
    )

    def run() -> object:
        with torch.inference_mode():
            return model(tokens, sigma, layout, prompt)

    # Torch counts the attention kernels of GPUs only.
    kernel = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu
    with FlopCounterMode(display=False, custom_mapping={kernel: attention_flops}) as counter:
        run()
    return counter.get_total_flops() / median_seconds(run, repeats), layout.num_tokens


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
            rate, tokens = forward_rate(
                recipe().transformer, arguments.latent_frames, dtype, arguments.repeats
            )
            name = str(dtype).removeprefix("torch.")
            print(
                f"{recipe.__name__:11s} {tokens} tokens {name:9s} matmul {peak / 1e9:6.0f} GF/s  "
                f"forward {rate / 1e9:6.0f} GF/s  ratio {rate / peak:.2f}"
            )


if __name__ == "__main__":
    main()
