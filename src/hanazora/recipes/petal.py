"""The bundled model: Petal, trained on the procedural world."""

from dataclasses import replace

from hanazora.data.packing import PackingConfig
from hanazora.diffusion.timesteps import TimestepConfig
from hanazora.models.text.encoder import TextEncoderConfig
from hanazora.models.transformer.model import VideoTransformerConfig
from hanazora.pipelines.context.memory import MemoryConfig
from hanazora.pipelines.sampler import SamplerConfig
from hanazora.train.alignment import AlignmentConfig
from hanazora.train.optim import OptimizerConfig
from hanazora.train.own_past import OwnPastConfig
from hanazora.train.pool import PoolConfig
from hanazora.train.state import TrainConfig

SIZES = ((192, 320, 0.82), (320, 192, 0.06), (256, 256, 0.06), (160, 384, 0.06))


def petal_cpu() -> TrainConfig:
    """The bundled model's shape and rates: 9 M parameters, for 2 cores.

    ``hanazora train petal_cpu``: renders 26,500 clips, most of them pictures, encodes them, then
    trains with the bundled text encoder (recipe petal_text) as it is; 2,700 tokens a second were
    measured on 2 busy cores. How the shipped weights came about is in MODEL_CARD.md. A run that was
    cut off goes on; a longer one needs only ``--set steps=N`` and, to start from what is shipped,
    ``--set init_from=bundled``.
    """
    return TrainConfig(
        name="petal_cpu",
        steps=4000,
        pool=PoolConfig(
            num_clips=26_500,
            sizes=SIZES,
            num_frames=((1, 0.73), (5, 0.07), (9, 0.1), (17, 0.1)),
            num_workers=2,
            keep_clips=False,
        ),
        num_micro_batches=2,
        packing=PackingConfig(num_tokens=2048, video_share=0.45, shorten=0.25, object_weight=4.0),
        # Half of the levels lie above .8: what a sentence decides is decided there. The wide spread
        # leaves some for the fine channels, which are decided below .3. The past is clean in most
        # documents, as it is in every rollout (decision 0009).
        timesteps=TimestepConfig(flow_shift=4.0, logit_std=1.4, context_share=0.9, clean_share=0.8),
        # A rollout goes on from what the model made, so training does in part (decision 0010).
        own_past=OwnPastConfig(share=0.6, lowest=0.1, highest=0.85),
        sampler=SamplerConfig(
            num_inference_steps=8,
            flow_shift=5.0,
            guidance_scale=5.0,
            max_guided_sigma=0.93,
            late_guidance=0.5,
        ),
        transformer=VideoTransformerConfig(
            hidden_size=256, num_layers=8, num_heads=4, mlp_size=1024, rope_theta=1000.0
        ),
        text_encoder=TextEncoderConfig(),
        text_encoder_from="bundled",
        freeze_text_encoder=True,
        alignment=AlignmentConfig(weight=0.05, num_blocks=4),
        optimizer=OptimizerConfig(warmup_steps=60),
        ema_decay=0.998,
        compile=True,
        checkpoint_every=100,
        sample_every=500,
    )


def petal_h200() -> TrainConfig:
    """The larger bundled model: 448 x 14, one H200 for 20 to 25 minutes.

    Not run yet. The pool is rendered on the training machine, on the GPU, by as many workers as
    it has cores for staging; no pixels are kept.
    """
    return replace(
        petal_cpu(),
        name="petal_h200",
        steps=8000,
        pool=PoolConfig(
            num_clips=60_000,
            sizes=SIZES,
            num_frames=((1, 0.3), (17, 0.5), (33, 0.2)),
            num_workers=14,
            keep_clips=False,
            device="cuda",
        ),
        num_micro_batches=1,
        packing=PackingConfig(num_tokens=65_536, object_weight=4.0),
        transformer=VideoTransformerConfig(
            hidden_size=448, num_layers=14, num_heads=7, mlp_size=1792, rope_theta=1000.0
        ),
        sampler=SamplerConfig(
            flow_shift=2.0, late_guidance=0.5, memory=MemoryConfig(trained_frames=9)
        ),
        alignment=AlignmentConfig(weight=0.05, num_blocks=6),
        optimizer=OptimizerConfig(warmup_steps=200),
        ema_decay=0.999,
    )
