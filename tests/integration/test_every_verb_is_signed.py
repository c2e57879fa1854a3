"""What every verb makes is Trusted, says what it came from, and is found again when stripped."""

from pathlib import Path

import numpy as np
import pytest

import hanazora
from hanazora.media.decode import read_video
from hanazora.media.encode import write_video
from hanazora.pipelines.generate import TextToVideo
from hanazora.pipelines.recover import trace
from hanazora.pipelines.request import GenerateRequest, Size
from hanazora.pipelines.verbs.tasks import Settings
from hanazora.provenance.keys import load_keys
from hanazora.provenance.verify import ManifestFacts, read_verification

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
SETTINGS = Settings(num_inference_steps=1, guidance_scale=1.0)
STORYBOARD = """
size = "96x64"
[[shots]]
seconds = 0.5
prompt = "a fish in a reef"
[[shots]]
seconds = 0.5
prompt = "a tree in the snow"
"""


@pytest.fixture(scope="module")
def pipeline() -> TextToVideo:
    return hanazora.load(device="cpu")


def _trusted(path: Path) -> list[ManifestFacts]:
    found = read_verification(path, load_keys().anchors)
    assert (found.state, found.failures) == ("Trusted", [])
    made = [step for step in found.manifests[0].actions if step.source_type]
    assert [step.source_type.rpartition("/")[2] for step in made] == ["trainedAlgorithmicMedia"]
    return found.manifests


def _steps(facts: ManifestFacts) -> list[str]:
    return [action.action for action in facts.actions]


def test_every_verb(pipeline: TextToVideo, tmp_path: Path) -> None:
    request = GenerateRequest(
        prompt="a red ball", width=96, height=64, num_frames=5, num_inference_steps=1,
        guidance_scale=1.0,
    )  # fmt: skip
    first = pipeline.generate(request).save(tmp_path / "first.mp4").path
    assert _steps(_trusted(first)[0]) == ["c2pa.created"]

    still = pipeline.picture("a red ball", Size(96, 64), settings=SETTINGS)
    picture = still.save(tmp_path / "still.png").path
    assert _steps(_trusted(picture)[0]) == ["c2pa.created"]

    moved = pipeline.animate("it rolls", {0.0: picture}, seconds=0.6, settings=SETTINGS)
    chain = _trusted(moved.save(tmp_path / "animated.mp4").path)
    assert _steps(chain[0]) == ["c2pa.created"]
    assert [given.relationship for given in chain[0].given] == ["inputTo"]
    assert len(chain) == 2

    board = tmp_path / "board.toml"
    board.write_text(STORYBOARD)
    shots = pipeline.storyboard(board, settings=SETTINGS).save(tmp_path / "shots.mp4").path
    assert _steps(_trusted(shots)[0]) == ["c2pa.created"]

    longer = pipeline.extend(first, forward_s=0.5, settings=SETTINGS).save(tmp_path / "e.mp4").path
    looped = pipeline.loop(longer, seconds=0.5, settings=SETTINGS).save(tmp_path / "l.mp4").path
    edited = pipeline.edit(looped, "a blue ball", strength=0.5, settings=SETTINGS)
    chain = _trusted(edited.save(tmp_path / "edited.mp4").path)
    assert [_steps(one) for one in chain] == [["c2pa.opened", "c2pa.edited"]] * 3 + [
        ["c2pa.created"]
    ]
    assert all(not given.failures for one in chain for given in one.given)

    joined = pipeline.connect(first, shots, seconds=0.5, settings=SETTINGS)
    chain = _trusted(joined.save(tmp_path / "joined.mp4").path)
    assert _steps(chain[0]) == ["c2pa.opened", "c2pa.placed", "c2pa.edited"]
    assert len(chain) == 3


def test_a_stripped_video_of_the_model_leads_back(pipeline: TextToVideo, tmp_path: Path) -> None:
    prompt = "a truck drives on a road past green trees"
    request = GenerateRequest(prompt=prompt, num_frames=17, num_inference_steps=4)
    made = pipeline.generate(request).save(tmp_path / "made.mp4")
    frames = np.ascontiguousarray(read_video(made.path)[:, 8:-8, 12:-12])
    write_video(tmp_path / "stripped.mp4", frames, fps=8)
    found = trace(tmp_path / "stripped.mp4")
    assert found.verification.state == "None"
    assert found.recovered[0].entry.manifest_id == made.manifest_id
    assert found.recovered[0].verification.content_changed
