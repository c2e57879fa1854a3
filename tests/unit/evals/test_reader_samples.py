from typing import NamedTuple

import numpy as np
import torch

from hanazora.evals.reader_samples import gather_samples, load_sets, make_sets, save_sets
from hanazora.models.autoencoder.model import AutoencoderConfig, VideoAutoencoder


class Clip(NamedTuple):
    frames: np.ndarray
    facts: dict


def test_samples_are_made_once(clip, facts, tmp_path):
    clips = [Clip(clip(9, 48, 80), facts), Clip(clip(1, 48, 80), facts)]
    moving, still = gather_samples(clips, tmp_path)
    assert (len(moving), len(still)) == (1, 1)
    (path,) = tmp_path.glob("*.pt")
    written = path.stat().st_mtime_ns
    again, _ = gather_samples(clips, tmp_path)
    assert path.stat().st_mtime_ns == written
    assert torch.equal(again.looks, moving.looks)


def test_a_kind_of_sample_may_be_missing(clip, facts, tmp_path):
    save_sets(make_sets([Clip(clip(1, 48, 80), facts)], 0, None), tmp_path / "x.pt")
    moving, still = load_sets(tmp_path / "x.pt")
    assert moving is None
    assert len(still) == 1


def test_some_clips_are_read_through_the_autoencoder(clip, facts):
    torch.manual_seed(0)
    autoencoder = VideoAutoencoder(
        AutoencoderConfig(encoder_widths=(8, 8), decoder_widths=(8, 8, 8), decoder_blocks=(0, 0, 0))
    ).to(torch.bfloat16)
    clips = [Clip(clip(9, 48, 80), facts)] * 2
    plain, decoded = (make_sets(clips, 0, part)[0] for part in (None, autoencoder))
    assert not torch.equal(plain.looks[0], decoded.looks[0])
    assert torch.equal(plain.looks[1], decoded.looks[1])
