"""The one training loop of the transformer: rectified flow over packed chunks of any order."""

from pathlib import Path

import torch
from torch import nn

from hanazora.data.packing import PackedBatch, Packer
from hanazora.diffusion.noise import noise_generator
from hanazora.diffusion.weighting import flow_loss
from hanazora.models.layers.weights import load_part
from hanazora.models.text.encoder import TextEncoder
from hanazora.models.transformer.block import TransformerBlock
from hanazora.models.transformer.model import PromptEmbeds, VideoTransformer
from hanazora.parallel.device import Device, pick_device
from hanazora.parallel.heartbeat import Heartbeat
from hanazora.parallel.ranks import join_ranks, leave_ranks, sum_gradients
from hanazora.pipelines.model_directory import TEXT_ENCODER, Model, load_model, save_model
from hanazora.train.alignment import SceneHead
from hanazora.train.checkpoint import load_latest, save_checkpoint
from hanazora.train.ema import ExponentialMovingAverage
from hanazora.train.journal import Journal
from hanazora.train.optim import build_optimizers, schedule
from hanazora.train.own_past import with_own_past
from hanazora.train.pool import Source, open_source
from hanazora.train.samples import write_samples
from hanazora.train.starting import require_pool, require_start, start_dir, text_encoder_dir
from hanazora.train.state import TrainConfig, TrainState
from hanazora.train.watching.patience import Patience


def train(config: TrainConfig, run_dir: Path) -> TrainState:
    """Train the video transformer; a run that was cut off goes on by itself from ``run_dir``.

    The run directory is a model after every checkpoint: ``hanazora generate --model RUN``.
    Under torchrun the micro batches of a step are shared between the ranks.

    Raises:
        UserError: the run cannot start, or go on, as it is asked for.
        NonFiniteError: losses or gradients that are not finite, again after going back; the
            weights are left untouched.
    """
    device = pick_device(config.device, config.dtype)
    ranks = join_ranks(device.torch)
    require_start(config, run_dir, ranks)
    run_dir.mkdir(parents=True, exist_ok=True)
    source = open_source(config.pool, run_dir, device, ranks)
    require_pool(config, run_dir, source, ranks)
    state = build_state(config, run_dir, source, device)
    ema = ExponentialMovingAverage(state.modules, config.ema_decay)
    optimizers = build_optimizers(config.optimizer, state.modules)
    if state.scene_head is not None:
        state.scene_head.listen(state.transformer)
    packer = build_packer(config, source)
    state.step = load_latest(run_dir, state.modules, ema, optimizers)
    if config.compile:
        compile_blocks(state.transformer)

    with (
        Journal(config, run_dir, state.step, ranks) as journal,
        Heartbeat(run_dir, ranks, state.step) as heartbeat,
    ):
        patience = Patience(packer, journal)
        while state.step < config.steps:
            losses = torch.zeros(config.num_micro_batches)
            for part in ranks.share(config.num_micro_batches):
                batch = recall_own_past(config, state, packer.batch(state.step, part), part, device)
                losses[part] = add_gradients(config, state, batch, device, journal)
            heartbeat.beat(state.step)
            losses = sum_gradients(parameters(state.modules), losses, ranks)
            norm = torch.nn.utils.clip_grad_norm_(
                parameters(state.modules), config.optimizer.max_norm
            )
            if patience.allows(state.step, losses, norm):  # before the weights are touched
                optimizers.set_scale(schedule(state.step, config.steps, config.optimizer))
                optimizers.step()
                ema.update(state.modules, state.step)
                state.loss = journal.log(state.step + 1, float(losses.mean()), float(norm))
            else:
                optimizers.forget()
            state.step += 1
            if patience.is_over:
                state.step = load_latest(run_dir, state.modules, ema, optimizers)
                patience.go_back(state.step)

            last = state.step == config.steps or reached(state.loss, config.target_loss)
            checkpoint = due(state.step, config.checkpoint_every) and not patience.is_tried
            if ranks.is_first and (last or checkpoint):
                save_checkpoint(run_dir, state.step, state.modules, ema, optimizers)
                export(config, run_dir, ema, source)
            if ranks.is_first and config.sample_every and due(state.step, config.sample_every):
                write_samples(
                    load_model(run_dir), run_dir / "samples" / f"step_{state.step:07d}.png"
                )
            if last:
                break
    leave_ranks()
    return state


def build_state(config: TrainConfig, run_dir: Path, source: Source, device: Device) -> TrainState:
    """Make the trained modules: fresh from the seed, or from another model's weights."""
    torch.manual_seed(int(torch.randint(2**31, (), generator=noise_generator("init", config.seed))))
    transformer, text_encoder = (
        VideoTransformer(config.transformer),
        TextEncoder(config.text_encoder),
    )
    if config.text_encoder.vocab_size < source.tokenizer.vocab_size:
        raise ValueError(
            f"text_encoder.vocab_size {config.text_encoder.vocab_size} is smaller than the "
            f"tokenizer's {source.tokenizer.vocab_size}"
        )
    if config.init_from:
        model = load_model(start_dir(config.init_from))
        transformer.load_state_dict(model.transformer.state_dict())
        text_encoder.load_state_dict(model.text_encoder.state_dict())
    else:
        transformer.initialise()
        text_encoder.initialise()
        if transformer.latents_variance is not None:
            transformer.latents_variance.copy_(source.pool.channel_variance())
    if config.text_encoder_from:
        start = text_encoder_dir(config.text_encoder_from)
        text_encoder.load_state_dict(load_part(TextEncoder, TEXT_ENCODER, start)[0].state_dict())
    state = TrainState(run_dir, transformer.to(device.torch), text_encoder.to(device.torch))
    state.text_encoder.requires_grad_(not config.freeze_text_encoder)
    if config.alignment.weight:
        state.scene_head = SceneHead(config.alignment, transformer).to(device.torch)
    return state


def build_packer(config: TrainConfig, source: Source) -> Packer:
    """Make the batch drawer of a run."""
    max_length = config.text_encoder.max_length
    return Packer(
        pool=source.pool,
        tokenize=lambda texts: source.tokenizer.encode_batch(texts, max_length),
        config=config.packing,
        timesteps=config.timesteps,
        orders=config.orders,
        patch_size=config.transformer.patch_size,
        chunk_frames=config.transformer.chunk_frames,
        causal=config.transformer.causal,
        seed=config.seed,
    )


def add_gradients(
    config: TrainConfig, state: TrainState, batch: PackedBatch, device: Device, journal: Journal
) -> torch.Tensor:
    """Add the gradients of one micro batch of a step, and return its flow loss."""
    with torch.autocast(device.type, device.dtype, enabled=device.dtype != torch.float32):
        prediction = predict(state, batch, device)
    to = prediction.device
    weight = batch.weight.to(to)
    loss = flow_loss(prediction, batch.target.to(to), weight)
    extra = align(state, batch, weight)
    ((loss + extra) / config.num_micro_batches).backward()
    journal.count(batch, prediction.detach(), float(extra.detach()))
    return loss.detach()


def recall_own_past(
    config: TrainConfig, state: TrainState, batch: PackedBatch, part: int, device: Device
) -> PackedBatch:
    """Let the model make the given chunks of a micro batch itself, as often as the run asks."""

    def make_again(batch: PackedBatch) -> torch.Tensor:
        with torch.autocast(device.type, device.dtype, enabled=device.dtype != torch.float32):
            return predict(state, batch, device)

    generator = noise_generator("own past", config.seed, state.step, part)
    patch_size = config.transformer.patch_size
    return with_own_past(batch, config.own_past, patch_size, make_again, generator)


def predict(state: TrainState, batch: PackedBatch, device: Device) -> torch.Tensor:
    """Velocity of every token of a packed batch."""
    to = device.torch
    mask = batch.text_mask.to(to)
    embeds = state.text_encoder(batch.text_ids.to(to), mask)
    prediction, _ = state.transformer(
        batch.noisy.to(to, device.dtype),
        batch.sigma.to(to),
        batch.layout.to(to),
        PromptEmbeds(embeds, mask),
    )
    return prediction


def align(state: TrainState, batch: PackedBatch, weight: torch.Tensor) -> torch.Tensor:
    """What the scene head adds to the loss of the batch that was just predicted."""
    if state.scene_head is None:
        return weight.new_zeros(())
    return state.scene_head.loss(batch.labels.to(weight.device), weight)


def parameters(modules: dict[str, nn.Module]) -> list[nn.Parameter]:
    """All trained weights, in one order."""
    return [p for module in modules.values() for p in module.parameters() if p.requires_grad]


def compile_blocks(transformer: VideoTransformer) -> None:
    """Compile the pieces of every block; equal blocks share one compilation."""
    for block in transformer.blocks:
        assert isinstance(block, TransformerBlock)
        block.compile_pieces()


def export(
    config: TrainConfig, run_dir: Path, ema: ExponentialMovingAverage, source: Source
) -> None:
    """Write the averaged weights as a model directory."""
    transformer, text_encoder = ema.modules["transformer"], ema.modules["text_encoder"]
    assert isinstance(transformer, VideoTransformer) and isinstance(text_encoder, TextEncoder)
    save_model(
        Model(transformer, source.autoencoder, text_encoder, source.tokenizer, config.sampler),
        run_dir,
    )


def due(step: int, every: int) -> bool:
    """Whether something that happens every ``every`` steps happens now."""
    return step % every == 0


def reached(loss: float, target: float | None) -> bool:
    """Whether a run may stop early."""
    return target is not None and loss <= target
