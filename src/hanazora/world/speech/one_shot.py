"""Tells a clip of one shot: a sentence frame is chosen, and each slot says part of the scene."""

from collections.abc import Callable, Mapping
from functools import cache

from hanazora.world import affordances, splits
from hanazora.world.draw import pick
from hanazora.world.frames_of_speech import (
    COMPILED,
    COUPLE_VERBS,
    FILLERS,
    SCRIPT_SENTENCES,
    Frame,
)
from hanazora.world.speech import words
from hanazora.world.speech.noun_phrases import CLIP, Speaker, with_article
from hanazora.world.speech.verbs import PASSIVES

_KEEP = {
    "tiny": {},
    "short": {"P": 0.6, "W": 0.4, "T": 0.4, "Y": 0.4, "O": 0.75, "Q": 0.75},
    "medium": {"P": 0.85, "W": 0.62, "T": 0.55, "K": 0.6, "N": 0.55, "Y": 0.5, "O": 0.92,
               "Q": 0.92, "X": 0.4},
    "long": {"P": 0.95, "W": 0.75, "T": 0.7, "K": 0.72, "N": 0.7, "Y": 0.65, "O": 0.95, "X": 0.6},
}  # fmt: skip
_DEFAULT_FACTOR = 0.4
"""How much less often "clear", "day" and "static" are said than anything out of the ordinary."""
DETAIL = {"tiny": 0.6, "short": 0.9, "medium": 1.0, "long": 1.0}
"""How much of a subject is said at each length."""
_NO_ARTICLE = frozenset({"cherry blossoms", "cherry trees", "sakura trees", "sakura", "neon lights",
                         "toys"})  # fmt: skip
_THE = frozenset({"sea floor", "seaside", "seashore", "lawn", "open road"})


@cache
def _usable_frames(
    length: str, missing: frozenset[str], held_out: bool
) -> tuple[tuple[Frame, ...], tuple[Frame, ...]]:
    """Return the frames of training and, for the `words` split, the held-out ones."""
    frames = [frame for frame in COMPILED[length] if not frame.needs & missing]
    unseen = tuple(frame for frame in frames if frame.name in splits.HELD_OUT_FRAMES)
    seen = tuple(frame for frame in frames if frame.name not in splits.HELD_OUT_FRAMES)
    return seen, unseen if held_out else ()


class OneShotTeller:
    """Fills one sentence frame for a clip of one shot.

    Args:
        speaker: says things and remembers what they assert.
        length: one of the caption lengths.
        hidden: subjects that the clip does not really show.
    """

    def __init__(self, speaker: Speaker, length: str, hidden: frozenset[int]) -> None:
        self.speaker = speaker
        self.spec = speaker.spec
        self.length = length
        self.detail = DETAIL[length]
        main = self.spec.subjects[0]
        self.couple = self.spec.script == "couple_walk"
        self.passive = main.action in PASSIVES and main.count == 1 and speaker.chance(0.12)
        self.topic = main.target if self.passive and main.target is not None else 0
        busy = hidden | ({0, 1} if self.couple else {0, main.target})
        self.others = [i for i in range(len(self.spec.subjects)) if i not in busy]

    def tell(self) -> tuple[str, str]:
        """Return the name of the frame and the text."""
        seen, unseen = _usable_frames(self.length, self._missing(), self.speaker.held_out)
        frames = unseen if unseen and self.speaker.chance(0.6) else seen
        frame = pick(self.speaker.rng, frames)
        pieces = []
        for part in frame.parts:
            if part.optional and not all(self._keep(slot) for slot in part.slots):
                continue
            filled = {slot: self.fill(slot) for slot in part.slots}
            pieces.append(part.text.format_map(filled) if filled else part.text)
        return frame.name, "".join(pieces)

    def _missing(self) -> frozenset[str]:
        missing = set()
        if self.spec.setting in affordances.NO_TIME_SETTINGS:
            missing.add("T")
        if self.spec.weather in affordances.UNSEEN_WEATHER.get(self.spec.setting, ()):
            missing.add("W")
        if not self.others:
            missing |= {"O", "Q"}
        if self.spec.script not in SCRIPT_SENTENCES:
            missing.add("X")
        return frozenset(missing)

    def _keep(self, slot: str) -> bool:
        if slot in self._missing():
            return False
        probability = _KEEP[self.length].get(slot, 1.0)
        spec = self.spec
        plain = {
            "W": spec.weather == "clear",
            "T": spec.time_of_day == "day",
            "K": spec.camera.move == "static",
            "N": spec.camera.move == "static",
        }
        return self.speaker.chance(
            probability * (_DEFAULT_FACTOR if plain.get(slot, False) else 1.0)
        )

    def fill(self, slot: str) -> str:
        """Return the text of a slot and remember what it asserts."""
        if slot in _SCENE_SLOTS:
            name, field, table = _SCENE_SLOTS[slot]
            value = getattr(self.spec, field)
            self.speaker.note(CLIP, name, value)
            return self.speaker.say(table[value])
        return _FILLERS[slot](self)

    def said_subject(self, article: bool = True) -> str:
        """Return the noun phrase the caption is about."""
        if not self.couple:
            return self.speaker.subject(self.topic, article=article, detail=self.detail)
        self.speaker.note(CLIP, "script", "couple_walk")
        if self.length == "tiny" or self.speaker.chance(0.4):
            return "a couple" if article else "couple"
        pair = " and ".join(self.speaker.subject(i, detail=self.detail) for i in (0, 1))
        return f"a couple, {pair}," if self.speaker.chance(0.3) else pair

    def said_verb(self, form: str) -> str:
        """Return what the topic does."""
        speaker = self.speaker
        if self.couple:
            return self._couple_verb(form)
        if self.passive:
            text = speaker.passive(0)
            be = "are " if speaker.is_plural(self.topic) else "is "
            return text if form == "participle" else be + text
        return speaker.verb(0, form)

    def _couple_verb(self, form: str) -> str:
        speaker = self.speaker
        verb = speaker.say(COUPLE_VERBS)
        speaker.note(0, "action", "walk")
        speaker.note(1, "action", "walk")
        direction = self.spec.subjects[0].direction
        if speaker.chance(0.85):
            speaker.note(0, "direction", direction)
            verb += " " + speaker.say(words.DIRECTIONS[direction])
        if form == "finite":
            return verb
        participle = verb.replace("walk", "walking", 1).replace("stroll", "strolling", 1)
        return participle if form == "participle" else "are " + participle

    def said_pronoun(self) -> str:
        """Return a word for the topic after its first mention, as a subject."""
        if self.couple:
            return "they"
        if self.spec.subjects[self.topic].kind == "child" or self.speaker.chance(0.35):
            return f"the {self.speaker.noun(self.topic)}"
        return self.speaker.pronoun(self.topic)

    def said_setting(self, article: bool) -> str:
        """Return a noun for the setting."""
        self.speaker.note(CLIP, "setting", self.spec.setting)
        noun = self.speaker.say(words.NOUN_OF_SETTING[self.spec.setting])
        if not article or noun in _NO_ARTICLE:
            return noun
        return f"the {noun}" if noun in _THE else with_article(noun)

    def said_camera(self) -> str:
        """Return what the camera does, as a sentence."""
        move = self.spec.camera.move
        self.speaker.note(CLIP, "camera", move)
        text = self.speaker.say(words.CAMERAS[move])
        if "{o}" not in text:
            return text
        return text.replace("{o}", self.speaker.pronoun(self.topic, objective=True))

    def said_script(self) -> str:
        """Return a sentence about what the script promises."""
        script = self.spec.script
        assert script is not None
        self.speaker.note(CLIP, "script", script)
        text = self.speaker.say(SCRIPT_SENTENCES[script])
        plural = self.speaker.is_plural(0) or self.spec.subjects[0].kind == "child"
        pronoun = self.speaker.pronoun(0)
        text = text.replace("{R}", pronoun).replace("{comes}", "come" if plural else "comes")
        return text.replace("{k}", self.speaker.noun(0)) if "{k}" in text else text

    def said_others(self, clause: bool) -> str:
        """Return the subjects beside the topic, as sentences or as noun phrases."""
        joint = ", and " if clause else " and "
        return joint.join(self._other(index, clause) for index in self.others)

    def _other(self, index: int, clause: bool) -> str:
        speaker = self.speaker
        relation = self.spec.subjects[index].relation
        text = speaker.subject(index, detail=self.detail)
        be = "are" if speaker.is_plural(index) else "is"
        if relation is None:
            return f"{text} {speaker.verb(index, 'finite' if clause else 'participle')}"
        speaker.note(index, "relation", f"{relation[0]}:{relation[1]}")
        place = speaker.say(words.RELATIONS[relation[0]])
        main = speaker.pronoun(relation[1], objective=True)
        if not clause:
            return f"{text} {place} {main}"
        if speaker.chance(0.4):
            return f"there {be} {text} {place} {main}"
        return f"{text} {be} {place} {main}"


_SCENE_SLOTS = {
    "P": ("setting", "setting", words.PLACES),
    "W": ("weather", "weather", words.WEATHERS),
    "T": ("time_of_day", "time_of_day", words.TIMES),
    "Y": ("style", "style", words.STYLES),
    "D": ("setting", "setting", words.DETAILS),
}
_FILLERS: Mapping[str, Callable[[OneShotTeller], str]] = {
    "S": lambda teller: teller.said_subject(),
    "s": lambda teller: teller.said_subject(article=False),
    "V": lambda teller: teller.said_verb("finite"),
    "I": lambda teller: teller.said_verb("progressive"),
    "G": lambda teller: teller.said_verb("participle"),
    "R": lambda teller: teller.said_pronoun(),
    "B": lambda teller: "are" if teller.speaker.is_plural(teller.topic) else "is",
    "K": lambda teller: teller.said_camera(),
    "N": lambda teller: camera_noun(teller.speaker, teller.spec.camera.move, CLIP),
    "M": lambda teller: teller.said_setting(False),
    "L": lambda teller: teller.said_setting(True),
    "O": lambda teller: teller.said_others(True),
    "Q": lambda teller: teller.said_others(False),
    "F": lambda teller: teller.speaker.say(FILLERS),
    "X": lambda teller: teller.said_script(),
}


def camera_noun(speaker: Speaker, move: str, shot: int) -> str:
    """Return what the camera does in a shot, as a noun phrase."""
    speaker.note(CLIP, "camera", move, shot)
    return speaker.say(words.CAMERA_NOUNS[move])
