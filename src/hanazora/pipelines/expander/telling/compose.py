"""Write the scene down in the sentence that training knows best.

One frame of the caption grammar has a place for everything (`frames_of_speech.MEDIUM[0]`), and of
all synonyms the plain one was said most often. Everything written here is checked against the
grammar by a test (`caption_grammar.is_caption`).
"""

from collections.abc import Mapping

from hanazora.pipelines.expander.telling.resolve import Resolved
from hanazora.world.frames_of_speech import COUPLE_VERBS
from hanazora.world.speech import words
from hanazora.world.speech.noun_phrases import with_article
from hanazora.world.speech.verbs import verb_phrases
from hanazora.world.vocabulary import PEOPLE

_OBJECTIVE = {"woman": "her", "man": "him", "child": "them"}
_PLAIN = {"setting": words.PLACES, "weather": words.WEATHERS, "time_of_day": words.TIMES}


def compose(resolved: Resolved) -> str:
    """Return the caption of a resolved prompt."""
    writer = _Writer(resolved)
    if not resolved.spec.subjects:
        return writer.place()
    return writer.shots() if resolved.spec.shots else writer.scene()


def _sentences(*texts: str) -> str:
    """Return texts as sentences with a capital and a full stop."""
    return " ".join(text[0].upper() + text[1:] + "." for text in texts if text)


def _said(scene: Mapping[str, str], *names: str) -> str:
    """Return the plain phrases of what is said of a scene."""
    return "".join(f" {_PLAIN[name][scene[name]][0]}" for name in names if name in scene)


class _Writer:
    def __init__(self, resolved: Resolved) -> None:
        self.spec = resolved.spec
        self.scenes = resolved.scenes
        self.spoken = resolved.spoken
        self.couple = self.spec.script == "couple_walk"

    def scene(self) -> str:
        """Fill "{S} {V}[ {P}][ {W}][ {T}][, and {O}].[ {K}.][ {Y}.]"."""
        main = self.spec.subjects[0]
        busy = {0, 1} if self.couple else {0, main.target}
        others = [i for i in range(len(self.spec.subjects)) if i not in busy]
        text = f"{self._topic()} {self._topic_verb()}"
        text += _said(self.scenes[0], "setting", "weather", "time_of_day")
        text += "".join(f", and {self._other(index)}" for index in others)
        return _sentences(text, *self._look(words.CAMERAS))

    def place(self) -> str:
        """Fill "{P}[ {W}][ {T}].[ {N}.][ {Y}.]", which is that frame without anybody."""
        place = _said(self.scenes[0], "setting", "weather", "time_of_day")
        return _sentences(place.strip(), *self._look(words.CAMERA_NOUNS))

    def shots(self) -> str:
        """Fill "{A}. Then cut to {C}.[ {Y}.]"."""
        text = ""
        for number, (shot, scene) in enumerate(zip(self.spec.shots, self.scenes, strict=True)):
            main = shot.subjects[0]
            clause = f"{self._subject(main)} {self._verb(main, finite=number == 0)}"
            if number == 0 or scene.get("setting") != self.scenes[number - 1].get("setting"):
                clause += _said(scene, "setting")
            clause += _said(scene, "weather")
            if "camera" in scene:
                clause += f", {words.CAMERA_NOUNS[scene['camera']][0]}"
            text += f". Then cut to {clause}" if number else clause
        style = self.scenes[0].get("style")
        return _sentences(text, *([words.STYLES[style][0]] if style else []))

    def _look(self, cameras: Mapping[str, tuple[str, ...]]) -> list[str]:
        """Return what the camera does and what the style is, as far as they are said."""
        scene = self.scenes[0]
        found = []
        if "camera" in scene:
            found.append(cameras[scene["camera"]][0].replace("{o}", self._object(0)))
        if "style" in scene:
            found.append(words.STYLES[scene["style"]][0])
        return found

    def _topic(self) -> str:
        if not self.couple:
            return self._subject(0)
        if not {(0, "colour"), (1, "colour")} & self.spoken:
            return "a couple"
        return f"{self._subject(0)} and {self._subject(1)}"

    def _topic_verb(self) -> str:
        if not self.couple:
            return self._verb(0, finite=True)
        if (0, "direction") not in self.spoken:
            return COUPLE_VERBS[0]
        return f"{COUPLE_VERBS[0]} {words.DIRECTIONS[self.spec.subjects[0].direction][0]}"

    def _subject(self, index: int) -> str:
        subject = self.spec.subjects[index]
        says = {name for owner, name in self.spoken if owner == index}
        person = subject.kind in PEOPLE
        found = []
        if "size" in says:
            found.append(words.SIZES[subject.size][0])
        if "colour" in says and not person:
            found.append(words.COLOURS[subject.colour][0])
        if "pattern" in says and subject.pattern != "plain":
            found.append(words.PATTERNS[subject.pattern][0])
        found.append(words.NOUNS[subject.kind][0][subject.count > 1])
        text = " ".join(found)
        if "colour" in says and person:
            coat = f"{words.COLOURS[subject.colour][0]} coat"
            text += f" in {coat}s" if subject.count > 1 else f" in {with_article(coat)}"
        if subject.count > 1:
            return f"{words.NUMBERS[subject.count][0]} {text}"
        for number, extra in enumerate(subject.extras):
            text += f" {'and' if number else 'with'} {words.EXTRAS[extra][0]}"
        return with_article(text)

    def _verb(self, index: int, *, finite: bool) -> str:
        subject = self.spec.subjects[index]
        phrase = verb_phrases(subject.kind, subject.action)[0]
        text = phrase.participle.removeprefix("being ")
        if finite:
            text = phrase.plural if subject.count > 1 else phrase.singular
        direction = ""
        target = "" if subject.target is None else self._subject(subject.target)
        if (index, "direction") in self.spoken and subject.direction != "none":
            clear = words.CLEAR_DIRECTIONS if target else words.DIRECTIONS
            direction = " " + clear.get(subject.direction, words.DIRECTIONS[subject.direction])[0]
        return text.replace("{d}", direction).replace("{x}", target)

    def _other(self, index: int) -> str:
        relation = self.spec.subjects[index].relation
        if relation is None:
            return f"{self._subject(index)} {self._verb(index, finite=True)}"
        be = "are" if self.spec.subjects[index].count > 1 else "is"
        place = words.RELATIONS[relation[0]][0]
        return f"{self._subject(index)} {be} {place} {self._object(relation[1])}"

    def _object(self, index: int) -> str:
        if not self.spec.subjects:
            return "it"
        subject = self.spec.subjects[index]
        if subject.count > 1 or self.couple:
            return "them"
        return _OBJECTIVE.get(subject.kind, "it")
