import json

from hanazora.cli.expand import URL_VARIABLE, told_request
from hanazora.cli.main import run
from hanazora.pipelines.request import GenerateRequest


def test_a_prompt_is_explained(capsys):
    assert run(["expand", "a red trcuk, no rain, qwertzu", "--no-semantic"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("A red truck ")
    assert '"trcuk", spelling corrected' in out
    assert "without      rain" in out
    assert "ignored    qwertzu" in out


def test_json_holds_everything(capsys):
    assert run(["expand", "一条飘雪的樱花小路", "--json", "--seed", "3"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["prompt"] == "一条飘雪的樱花小路" and found["seed"] == 3
    assert (found["language"], found["source"], found["ignored"]) == ("zh", "rules", [])
    said = {fact["name"]: fact["value"] for fact in found["understood"] if fact["words"]}
    assert said == {"setting": "cherry_alley", "weather": "snow"}


def test_what_is_not_changed_says_why(capsys):
    assert run(["expand", "a red truck"]) == 0
    assert "language of the captions already" in capsys.readouterr().out
    assert run(["expand", "spaghetti", "--no-semantic"]) == 0
    assert "nothing of it is in the world" in capsys.readouterr().out


def test_a_dead_endpoint_is_a_warning(capsys):
    assert run(["expand", "a pup", "--expander-url", "http://127.0.0.1:9/v1"]) == 0
    captured = capsys.readouterr()
    assert captured.err.startswith("warning: the language model was not used")
    assert "dog" in captured.out


def test_an_empty_prompt_and_a_strange_address_are_refused(capsys):
    assert run(["expand", " "]) == 2
    assert run(["expand", "a pup", "--expander-url", "ftp://x"]) == 2
    assert "http://" in capsys.readouterr().err


def test_a_video_asks_the_endpoint_of_the_environment(monkeypatch, capsys):
    monkeypatch.setenv(URL_VARIABLE, "http://127.0.0.1:9/v1")
    request = told_request(GenerateRequest(prompt="a pup at the seashore, zzyzx"))
    assert request.expanded_prompt.endswith("on a beach.")
    captured = capsys.readouterr()
    assert "the language model was not used" in captured.err
    assert captured.out.startswith("told: ") and "not understood: zzyzx" in captured.out
    assert "added: colour" in captured.out


def test_a_place_alone_is_told_without_any_addition(capsys):
    request = told_request(GenerateRequest(prompt="一条飘雪的樱花小路"))
    assert request.expanded_prompt == "Under the cherry trees while it snows."
    assert capsys.readouterr().out == f"told: {request.expanded_prompt}\n"
