"""The configuration of a training run, and the modules it trains."""

from dataclasses import dataclass, field
from pathlib import Path

from torch import nn

from hanazora.data.packing import PackingConfig
from hanazora.diffusion.order import OrderConfig
from hanazora.diffusion.timesteps import TimestepConfig
from hanazora.models.text.encoder import TextEncoder, TextEncoderConfig
from hanazora.models.transformer.model import VideoTransformer, VideoTransformerConfig
from hanazora.pipelines.sampler import SamplerConfig
from hanazora.train.alignment import AlignmentConfig, SceneHead
from hanazora.train.optim import OptimizerConfig
from hanazora.train.own_past import OwnPastConfig
from hanazora.train.pool import PoolConfig


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainConfig:
    """One training run of the transformer and its text encoder."""

    name: str
    """Name of the recipe."""
    seed: int = 0
    """Decides weights, data order, orders, noise levels and noise."""
    steps: int = 1000
    """Optimizer steps of the whole run."""
    num_micro_batches: int = 1
    """Packed sequences per optimizer step."""
    pool: PoolConfig = field(default_factory=PoolConfig)
    """Which clips are rendered and encoded before the first step."""
    packing: PackingConfig = field(default_factory=PackingConfig)
    """What one packed sequence holds."""
    timesteps: TimestepConfig = field(default_factory=TimestepConfig)
    """How noise levels are drawn."""
    orders: OrderConfig = field(default_factory=OrderConfig)
    """How generation orders are drawn."""
    own_past: OwnPastConfig = field(default_factory=OwnPastConfig)
    """How often given chunks are made again by the model, as they are in a rollout."""
    transformer: VideoTransformerConfig = field(default_factory=VideoTransformerConfig)
    """Shape of the transformer."""
    text_encoder: TextEncoderConfig = field(default_factory=TextEncoderConfig)
    """Shape of the text encoder."""
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig)
    """Learning rates and schedule."""
    alignment: AlignmentConfig = field(default_factory=AlignmentConfig)
    """What else the middle of the transformer is taught."""
    sampler: SamplerConfig = field(default_factory=SamplerConfig)
    """Default sampler written into the model directory."""
    ema_decay: float = 0.999
    """Decay of the weight average that is sampled and shipped."""
    dtype: str = "auto"
    """Compute type of the matrix products: auto, bf16 or fp32 (weights stay fp32)."""
    device: str = "auto"
    """auto, cpu or cuda."""
    compile: bool = False
    """Compile each block (needs a C++ compiler); the maths stays the same, the last bits do not."""
    log_every: int = 10
    """Steps between lines in metrics.jsonl."""
    sample_every: int = 0
    """Steps between contact sheets of samples; 0 for none."""
    checkpoint_every: int = 500
    """Steps between checkpoints; the last step always makes one."""
    init_from: str = ""
    """Model directory (or "bundled") whose weights are the start; empty for fresh ones."""
    text_encoder_from: str = ""
    """Directory of a text encoder (or "bundled") that starts this one; empty for `init_from`'s."""
    freeze_text_encoder: bool = False
    """Leave the text encoder as it is: the recipe petal_text has taught it to read."""
    target_loss: float | None = None
    """Stop as soon as the mean loss of a log interval is at most this (overfit-one)."""

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise ValueError(f"steps is {self.steps}; a run has at least 1")
        if self.num_micro_batches < 1:
            raise ValueError(
                f"num_micro_batches is {self.num_micro_batches}; it must be at least 1"
            )
        if self.freeze_text_encoder and not (self.init_from or self.text_encoder_from):
            raise ValueError(
                "freeze_text_encoder needs init_from or text_encoder_from: "
                "a fresh encoder reads nothing"
            )
        if self.transformer.text_dim != self.text_encoder.hidden_size:
            raise ValueError(
                f"transformer.text_dim {self.transformer.text_dim} differs from "
                f"text_encoder.hidden_size {self.text_encoder.hidden_size}"
            )


@dataclass
class TrainState:
    """Where a run stands."""

    run_dir: Path
    transformer: VideoTransformer
    text_encoder: TextEncoder
    scene_head: SceneHead | None = None
    step: int = 0
    loss: float = float("nan")

    @property
    def modules(self) -> dict[str, nn.Module]:
        """The trained modules by name."""
        modules: dict[str, nn.Module] = {
            "transformer": self.transformer,
            "text_encoder": self.text_encoder,
        }
        return modules if self.scene_head is None else {**modules, "scene_head": self.scene_head}
