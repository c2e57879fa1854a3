from dataclasses import replace
from pathlib import Path

import pytest
import torch

from hanazora.data.latent_pool import LatentPoolWriter
from hanazora.models.autoencoder.model import VideoAutoencoder
from hanazora.models.layers.weights import save_part
from hanazora.recipes import RECIPES, overfit_one, tiny_autoencoder


def test_every_recipe_is_listed_under_its_own_name() -> None:
    for name, build in RECIPES.items():
        config = build()
        assert getattr(config, "name", name) == name


@pytest.mark.timeout(400)
def test_overfit_one_reaches_its_loss_within_300_steps(tmp_path: Path) -> None:
    """The clip is given as latents: white ones, which are harder to learn than a picture's."""
    from hanazora.train.loop import train

    torch.manual_seed(0)
    config = tiny_autoencoder().autoencoder
    save_part(VideoAutoencoder(config), config, tmp_path / "autoencoder")
    writer = LatentPoolWriter(tmp_path / "pool" / "latents", 48)
    writer.append(torch.randn(48, 2, 4, 6), ["one clip"])
    writer.close()
    recipe = overfit_one()
    pool = replace(
        recipe.pool,
        directory=str(tmp_path / "pool"),
        autoencoder_dir=str(tmp_path / "autoencoder"),
    )
    state = train(replace(recipe, pool=pool), tmp_path / "run")
    assert recipe.target_loss is not None and state.loss <= recipe.target_loss
    assert state.step <= 300
