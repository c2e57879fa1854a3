import pytest
import torch

from hanazora.core.errors import ModelError, UserError
from hanazora.evals.scene_reader import (
    CLIP_FACTS,
    GRID,
    WEIGHTS_DIR,
    ReaderInput,
    SceneReader,
    SceneReaderConfig,
    load_reader,
    look_times,
    prepare,
    read_clips,
    read_inputs,
)
from hanazora.models.layers.weights import save_part
from hanazora.world.clip import render_clip
from hanazora.world.spec import SceneSpec, SubjectSpec
from hanazora.world.vocabulary import COLOURS, KINDS


@pytest.mark.parametrize("shape", [(9, 192, 320), (1, 33, 47), (2, 320, 180)])
def test_a_clip_of_any_size_is_read(reader, shape):
    torch.manual_seed(0)
    (found,) = read_clips(reader, torch.rand(1, 3, *shape) * 2 - 1)
    assert set(found.clip) == {*CLIP_FACTS, "camera"}
    assert found.bindings.shape == (len(KINDS), len(COLOURS))
    assert found.kinds.min() >= 0.0
    assert found.kinds.max() <= 1.0
    assert (found.bindings.amax(dim=1) <= found.kinds + 1e-5).all()
    assert torch.allclose(found.directions.sum(dim=-1), torch.ones(len(KINDS), len(COLOURS)))


def test_a_batch_reads_as_single_clips_do(reader):
    torch.manual_seed(0)
    videos = torch.rand(2, 3, 5, 64, 96) * 2 - 1
    both = read_clips(reader, videos)
    alone = read_clips(reader, videos[1:])
    assert both[1].clip == alone[0].clip
    assert torch.allclose(both[1].bindings, alone[0].bindings, atol=1e-5)


def test_pictures_without_motion_have_no_direction(reader, pixels):
    given = prepare(torch.rand(1, 3, 1, 48, 64), 1)
    output = reader(ReaderInput(given.looks, None))
    assert output.direction is None
    assert output.there.shape == (1, 1, *GRID)
    with pytest.raises(ValueError, match="motion"):
        read_inputs(reader, ReaderInput(given.looks, None))


def test_the_direction_is_that_of_the_named_thing(reading):
    found = reading([("ball", "red", "left"), ("car", "blue", "away")])
    assert found.direction("ball", "red") == "left"
    assert found.direction("car", None) == "away"
    assert found.direction(None, "red") == "left"
    assert found.direction(None, None) in ("left", "away")


def test_looks_are_spread_over_the_clip():
    assert look_times(17, 5) == [0, 4, 8, 12, 16]
    assert look_times(1, 3) == [0, 0, 0]
    assert look_times(9, 1) == [4]


def test_weights_go_to_disk_and_back(reader, tmp_path):
    save_part(reader, reader.config, tmp_path, torch.float32)
    loaded, digest = load_reader(tmp_path)
    video = torch.rand(1, 3, 2, 48, 64) * 2 - 1
    assert torch.equal(read_clips(reader, video)[0].kinds, read_clips(loaded, video)[0].kinds)
    assert len(digest) == 64
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelError):
        load_reader(tmp_path / "empty")
    with pytest.raises(UserError, match="no such directory; .* bundled one"):
        load_reader(tmp_path / "nowhere")


def test_a_width_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least 1"):
        SceneReaderConfig(num_looks=0)


def test_the_shipped_reader_is_small_and_reads_a_render():
    loaded, _ = load_reader()
    assert isinstance(loaded, SceneReader)
    assert sum(parameter.numel() for parameter in loaded.parameters()) <= 1_500_000
    assert sum(path.stat().st_size for path in WEIGHTS_DIR.rglob("*.safetensors")) <= 3_000_000
    spec = SceneSpec(
        seed=3, setting="reef", num_frames=5,
        subjects=(SubjectSpec(kind="turtle", colour="green", size="large", action="swim",
                              direction="left"),),
    )  # fmt: skip
    frames = render_clip(spec, 96, 160).frames
    (found,) = read_clips(loaded, (frames.float() / 127.5 - 1).permute(3, 0, 1, 2)[None])
    assert found.clip["setting"] == "reef"
    assert KINDS[int(found.kinds.argmax())] == "turtle"
