import shutil

import numpy as np
import pytest
import torch

from hanazora.core.errors import UserError
from hanazora.data.contents import pool_fingerprint, pool_sizes
from hanazora.data.latent_pool import LatentPool, LatentPoolWriter
from hanazora.data.sources.encoding import (
    Encoder,
    encode_frames,
    encode_source,
    give_back,
    read_autoencoder_sha256,
    read_encoder,
    read_samples,
)
from hanazora.data.sources.judging import judge_source
from hanazora.data.sources.samples import SOURCE_LIMITS, SampleConfig
from hanazora.media.guarded import GuardedReader
from hanazora.models.autoencoder.model import AutoencoderConfig, VideoAutoencoder
from hanazora.models.autoencoder.weights import save_autoencoder
from hanazora.parallel.device import pick_device

EIGHT = [index / 8 for index in range(17)]
TINY = AutoencoderConfig(
    encoder_widths=(16, 16), encoder_blocks=(1, 0),
    decoder_widths=(16, 16, 16), decoder_blocks=(0, 1, 1),
)  # fmt: skip


@pytest.fixture(scope="module")
def reader():
    with GuardedReader(SOURCE_LIMITS) as made:
        yield made


@pytest.fixture(scope="module")
def encoder():
    torch.manual_seed(0)
    return Encoder(VideoAutoencoder(TINY).eval(), "abc", pick_device("cpu", "fp32"))


@pytest.fixture
def source(tmp_path, write_clip):
    folder = tmp_path / "clips"
    folder.mkdir()
    write_clip(folder / "a.mp4", EIGHT, "one")
    write_clip(folder / "b.mp4", [index / 8 for index in range(22)], "two", size=(64, 64))
    write_clip(folder / "c.mp4", [0, 0.04], "three")
    return folder


def encode(source, root, encoder, reader, max_bad=3):
    report = judge_source(source, SampleConfig(), reader)
    return encode_source(report, root, encoder, reader, max_bad=max_bad)


def test_the_pool_holds_what_was_judged(tmp_path, source, encoder, reader):
    report = judge_source(source, SampleConfig(), reader)
    made = encode_source(report, tmp_path / "pool", encoder, reader, max_bad=0)
    pool = LatentPool(tmp_path / "pool" / "latents")
    assert made == (4, 3, []) and len(pool) == 4
    assert pool_sizes(pool, (1, 2, 2)) == report.sizes
    captions = [entry.captions for entry in pool.entries]
    assert captions == [("one",), ("two",), ("two",), ("three",)]
    assert pool.labels(0, 5) is None
    assert read_autoencoder_sha256(tmp_path / "pool") == "abc"
    for clip, number in ((0, 0), (1, 1)):
        frames = next(read_samples([report.clips[clip]], reader))[2]
        video = torch.from_numpy(frames).permute(3, 0, 1, 2)[None].float() / 127.5 - 1
        whole = encoder.network.encode(video)[0]
        assert (pool.latents(number) - whole).abs().max() < 0.02 * whole.abs().max()


def test_a_second_time_only_what_is_new_is_encoded(tmp_path, source, encoder, reader, write_clip):
    root = tmp_path / "pool"
    encode(source, root, encoder, reader)
    before = pool_fingerprint(root / "latents", LatentPool(root / "latents"))
    written = (root / "latents" / "latents.bin").stat().st_mtime_ns
    assert encode(source, root, encoder, reader) == (4, 0, [])
    assert (root / "latents" / "latents.bin").stat().st_mtime_ns == written
    # As after a kill: one file is missing, and the pool is not joined.
    shutil.rmtree(next((root / "encoded").iterdir()))
    shutil.rmtree(root / "latents")
    (root / "source.json").unlink()
    assert encode(source, root, encoder, reader) == (4, 1, [])
    assert pool_fingerprint(root / "latents", LatentPool(root / "latents")) == before
    (source / "a.txt").write_text("another caption")
    write_clip(source / "d.mp4", EIGHT, "four")
    assert encode(source, root, encoder, reader) == (5, 2, [])
    assert encode(source, root, encoder._replace(sha256="def"), reader).num_encoded == 4
    assert pool_fingerprint(root / "latents", LatentPool(root / "latents")) != before


def test_bad_files_are_named_and_skipped_up_to_a_limit(tmp_path, source, encoder, reader):
    report = judge_source(source, SampleConfig(), reader)
    (source / "a.mp4").write_bytes(b"broken since it was judged")
    made = encode_source(report, tmp_path / "pool", encoder, reader, max_bad=1)
    assert made.num_samples == 3 and [one.file for one in made.dropped] == [str(source / "a.mp4")]
    assert not list((tmp_path / "pool" / "encoded").glob(".*"))
    with pytest.raises(UserError, match=r"1 files are bad: at most 0 .*a.mp4.*--max-bad 2"):
        encode_source(report, tmp_path / "other", encoder, reader, max_bad=0)
    for path in source.glob("*.mp4"):
        path.write_bytes(b"")
    with pytest.raises(UserError, match="none of 3 files can be decoded"):
        encode_source(report, tmp_path / "third", encoder, reader, max_bad=9)


def test_a_rendered_pool_is_not_written_over(tmp_path, source, encoder, reader):
    writer = LatentPoolWriter(tmp_path / "pool" / "latents", 48)
    writer.append(torch.zeros(48, 1, 2, 2), ["x"])
    writer.close()
    with pytest.raises(UserError, match="holds another pool"):
        encode(source, tmp_path / "pool", encoder, reader)


def test_pieces_give_what_the_whole_gives(encoder, clip):
    frames = clip(37, 32, 64)
    video = torch.from_numpy(frames).permute(3, 0, 1, 2)[None].float() / 127.5 - 1
    whole = encoder.network.encode(video)[0]
    assert (encode_frames(frames, encoder) - whole).abs().max() < 1e-4


def test_what_the_autoencoder_gives_back_is_a_sample_again(tmp_path, clip):
    torch.manual_seed(0)
    save_autoencoder(VideoAutoencoder(TINY), tmp_path)
    encoder = read_encoder(tmp_path, pick_device("cpu", "fp32"))
    assert len(encoder.sha256) == 64
    frames = clip(5, 32, 64)
    returned = give_back(frames, encoder)
    assert returned.shape == frames.shape and returned.dtype == np.uint8
