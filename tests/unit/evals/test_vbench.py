import json
from dataclasses import replace

import pytest

from hanazora.core.errors import UserError
from hanazora.evals.vbench import PROTOCOL_NAME, export, protocol_for, sample_name
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.way_out import RefusedError

PROMPTS = ["a dog. It runs", "ein Hund, laufend"]
LIKE = GenerateRequest(prompt=PROMPTS[0], num_frames=16, seed=7)


def _protocol(prompts=PROMPTS, like=LIKE, samples=2):
    return protocol_for(
        prompts, like, samples, prompt_rewriting=False, sampler={"steps": 4}, model={"t": "00"}
    )


def _request(prompt, seed):
    return replace(LIKE, prompt=prompt, seed=seed)


def _write(request, path):
    path.write_text(f"{request.prompt} {request.seed}")


def test_every_sample_has_its_name_and_its_seed(tmp_path):
    made = list(export(PROMPTS, tmp_path / "v", _protocol(), _request, _write))
    assert [item.path.name for item in made] == [
        "a dog. It runs-0.mp4", "a dog. It runs-1.mp4",
        "ein Hund, laufend-0.mp4", "ein Hund, laufend-1.mp4",
    ]  # fmt: skip
    assert [item.path.read_text()[-1] for item in made] == ["7", "8", "7", "8"]
    written = json.loads((tmp_path / "v" / PROTOCOL_NAME).read_text())
    assert written["variant"] == "vbench" and written["first_seed"] == 7


def test_five_seconds_are_for_the_long_variant():
    assert _protocol().variant == "vbench"
    assert _protocol(like=replace(LIKE, num_frames=40)).variant == "vbench-long"


def test_the_same_command_again_makes_what_is_missing(tmp_path):
    list(export(PROMPTS, tmp_path, _protocol(), _request, _write))
    (tmp_path / "a dog. It runs-1.mp4").unlink()
    again = list(export(PROMPTS, tmp_path, _protocol(), _request, _write))
    assert [item.was_there for item in again] == [True, False, True, True]
    with pytest.raises(UserError, match="another export: it differs in num_samples"):
        list(export(PROMPTS, tmp_path, _protocol(samples=3), _request, _write))


def test_a_refused_sample_is_told_and_the_next_one_goes_on(tmp_path):
    def refuse_dogs(request, path):
        if "dog" in request.prompt:
            raise RefusedError("prompt_filter", "no dogs")
        _write(request, path)

    made = list(export(PROMPTS, tmp_path, _protocol(samples=1), _request, refuse_dogs))
    assert "no dogs" in made[0].refusal and not made[0].path.exists()
    assert made[1].path.exists() and not made[1].refusal


@pytest.mark.parametrize("prompt", ["either/or", "two\nlines", "x" * 300])
def test_a_prompt_that_names_no_file_is_refused(prompt):
    with pytest.raises(UserError, match="a file is named after it"):
        sample_name(prompt, 0)


def test_a_prompt_that_comes_twice_is_refused(tmp_path):
    with pytest.raises(UserError, match="comes twice"):
        list(export(["a", "a"], tmp_path, _protocol(["a", "a"]), _request, _write))
