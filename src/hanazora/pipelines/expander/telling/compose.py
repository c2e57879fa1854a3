"""Write the scene down in the sentence that training knows best.

One frame of the caption grammar has a place for everything (`frames_of_speech.MEDIUM[0]`), and of
all synonyms the plain one was said most often. Everything written here is checked against the
grammar by a test (`caption_grammar.is_caption`).
"""

from hanazora.pipelines.expander.telling.resolve import Resolved
from hanazora.world.frames_of_speech import COUPLE_VERBS
from hanazora.world.speech import words
from hanazora.world.speech.noun_phrases import CLIP, with_article
from hanazora.world.speech.verbs import verb_phrases
from hanazora.world.vocabulary import PEOPLE

_OBJECTIVE = {"woman": "her", "man": "him", "child": "them"}


def compose(resolved: Resolved) -> str:
    """Return the caption of a resolved prompt."""
    writer = _Writer(resolved)
    if resolved.empty:
        return writer.empty_place()
    return writer.shots() if resolved.spec.shots else writer.scene()


class _Writer:
    def __init__(self, resolved: Resolved) -> None:
        self.spec = resolved.spec
        self.spoken = resolved.spoken
        self.couple = self.spec.script == "couple_walk"

    def scene(self) -> str:
        """Fill "{S} {V}[ {P}][ {W}][ {T}][, and {O}].[ {K}.][ {Y}.]"."""
        main = self.spec.subjects[0]
        busy = {0, 1} if self.couple else {0, main.target}
        others = [i for i in range(len(self.spec.subjects)) if i not in busy]
        text = f"{self._topic()} {self._topic_verb()}"
        for name, table, value in (
            ("setting", words.PLACES, self.spec.setting),
            ("weather", words.WEATHERS, self.spec.weather),
            ("time_of_day", words.TIMES, self.spec.time_of_day),
        ):
            if (CLIP, name) in self.spoken:
                text += f" {table[value][0]}"
        text += "".join(f", and {self._other(index)}" for index in others)
        sentences = [text]
        if (CLIP, "camera") in self.spoken:
            sentences.append(words.CAMERAS[self.spec.camera.move][0].format(o=self._object(0)))
        if (CLIP, "style") in self.spoken:
            sentences.append(words.STYLES[self.spec.style][0])
        return " ".join(sentence[0].upper() + sentence[1:] + "." for sentence in sentences)

    def empty_place(self) -> str:
        """Fill "{M}[ {W}][ {T}][, {Y}]": the short frames in one, for an empty place."""
        text = words.NOUN_OF_SETTING[self.spec.setting][0]
        if (CLIP, "weather") in self.spoken:
            text += f" {words.WEATHERS[self.spec.weather][0]}"
        if (CLIP, "time_of_day") in self.spoken:
            text += f" {words.TIMES[self.spec.time_of_day][0]}"
        if (CLIP, "style") in self.spoken:
            text += f", {words.STYLES[self.spec.style][0]}"
        return text

    def shots(self) -> str:
        """Fill "{A}. Then cut to {C}.[ {Y}.]"."""
        text = ""
        for number, shot in enumerate(self.spec.shots):
            main = shot.subjects[0]
            clause = f"{self._subject(main)} {self._verb(main, finite=number == 0)}"
            moved = number == 0 or shot.setting != self.spec.shots[number - 1].setting
            if moved:
                clause += f" {words.PLACES[shot.setting][0]}"
            text += f" Then cut to {clause}." if number else clause[0].upper() + clause[1:] + "."
        if (CLIP, "style") in self.spoken:
            style = words.STYLES[self.spec.style][0]
            text += f" {style[0].upper()}{style[1:]}."
        return text

    def _topic(self) -> str:
        if not self.couple:
            return self._subject(0)
        if not {(0, "colour"), (1, "colour")} & self.spoken:
            return "a couple"
        return f"{self._subject(0)} and {self._subject(1)}"

    def _topic_verb(self) -> str:
        if not self.couple:
            return self._verb(0, finite=True)
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
        subject = self.spec.subjects[index]
        if subject.count > 1 or self.couple:
            return "them"
        return _OBJECTIVE.get(subject.kind, "it")
