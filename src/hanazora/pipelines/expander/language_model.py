"""Ask a language model behind an OpenAI-compatible endpoint to read a prompt.

The model answers with facts as JSON, never with a caption: every value is checked against the
vocabulary, and what the rules are sure of may not be contradicted. So whatever comes back, the
sentence is ours.
"""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hanazora.core.errors import UserError
from hanazora.pipelines.expander.reading.draft import COUPLE, Draft, SubjectDraft
from hanazora.pipelines.expander.reading.tokens import Token
from hanazora.world import vocabulary as v

TIMEOUT_S = 20.0
_MAX_REPLY_BYTES = 64 * 1024
_SCENE: Mapping[str, tuple[str, ...]] = {
    "setting": v.SETTINGS,
    "weather": v.WEATHERS,
    "time_of_day": v.TIMES_OF_DAY,
    "style": v.STYLES,
    "camera": v.CAMERA_MOVES,
}
_SUBJECT: Mapping[str, tuple[str, ...]] = {
    "kind": v.KINDS,
    "colour": v.COLOURS,
    "size": v.SIZES,
    "pattern": v.PATTERNS,
    "action": v.ACTIONS,
    "direction": v.DIRECTIONS,
}
_INSTRUCTIONS = (
    "Read a prompt for a video and answer with one JSON object and nothing else. Say only what the "
    "prompt says; leave a field out when the prompt does not speak of it. The fields are {scene}, "
    'and "subjects": a list of at most 4 objects with the fields {subject}, "count" (1 to 6), '
    '"target" (number of another subject, from 0), "relation" (["one of {relations}", number of '
    'another subject]) and "extras" (some of {extras}). Use no other value.'
)


class LanguageModelError(Exception):
    """The endpoint failed, or its answer is not what was asked for; the message is one line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LanguageModel:
    """Where the model is."""

    url: str
    """Up to and without "/chat/completions", as in http://localhost:8000/v1."""
    name: str = "default"
    """The model to ask for."""
    key: str = ""
    """Sent as a bearer token unless empty."""
    timeout_s: float = TIMEOUT_S
    """Seconds to wait for the endpoint."""

    def __post_init__(self) -> None:
        if not self.url.startswith(("http://", "https://")):
            rule = "it must start with http:// or https://"
            raise UserError(f"expander url {self.url!r}", rule, "http://localhost:8000/v1")

    def read(self, prompt: str, known: Draft) -> Draft:
        """Return what the model reads in the prompt.

        Args:
            prompt: free text.
            known: what the rules understood; what it says about the picture must come back.

        Raises:
            LanguageModelError: no answer in time, or not one that can be used.
        """
        draft = draft_from_json(self._ask(prompt))
        _check_against(draft, known)
        draft.excluded = known.excluded
        return draft

    def _ask(self, prompt: str) -> str:
        body = {
            "model": self.name,
            "temperature": 0,
            "messages": [
                {"role": "system", "content": instructions()},
                {"role": "user", "content": prompt},
            ],
        }
        headers = {"Content-Type": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        request = urllib.request.Request(
            f"{self.url.rstrip('/')}/chat/completions", json.dumps(body).encode(), headers
        )
        try:
            with urllib.request.urlopen(request, timeout=self.timeout_s) as reply:
                data = reply.read(_MAX_REPLY_BYTES + 1)
        except (OSError, urllib.error.URLError, ValueError) as error:
            raise LanguageModelError(f"{self.url} did not answer: {error}") from error
        if len(data) > _MAX_REPLY_BYTES:
            raise LanguageModelError(f"the answer is longer than {_MAX_REPLY_BYTES} bytes")
        try:
            return str(json.loads(data)["choices"][0]["message"]["content"])
        except (ValueError, LookupError, TypeError) as error:
            raise LanguageModelError("the answer is not a chat completion") from error


def instructions() -> str:
    """Return what the model is told."""

    def fields(table: Mapping[str, tuple[str, ...]]) -> str:
        return ", ".join(f'"{name}" ({", ".join(values)})' for name, values in table.items())

    return _INSTRUCTIONS.format(
        scene=fields(_SCENE),
        subject=fields(_SUBJECT),
        relations=", ".join(v.RELATIONS),
        extras=", ".join(v.EXTRAS),
    )


def draft_from_json(text: str) -> Draft:
    """Read the facts of an answer.

    Raises:
        LanguageModelError: the text is not one JSON object of known fields and values.
    """
    try:
        data = json.loads(text)
    except ValueError as error:
        raise LanguageModelError("the answer is not JSON") from error
    if not isinstance(data, dict):
        raise LanguageModelError("the answer is not a JSON object")
    draft = Draft()
    items = data.pop("subjects", [])
    for name, value in data.items():
        _require(value, _SCENE.get(name, ()), name)
        draft.set_scene(name, Token(name, value, "", origin="llm"))
    if not isinstance(items, list) or len(items) > v.MAX_SUBJECTS:
        raise LanguageModelError(f"subjects must be a list of at most {v.MAX_SUBJECTS}")
    for item in items:
        _add_subject(draft, item, len(items))
    if not data and not items:
        raise LanguageModelError("the answer says nothing")
    return draft


def _require(value: object, allowed: tuple[object, ...], name: str) -> None:
    if value not in allowed or isinstance(value, bool):
        raise LanguageModelError(f"the answer says {name} {value!r}, which the world does not have")


def _add_subject(draft: Draft, item: object, num_subjects: int) -> None:
    if not isinstance(item, dict) or "kind" not in item:
        raise LanguageModelError("a subject of the answer is not an object with a kind")
    index = len(draft.subjects)
    others = tuple(other for other in range(num_subjects) if other != index)
    fields: dict[str, Any] = dict(item)
    subject = SubjectDraft(kinds=())
    for name, value in fields.items():
        if name == "extras":
            for extra in value if isinstance(value, list) else [value]:
                _require(extra, v.EXTRAS, name)
            subject.extras = list(value)
        elif name == "relation":
            pair: list[Any] = value if isinstance(value, list) and len(value) == 2 else ["", -1]
            _require(pair[0], v.RELATIONS, name)
            _require(pair[1], others, name)
            subject.relation = (pair[0], pair[1])
        elif name in ("count", "target"):
            _require(value, tuple(range(1, v.MAX_COUNT + 1)) if name == "count" else others, name)
            setattr(subject, name, value)
        else:
            _require(value, _SUBJECT.get(name, ()), name)
            setattr(subject, "kinds" if name == "kind" else name, value)
        draft.sources[index, name] = Token(name, str(value), "", origin="llm")
    subject.kinds = (fields["kind"],)
    draft.subjects.append(subject)


def _check_against(draft: Draft, known: Draft) -> None:
    """Refuse an answer that says otherwise than the prompt plainly does."""
    for name, value in known.scenes[0].items():
        said = draft.scenes[0].get(name)
        if said != value:
            raise LanguageModelError(f"the prompt says {name} {value}, the answer {said}")
    barred = {value for tag, value in known.excluded if tag == "kind"}
    if ("people", "any") in known.excluded:
        barred |= set(v.PEOPLE)
    for subject in draft.subjects:
        if subject.kinds[0] in barred:
            raise LanguageModelError(f"the prompt excludes the {subject.kinds[0]} of the answer")
    wanted = {kind for subject in known.subjects for kind in subject.kinds}
    answered = {subject.kinds[0] for subject in draft.subjects}
    if wanted - set(COUPLE) and not wanted & answered:
        raise LanguageModelError("the answer has none of the subjects of the prompt")
