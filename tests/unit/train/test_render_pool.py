import json

import numpy as np
import pytest

from hanazora.core.errors import UserError
from hanazora.train.autoencoder_data import ClipPool, PoolClip
from hanazora.train.render_pool import (
    CAPTION_LENGTHS,
    RenderPoolConfig,
    choose_size,
    main,
    plain,
    render_pool,
    render_seeds,
)

RENDERED = []


def _fake(config, seeds):
    RENDERED.extend(seeds)
    return [
        PoolClip(
            frames=np.full((1, 16, 16, 3), seed % 256, np.uint8),
            fps=config.fps,
            facts={"seed": seed},
            captions=(f"clip {seed}",),
        )
        for seed in seeds
    ]


def test_pool_goes_on_where_it_was_cut_off_and_grows(tmp_path):
    RENDERED.clear()
    config = RenderPoolConfig(directory=tmp_path, num_clips=6, clips_per_shard=3, num_workers=1)
    render_pool(config, _fake)
    (tmp_path / "train-00000003-00000006.jsonl").unlink()  # as if killed in the second shard
    render_pool(config, _fake)
    assert RENDERED == [0, 1, 2, 3, 4, 5, 3, 4, 5]
    larger = RenderPoolConfig(directory=tmp_path, num_clips=8, clips_per_shard=3, num_workers=1)
    render_pool(larger, _fake)
    assert RENDERED[9:] == [6, 7]
    assert [clip.facts["seed"] for clip in ClipPool(tmp_path)] == list(range(8))


def test_world_clips_carry_facts_spec_and_captions(tmp_path):
    config = RenderPoolConfig(
        directory=tmp_path,
        num_clips=2,
        num_frames=((2, 1.0),),
        sizes=((32, 48, 0.5), (48, 32, 0.5)),
        fps=4.0,
    )
    seeds = [3, 4, 5, 6]
    clips = render_seeds(config, seeds)
    for seed, clip in zip(seeds, clips, strict=True):
        assert clip.frames.shape == (2, *choose_size(config, seed)[1], 3)
        assert clip.facts["spec"]["seed"] == seed and clip.fps == 4.0
        assert len(clip.captions) == len(CAPTION_LENGTHS) and all(clip.captions)
        json.dumps(clip.facts)
    assert len({clip.frames.shape for clip in clips}) == 2


def test_lengths_and_sizes_follow_their_shares_and_the_seed(tmp_path):
    config = RenderPoolConfig(
        directory=tmp_path, num_clips=1, num_frames=((17, 0.75), (1, 0.25)), sizes=((16, 32, 1.0),)
    )
    drawn = [choose_size(config, seed) for seed in range(200)]
    assert drawn == [choose_size(config, seed) for seed in range(200)]
    assert 0.6 < sum(frames == 17 for frames, _ in drawn) / 200 < 0.9
    assert {size for _, size in drawn} == {(16, 32)}


def test_plain_turns_arrays_and_tuples_into_json():
    value = {"box": np.array([[1.23456, 2.0]]), 3: (np.float32(0.5), True, None, "x")}
    assert plain(value) == {"box": [[1.235, 2.0]], "3": [0.5, True, None, "x"]}


def test_command_line_takes_sizes_and_lengths(tmp_path):
    main(
        [str(tmp_path), "--num-clips", "1", "--num-workers", "1", "--first-seed", "7"]
        + ["--num-frames", "[[1, 1.0]]", "--sizes", "[[32, 48, 1.0]]"]
    )
    assert ClipPool(tmp_path).shape(0) == (1, 32, 48)


def test_config_refuses_an_empty_pool(tmp_path):
    with pytest.raises(UserError, match="at least 1"):
        RenderPoolConfig(directory=tmp_path, num_clips=0)
