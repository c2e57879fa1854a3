"""Runs that end in seconds on a laptop: the whole path at the smallest size."""

from dataclasses import replace

from hanazora.data.packing import PackingConfig
from hanazora.diffusion.timesteps import TimestepConfig
from hanazora.models.text.encoder import TextEncoderConfig
from hanazora.models.transformer.model import VideoTransformerConfig
from hanazora.pipelines.context.memory import MemoryConfig
from hanazora.pipelines.sampler import SamplerConfig
from hanazora.train.optim import OptimizerConfig
from hanazora.train.pool import PoolConfig
from hanazora.train.state import TrainConfig


def tiny_cpu() -> TrainConfig:
    """Render 12 small clips, encode them, train 40 steps; under a minute on 2 cores.

    ``hanazora train tiny_cpu``. The samples are noise with the right colours at best: it proves the
    path, and a run that was killed goes on bit for bit.
    """
    return TrainConfig(
        name="tiny_cpu",
        steps=40,
        pool=PoolConfig(
            num_clips=12,
            sizes=((64, 96, 0.5), (96, 64, 0.25), (64, 64, 0.25)),
            num_frames=((1, 0.4), (5, 0.4), (9, 0.2)),
        ),
        packing=PackingConfig(num_tokens=128),
        transformer=VideoTransformerConfig(
            hidden_size=64, num_layers=2, num_heads=2, mlp_size=128, text_dim=32, freq_dim=64
        ),
        text_encoder=TextEncoderConfig(hidden_size=32, num_layers=1, num_heads=2),
        optimizer=OptimizerConfig(warmup_steps=5),
        sampler=SamplerConfig(num_inference_steps=4, memory=MemoryConfig(trained_frames=3)),
        ema_decay=0.9,
        dtype="fp32",
        log_every=1,
        checkpoint_every=5,
    )


def overfit_one() -> TrainConfig:
    """Learn one clip by heart: the loss must reach 0.4 within 300 steps, about half a minute.

    ``hanazora train overfit_one``. The first thing to run when training does not learn: if this
    fails, the fault is in the code or the machine, not in the data. Untrained, the loss is about
    1.5; without any structure in the clip (white latents) step 300 has 0.34.
    """
    return replace(
        tiny_cpu(),
        name="overfit_one",
        steps=300,
        pool=PoolConfig(num_clips=1, sizes=((64, 96, 1.0),), num_frames=((5, 1.0),)),
        packing=PackingConfig(num_tokens=96, text_dropout=0.0, shorten=0.0),
        timesteps=TimestepConfig(context_share=0.0),
        transformer=VideoTransformerConfig(
            hidden_size=128, num_layers=3, num_heads=2, mlp_size=256, text_dim=32, freq_dim=64
        ),
        optimizer=OptimizerConfig(warmup_steps=10, decay_share=0.5),
        log_every=10,
        checkpoint_every=300,
        target_loss=0.4,
    )
