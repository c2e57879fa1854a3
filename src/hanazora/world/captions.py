"""Write captions: one scene specification, thousands of ways to say it, and what each one asserts.

A caption carries the exact list of facts it asserts, so that nothing ever has to parse a sentence;
what it does not say is open and is not scored. It asserts only what the clip shows
(specs/world-and-evaluation.md section 5).
"""

import re
from dataclasses import dataclass

from hanazora.world import affordances
from hanazora.world.draw import Weighted, generator
from hanazora.world.spec import SceneSpec
from hanazora.world.speech.many_shots import tell_shots
from hanazora.world.speech.noun_phrases import CLIP, Fact, Speaker
from hanazora.world.speech.one_shot import OneShotTeller

LENGTHS = ("tiny", "short", "medium", "long")
"""One to six words, one clause, one or two sentences with most facts, a paragraph."""

_LENGTH_SHARES = Weighted({"tiny": 0.14, "short": 0.31, "medium": 0.36, "long": 0.19})


@dataclass(frozen=True, kw_only=True, slots=True)
class Caption:
    """A sentence and what it asserts."""

    text: str
    """What a user might have typed."""
    asserted: tuple[Fact, ...]
    """Every checkable fact in the text."""
    length: str
    """One of `LENGTHS`."""
    frame: str
    """Name of the sentence frame, as in `frames_of_speech.FRAME_NAMES`."""

    def says(self, name: str, subject: int | None = None) -> bool:
        """Say whether the caption asserts the named fact (of the subject, when given)."""
        return any(fact.name == name and subject in (None, fact.subject) for fact in self.asserted)


def write_caption(
    spec: SceneSpec,
    seed: int,
    length: str = "any",
    *,
    split: str = "train",
    hidden: frozenset[int] = frozenset(),
) -> Caption:
    """Say what the spec shows.

    Args:
        spec: the clip.
        seed: decides the sentence frame, the synonyms and which facts are dropped.
        length: one of `LENGTHS`, or "any" for the mix that training uses.
        split: "words" uses the held-out synonyms and sentence frames, any other split none of them.
        hidden: subjects beside the main one that the rendered clip does not really show (too small
            or covered): they are not mentioned.
    """
    if length not in (*LENGTHS, "any"):
        raise ValueError(f"length is {length!r}; it must be any, {', '.join(LENGTHS)}")
    rng = generator(seed, f"caption {split}")
    chosen = _LENGTH_SHARES.draw(rng) if length == "any" else length
    speaker = Speaker(spec, rng, split == "words")
    if spec.shots:
        chosen = "short" if chosen == "tiny" else chosen
        name, text = tell_shots(speaker, chosen)
    else:
        name, text = OneShotTeller(speaker, chosen, hidden).tell()
    return Caption(
        text=_finish(speaker, text, chosen),
        asserted=tuple(speaker.facts),
        length=chosen,
        frame=name,
    )


def _finish(speaker: Speaker, text: str, length: str) -> str:
    """Set capitals; now and then leave them and the last full stop out, as people do."""
    text = _DOUBLE_STOP.sub(r"\1", text.strip()).removesuffix(",")
    if length == "tiny":
        return text
    if speaker.chance(0.08):
        return text.lower().removesuffix(".")
    text = _SENTENCE_START.sub(lambda match: match.group().upper(), text)
    return text[:-1] if text.endswith(".") and speaker.chance(0.12) else text


_DOUBLE_STOP = re.compile(r",([,.;:])")
_SENTENCE_START = re.compile(r"(?:^|(?<=[.] ))[a-z]")


def all_facts(spec: SceneSpec) -> tuple[Fact, ...]:
    """Return every fact that a caption of the spec may assert."""
    facts = []
    for index, subject in enumerate(spec.subjects):
        values: dict[str, str | int | None] = {
            "kind": subject.kind,
            "colour": subject.colour,
            "size": subject.size,
            "pattern": subject.pattern if subject.pattern != "plain" else None,
            "count": subject.count,
            "action": subject.action,
            "direction": subject.direction if subject.direction != "none" else None,
            "target": subject.target,
            "relation": f"{subject.relation[0]}:{subject.relation[1]}"
            if subject.relation
            else None,
        }
        facts += [Fact(index, name, value) for name, value in values.items() if value is not None]
        facts += [Fact(index, "extra", extra) for extra in subject.extras]
    facts.append(Fact(CLIP, "style", spec.style))
    if spec.shots:
        return (*facts, *_shot_facts(spec))
    facts += [Fact(CLIP, "setting", spec.setting), Fact(CLIP, "camera", spec.camera.move)]
    if spec.weather not in affordances.UNSEEN_WEATHER.get(spec.setting, ()):
        facts.append(Fact(CLIP, "weather", spec.weather))
    if spec.setting not in affordances.NO_TIME_SETTINGS:
        facts.append(Fact(CLIP, "time_of_day", spec.time_of_day))
    if spec.script is not None:
        facts.append(Fact(CLIP, "script", spec.script))
    return tuple(facts)


def _shot_facts(spec: SceneSpec) -> list[Fact]:
    facts = [Fact(CLIP, "num_shots", len(spec.shots))]
    one_place = all(shot.setting == spec.setting for shot in spec.shots)
    for number, shot in enumerate(spec.shots):
        facts += [Fact(index, "shot", number) for index in shot.subjects]
        facts.append(Fact(CLIP, "setting", shot.setting, CLIP if one_place else number))
        facts.append(Fact(CLIP, "camera", shot.camera.move, number))
        if shot.weather not in affordances.UNSEEN_WEATHER.get(shot.setting, ()):
            facts.append(Fact(CLIP, "weather", shot.weather, number))
    return list(dict.fromkeys(facts))


def dropped_facts(spec: SceneSpec, caption: Caption) -> tuple[Fact, ...]:
    """Return the facts the caption leaves open: any value of theirs is right and is not scored."""
    said = set(caption.asserted)
    return tuple(fact for fact in all_facts(spec) if fact not in said)
