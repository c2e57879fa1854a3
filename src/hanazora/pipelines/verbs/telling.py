"""What the model is told: every prompt of a request, put into the language of its captions."""

from collections.abc import Callable
from dataclasses import replace

from hanazora.pipelines.expander.expand import expand as expand_prompt
from hanazora.pipelines.request import MAX_PROMPT_CHARS, GenerateRequest

Expand = Callable[[str, bool], str]
"""A prompt, and whether pictures or clips are given with it, to what the model is told; the same
text where nothing was understood."""


def told(request: GenerateRequest) -> GenerateRequest:
    """Put the prompts of a request into the bundled model's language, as the commands do."""
    return expand_request(
        request, lambda text, given: expand_prompt(text, seed=request.seed, given=given).text
    )


def expand_request(request: GenerateRequest, expand: Expand) -> GenerateRequest:
    """Expand the prompt of a request, or that of each shot; what is expanded already stays.

    Both texts go into the sidecar, and both are judged by the prompt filter.
    """
    if request.shots:
        shots = tuple(
            shot
            if shot.expanded_prompt
            else replace(shot, expanded_prompt=_expanded(shot.prompt, False, expand))
            for shot in request.shots
        )
        return replace(request, shots=shots)
    if request.expanded_prompt:
        return request
    told_text = _expanded(request.prompt, bool(request.inputs), expand)
    return replace(request, expanded_prompt=told_text)


def _expanded(prompt: str, given: bool, expand: Expand) -> str:
    text = expand(prompt, given)
    return "" if text == prompt else text[:MAX_PROMPT_CHARS]
