import dataclasses

import numpy as np
import pytest
import torch

import hanazora.train.autoencoder_loop as loop
from hanazora.core.errors import NonFiniteError, UserError
from hanazora.core.metrics import read_metrics
from hanazora.models.autoencoder.model import AutoencoderConfig, VideoAutoencoder
from hanazora.models.autoencoder.weights import load_autoencoder
from hanazora.models.layers.conv import split_cells
from hanazora.train.autoencoder_data import PoolClip, write_shard


def _moving_squares(seed):
    rng = np.random.default_rng(seed)
    frames = np.full((9, 32, 48, 3), rng.integers(0, 256, 3), np.uint8)
    top, left, colour = rng.integers(0, 16), rng.integers(0, 16), rng.integers(0, 256, 3)
    for index, frame in enumerate(frames):
        frame[top : top + 12, left + 2 * index : left + 2 * index + 12] = colour
    return PoolClip(frames=frames, fps=8.0, facts={}, captions=())


@pytest.fixture
def config(tmp_path):
    write_shard(tmp_path / "pool", "a", [_moving_squares(seed) for seed in range(12)])
    return loop.AutoencoderTrainConfig(
        run_dir=tmp_path / "run",
        pool_dir=tmp_path / "pool",
        autoencoder=AutoencoderConfig(
            latent_channels=8,
            encoder_widths=(16, 16),
            encoder_blocks=(1, 1),
            decoder_widths=(16, 16, 16),
            decoder_blocks=(1, 1, 1),
        ),
        steps=6,
        batch_pixels=30_000,
        crops=((5, 32, 32), (9, 16, 32)),
        warmup_steps=2,
        log_every=1,
    )


def _losses(config):
    return [(row["step"], row["loss"]) for row in read_metrics(config.run_dir / "metrics.jsonl")]


def test_run_cut_off_between_checkpoints_ends_bit_equal(config, tmp_path, monkeypatch):
    whole = loop.train_autoencoder(config)
    cut = dataclasses.replace(config, run_dir=tmp_path / "cut", checkpoint_every_s=0.0)
    save = loop._save_checkpoint

    def save_and_die(config, state):
        save(config, state)
        if state.step == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(loop, "_save_checkpoint", save_and_die)
    with pytest.raises(KeyboardInterrupt):
        loop.train_autoencoder(cut)
    monkeypatch.setattr(loop, "_save_checkpoint", save)
    resumed = loop.train_autoencoder(cut)
    assert resumed.step == whole.step == 6
    assert _losses(cut) == _losses(config) and len(_losses(cut)) == 6
    for part in ("autoencoder", "ema"):
        ours, theirs = getattr(resumed, part).state_dict(), getattr(whole, part).state_dict()
        assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_finished_run_leaves_a_normalised_model_that_loads(config):
    loop.train_autoencoder(config)
    autoencoder = load_autoencoder(config.run_dir / "autoencoder")
    frames = np.stack([_moving_squares(seed).frames for seed in range(12)])
    video = torch.from_numpy(frames).permute(0, 4, 1, 2, 3).float() / 127.5 - 1
    latents = autoencoder.encode(video)
    assert (latents.mean(dim=(0, 2, 3, 4)).abs() < 1.0).all()
    assert 0.5 < latents.std() < 2.0


def test_decoder_alone_can_be_trained_further_for_the_same_latents(config, tmp_path):
    loop.train_autoencoder(config)
    again = dataclasses.replace(
        config,
        run_dir=tmp_path / "again",
        init_from=config.run_dir / "autoencoder",
        freeze_encoder=True,
        flow_noise=0.3,
    )
    loop.train_autoencoder(again)
    before = load_autoencoder(config.run_dir / "autoencoder").state_dict()
    after = load_autoencoder(again.run_dir / "autoencoder").state_dict()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed and all(name.startswith("decoder.") for name in changed)


def test_time_bounded_run_ends(config):
    state = loop.train_autoencoder(dataclasses.replace(config, steps=None, seconds=0.3))
    assert state.step >= 1 and state.elapsed_s >= 0.3


def test_principal_components_alone_give_a_decent_picture():
    torch.manual_seed(0)
    autoencoder = VideoAutoencoder(AutoencoderConfig(latent_channels=8))
    # Pixels that are exactly a mean and eight patterns.
    cells = torch.randn(64, 8) @ torch.randn(8, 3072) + torch.randn(3072)
    patches = split_cells(split_cells(cells.view(4, 1, 4, 4, 3072)))
    loop.init_linear_path(autoencoder, iter([patches]))
    latents, _ = autoencoder.encode_groups(patches, None)
    again = split_cells(split_cells(autoencoder.decoder.linear_path(latents)))
    assert latents.std().item() == pytest.approx(1.0, abs=0.1)
    assert (again - patches).square().mean() < 1e-4 * patches.var()


def test_hidden_matrices_the_rest_and_the_linear_path_have_their_own_optimizers(config):
    autoencoder = VideoAutoencoder(config.autoencoder)
    muon, adamw, path = (
        {id(p) for group in optimizer.param_groups for p in group["params"]}
        for optimizer in loop.build_optimizers(config, autoencoder)
    )
    assert id(autoencoder.decoder.up_fine.weight) in muon
    assert {id(autoencoder.decoder.head.weight), id(autoencoder.encoder.stem.bias)} <= adamw
    assert id(autoencoder.encoder.linear_path.weight) in path
    assert muon | adamw | path == {id(p) for p in autoencoder.parameters()}


def test_loss_that_is_not_finite_stops_before_the_weights_change(config, monkeypatch):
    monkeypatch.setattr(
        loop, "autoencoder_loss", lambda *a: (a[1].sum() * float("nan"), torch.zeros(()))
    )
    with pytest.raises(NonFiniteError, match="step 0"):
        loop.train_autoencoder(config)
    assert not (config.run_dir / "checkpoint.pt").exists()


def test_run_is_bounded_by_exactly_one_of_steps_and_seconds(config):
    with pytest.raises(UserError, match="exactly one"):
        dataclasses.replace(config, seconds=5.0)
    with pytest.raises(UserError, match="init_from"):
        dataclasses.replace(config, freeze_encoder=True)
    with pytest.raises(UserError, match="freeze_encoder"):
        dataclasses.replace(config, flow_noise=0.3)
    with pytest.raises(UserError, match="off_domain"):
        dataclasses.replace(config, off_domain=1.5)
    with pytest.raises(UserError, match="ema_decay"):
        dataclasses.replace(config, ema_decay=1.0)


def test_visible_channels_get_more_variance_and_the_mean_variance_is_one() -> None:
    basis, deviation = torch.eye(3) * torch.tensor([9.0, 1.0, 1.0]), torch.tensor([1.0, 1.0, 4.0])
    scale = loop.visible_scale(basis, deviation)
    assert (scale**2).mean().item() == pytest.approx(1.0)
    assert (scale**2 / scale[1] ** 2).tolist() == pytest.approx([9.0, 1.0, 4.0])
