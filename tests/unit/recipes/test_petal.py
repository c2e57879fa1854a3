from hanazora.core.config import from_dict, to_dict
from hanazora.models.transformer.model import VideoTransformer
from hanazora.recipes import petal_cpu, petal_h200
from hanazora.train.state import TrainConfig


def test_the_recipe_on_cpu_fits_into_the_package() -> None:
    transformer = VideoTransformer(petal_cpu().transformer)
    assert sum(p.numel() for p in transformer.parameters()) < 16e6


def test_recipes_survive_their_json_form() -> None:
    for config in (petal_cpu(), petal_h200()):
        assert from_dict(TrainConfig, to_dict(config)) == config
