from hanazora.pipelines.material import Input, Shot
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.verbs.telling import expand_request, told


def test_a_prompt_is_expanded_once_and_kept_beside_what_was_asked() -> None:
    request = expand_request(GenerateRequest(prompt="snow"), lambda text, _: text + " falls.")
    assert (request.prompt, request.expanded_prompt) == ("snow", "snow falls.")
    assert expand_request(request, lambda text, _: "other") == request
    assert request.texts == ("snow", "snow falls.")


def test_what_was_not_understood_stays_as_it_is() -> None:
    request = GenerateRequest(prompt="snow")
    assert expand_request(request, lambda text, _: text) == request


def test_every_shot_is_expanded() -> None:
    shots = (Shot(prompt="a", num_frames=4), Shot(prompt="b", num_frames=4, expanded_prompt="B"))
    request = GenerateRequest(verb="storyboard", prompt="x", num_frames=8, shots=shots)
    told = expand_request(request, lambda text, _: text.upper())
    assert [shot.expanded_prompt for shot in told.shots] == ["A", "B"]
    assert told.expanded_prompt == "" and told.texts == ("x", "a", "A", "b", "B")


def test_a_request_is_told_as_the_commands_tell_it():
    request = told(GenerateRequest(prompt="a pup at the seashore", seed=3))
    assert request.prompt == "a pup at the seashore"
    assert "dog" in request.expanded_prompt
    assert told(request) == request


def test_beside_a_picture_only_what_is_said_is_told() -> None:
    picture = Input(kind="picture", sha256="0" * 64, width=320, height=192, segments=())
    request = GenerateRequest(prompt="the truck drives on", verb="animate", inputs=(picture,))
    assert told(request).expanded_prompt == "A truck drives."
