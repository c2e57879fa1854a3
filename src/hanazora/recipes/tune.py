"""Runs that teach the bundled model somebody's own clips."""

from dataclasses import replace

from hanazora.core.paths import bundled_model_dir
from hanazora.models.layers.weights import read_config
from hanazora.pipelines.model_directory import TEXT_ENCODER, read_settings
from hanazora.recipes.petal import petal_cpu
from hanazora.train.alignment import AlignmentConfig
from hanazora.train.optim import OptimizerConfig
from hanazora.train.pool import PoolConfig
from hanazora.train.state import TrainConfig


def tune_cpu() -> TrainConfig:
    """The bundled model taught your own clips, and nothing else: 200 steps on a CPU.

    ``hanazora data encode CLIPS POOL``, then ``hanazora train tune_cpu --set pool.directory=POOL``.
    The rates are a tenth of those it was made with, so it learns what is new and keeps most of what
    it knew; no other clips are mixed in. Every clip is trained on whole, at the size that
    ``hanazora data check`` prints. The text encoder stays as it is: it reads any words, by their
    bytes where it must; ``--set freeze_text_encoder=false`` teaches it yours.
    """
    bundled = bundled_model_dir()
    settings = read_settings(bundled)
    recipe = petal_cpu()
    return replace(
        recipe,
        name="tune_cpu",
        steps=200,
        init_from="bundled",
        text_encoder_from="",
        freeze_text_encoder=True,
        # The shapes and the sampler of what is shipped, whatever that comes to be.
        transformer=settings.transformer,
        text_encoder=read_config(TEXT_ENCODER, bundled / "text_encoder"),
        sampler=settings.sampler,
        pool=PoolConfig(num_clips=0),
        num_micro_batches=1,
        packing=replace(recipe.packing, shorten=0.0, object_weight=1.0),
        alignment=AlignmentConfig(),
        optimizer=OptimizerConfig(muon_lr=4e-4, lr=1.5e-4, warmup_steps=10),
        ema_decay=0.98,
        compile=False,
        log_every=5,
        checkpoint_every=50,
        sample_every=0,
    )
