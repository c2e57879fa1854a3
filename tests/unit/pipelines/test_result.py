from hanazora.media.probe import probe
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.result import GenerateResult
from hanazora.pipelines.sidecar import ModelInfo


def test_a_result_saves_itself_through_the_way_out(tmp_path, clip):
    request = GenerateRequest(prompt="a", width=48, height=32, num_frames=5)
    result = GenerateResult(clip(), request, ModelInfo(name="petal"))
    published = result.save(str(tmp_path / "a.mp4"))
    assert probe(published.path).num_frames == 5
    assert published.sidecar_path.exists()
