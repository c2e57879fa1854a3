from hanazora.cli.data.judging import PACKED_TOKENS
from hanazora.data.packing import PackingConfig
from hanazora.data.sources.samples import SampleConfig
from hanazora.parallel.ranks import ALONE
from hanazora.recipes import petal_cpu, tune_cpu
from hanazora.train.starting import require_start


def test_it_starts_from_what_is_shipped_whatever_its_shape(tmp_path):
    config = tune_cpu()
    assert config.init_from == "bundled" and config.pool.num_clips == 0
    require_start(config, tmp_path, ALONE)


def test_it_is_gentle_and_shows_every_clip_whole():
    config, made = tune_cpu(), petal_cpu()
    assert config.optimizer.muon_lr <= made.optimizer.muon_lr / 10
    assert config.optimizer.lr <= made.optimizer.lr / 10
    assert config.packing.shorten == 0.0 and config.alignment.weight == 0.0
    assert config.packing.object_weight == PackingConfig().object_weight


def test_the_longest_sample_fits_a_packed_sequence():
    longest = SampleConfig()
    tokens = (longest.num_frames // 4 + 1) * longest.max_pixels // 32**2
    assert tokens <= tune_cpu().packing.num_tokens == PACKED_TOKENS
