import pytest

from hanazora.cli.data.options import SampleOptions
from hanazora.core.errors import UserError
from hanazora.data.sources.samples import SampleConfig


def test_what_is_not_said_is_what_the_bundled_model_knows():
    assert SampleOptions().config() == SampleConfig()


def test_a_size_means_its_number_of_pixels():
    made = SampleOptions(size="640x360", fps=12.0, num_frames=33).config()
    assert made == SampleConfig(fps=12.0, num_frames=33, max_pixels=640 * 360)


def test_a_rule_that_cannot_be_met_is_refused():
    with pytest.raises(UserError, match="try 29"):
        SampleOptions(num_frames=32).config()
