"""Expand a prompt: read it, choose what it leaves open, write it as a caption.

Local and deterministic: the same prompt and seed give the same sentence on every machine.
"""

from dataclasses import dataclass

from hanazora.pipelines.expander.language_model import LanguageModel, LanguageModelError
from hanazora.pipelines.expander.reading.draft import Draft, scene_fact
from hanazora.pipelines.expander.reading.english import understand_english, understand_tokens
from hanazora.pipelines.expander.reading.english_words import read_english
from hanazora.pipelines.expander.reading.han import understand_han
from hanazora.pipelines.expander.reading.han_words import language_of
from hanazora.pipelines.expander.reading.meanings import (
    has_semantic_extra,
    nearest_meanings,
    read_unknown_words,
)
from hanazora.pipelines.expander.reading.tokens import UNKNOWN
from hanazora.pipelines.expander.telling.caption_grammar import is_caption
from hanazora.pipelines.expander.telling.compose import compose
from hanazora.pipelines.expander.telling.resolve import Resolved, resolve
from hanazora.world.spec import SubjectSpec
from hanazora.world.speech.noun_phrases import CLIP

_OF_PICTURE = ("setting", "weather", "time_of_day", "style", "camera")
_OF_SUBJECT = (
    "kind", "count", "size", "colour", "pattern", "action", "direction", "target", "relation",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Understood:
    """One fact of the expanded prompt, and where it comes from."""

    subject: int
    """Number of the subject, from 0; -1 for the whole picture."""
    name: str
    """As in `world.speech.noun_phrases.Fact`; "without" for what must not be there."""
    value: str | int
    """In the words of `world.vocabulary`; "left_of:0" for a relation."""
    words: str
    """What the prompt says; empty for what was chosen."""
    origin: str
    """What it rests on: "said"; "typo" when a spelling was corrected; "meaning" for the nearest
    meaning of an unknown word; "nearest" for the nearest that the world has of what was asked (six
    for a dozen); "llm"; "default" for what the prompt leaves open."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """A prompt in the language of the captions, and how it came about."""

    text: str
    """What the model is given."""
    understood: tuple[Understood, ...]
    """Every fact of the text, and what the prompt excludes."""
    ignored: tuple[str, ...]
    """Words of the prompt that changed nothing: unknown, contradictory or not to be shown."""
    language: str
    """One of "en", "zh" and "ja"."""
    source: str
    """Who wrote the text: "caption" when it was one already and is unchanged, "rules", "llm", or
    "nothing" when no word was understood and the text is unchanged."""
    warning: str = ""
    """What went wrong on the way, for the user to read; empty when nothing did."""


def expand(
    prompt: str,
    *,
    seed: int = 0,
    given: bool = False,
    semantic: bool = True,
    language_model: LanguageModel | None = None,
) -> Expansion:
    """Return the prompt in the language that training used.

    Args:
        prompt: free text in English, Chinese or Japanese.
        seed: decides what the prompt leaves open; another one chooses otherwise.
        given: pictures or clips show what the prompt leaves open, so only a verb may be added.
        semantic: read unknown English words by their meaning where the extra is installed.
        language_model: ask this one first; the rules take over when it fails.
    """
    language = language_of(prompt)
    if language == "en" and is_caption(prompt):
        draft = understand_english(prompt)
        facts = understood_facts(draft, resolve(draft, prompt, seed))
        said = tuple(fact for fact in facts if fact.origin != "default")
        return Expansion(prompt, said, (), language, "caption")
    draft = _understand(prompt, language, semantic)
    source, warning = "rules", ""
    if language_model is not None:
        try:
            draft = language_model.read(prompt, draft)
            source = "llm"
        except LanguageModelError as error:
            warning = f"the language model was not used: {error}"
    if not (draft.sources or draft.subjects):
        return Expansion(prompt, (), tuple(draft.ignored), language, "nothing", warning)
    resolved = resolve(draft, prompt, seed, given=given)
    facts = understood_facts(draft, resolved)
    return Expansion(compose(resolved), facts, resolved.ignored, language, source, warning)


def _understand(prompt: str, language: str, semantic: bool) -> Draft:
    if language != "en":
        return understand_han(prompt, language)
    tokens = read_english(prompt)
    if semantic and any(token.tag == UNKNOWN for token in tokens) and has_semantic_extra():
        tokens = read_unknown_words(tokens, nearest_meanings)
    return understand_tokens(tokens)


def understood_facts(draft: Draft, resolved: Resolved) -> tuple[Understood, ...]:
    """List what the caption of a resolved prompt says, the picture first, and what is excluded."""
    found = [*_picture(resolved), *_excluded(draft)]
    for owner, subject in enumerate(resolved.spec.subjects):
        for name in _OF_SUBJECT:
            value = _value(subject, name)
            if (owner, name) in resolved.spoken and value is not None:
                found.append(_understood(resolved, owner, name, value, name))
        for extra in subject.extras:
            found.append(_understood(resolved, owner, "extra", extra, f"extra {extra}"))
    return tuple(found)


def _picture(resolved: Resolved) -> list[Understood]:
    """List what is said of each shot; a setting only where it is another than before."""
    found = []
    setting = None
    for number, scene in enumerate(resolved.scenes):
        for name in _OF_PICTURE:
            if name in scene and not (name == "setting" and scene[name] == setting):
                owner, key = scene_fact(name, number)
                found.append(_understood(resolved, owner, name, scene[name], key))
        setting = scene.get("setting")
    return found


def _excluded(draft: Draft) -> list[Understood]:
    found = []
    for tag, value in sorted(draft.excluded):
        what = "people" if tag == "people" else value
        token = draft.sources.get((CLIP, f"without {value}"))
        found.append(Understood(CLIP, "without", what, token.text if token else "", "said"))
    return found


def _value(subject: SubjectSpec, name: str) -> str | int | None:
    value: str | int | tuple[str, int] | None = getattr(subject, name)
    if isinstance(value, tuple):  # a relation
        return f"{value[0]}:{value[1]}"
    return None if value in ("none", "plain", None) else value


def _understood(
    resolved: Resolved, owner: int, name: str, value: str | int, key: str
) -> Understood:
    token = resolved.sources.get((owner, key))
    if token is None:
        return Understood(owner, name, value, "", "default")
    return Understood(owner, name, value, token.text, token.origin)
