"""From a draft to a scene: what the prompt leaves open is chosen so that it can happen.

A prompt of a place alone stays one: nobody is put there. Only what a caption needs is chosen: the
setting, and of everybody the prompt names a colour, something to do and a direction. Weather,
light, style and camera stay open unless the prompt names them, nothing is chosen that it excludes,
and what of it cannot be told is reported. Choices depend on the prompt and the seed alone.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hanazora.pipelines.expander.reading.draft import Draft, SubjectDraft, scene_fact
from hanazora.pipelines.expander.reading.tokens import Token
from hanazora.pipelines.expander.telling.cast import Cast, order_cast
from hanazora.pipelines.expander.telling.places import choose_setting
from hanazora.pipelines.expander.telling.subjects import Chooser
from hanazora.world import affordances
from hanazora.world.draw import generator
from hanazora.world.spec import CameraSpec, SceneSpec, ShotSpec, SubjectSpec
from hanazora.world.speech.noun_phrases import CLIP
from hanazora.world.vocabulary import MAX_SUBJECTS, TIMES_OF_DAY, WEATHERS

_FRAMES_PER_SHOT = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Resolved:
    """A scene, which of its facts are said, and where each comes from."""

    spec: SceneSpec
    """The whole scene; without subjects the caption tells of the place alone."""
    scenes: tuple[Mapping[str, str], ...]
    """What is said of the picture of each shot: setting, weather, time_of_day, style, camera."""
    spoken: frozenset[tuple[int, str]]
    """(subject, fact) of what the caption says of the subjects."""
    sources: dict[tuple[int, str], Token]
    """The word behind each fact that the prompt states."""
    ignored: tuple[str, ...]
    """Words that found no place."""


def resolve(draft: Draft, prompt: str, seed: int, *, given: bool = False) -> Resolved:
    """Choose what the draft leaves open.

    Args:
        draft: what the prompt was understood to say.
        prompt: the text, so that two prompts make different choices.
        seed: another one makes other choices.
        given: leave unsaid what the prompt does not say: pictures or clips show it.
    """
    return _Resolver(draft, generator(seed, f"expand {prompt}"), given).resolve()


class _Resolver:
    def __init__(self, draft: Draft, rng: random.Random, given: bool) -> None:
        self.draft = draft
        self.rng = rng
        self.given = given
        self.chooser = Chooser(rng, draft.excluded)
        self.spoken: set[tuple[int, str]] = set()
        self.sources = {key: token for key, token in draft.sources.items() if key[0] == CLIP}

    def resolve(self) -> Resolved:
        self._cut_off()
        for number, scene in enumerate(self.draft.scenes):
            self._settle(number, scene)
        cast = self._cast()
        subjects = self._subjects(cast)
        return Resolved(
            spec=self._spec(cast, subjects),
            scenes=tuple(map(self._said, range(len(self.draft.scenes)))),
            spoken=frozenset(self.spoken),
            sources=self.sources,
            ignored=tuple(dict.fromkeys(self.draft.ignored)),
        )

    def _cut_off(self) -> None:
        """Leave out the shots beyond the most that a caption tells."""
        scenes = self.draft.scenes
        for number in range(MAX_SUBJECTS, len(scenes)):
            for name in (*scenes[number], "place"):
                self._drop(number, name)
        del scenes[MAX_SUBJECTS:]

    def _settle(self, number: int, scene: dict[str, str]) -> None:
        """Decide where a shot plays and what can be seen of its weather and light."""
        one_shot = len(self.draft.scenes) == 1
        if not one_shot:  # a caption of shots says no time of day
            self._drop(number, "time_of_day")
        self._choose_place(number, scene)
        setting = scene["setting"]
        inside = setting in affordances.NO_TIME_SETTINGS
        weather = scene.get("weather")
        if weather is not None and (inside or weather == "bubbles"):
            if (setting, weather) != ("reef", "bubbles"):
                self._drop(number, "weather")
        if inside:
            self._drop(number, "time_of_day")
        if number > 0 and "style" in scene:
            self._share_style(number, scene)
        if one_shot and not inside:
            self._avoid_excluded(scene)

    def _choose_place(self, number: int, scene: dict[str, str]) -> None:
        if "setting" not in scene:
            scene["setting"] = choose_setting(self.draft, number, self.rng)
        place = self.sources.get(scene_fact("place", number))
        if place is not None and scene["setting"] in place.value.split("|"):
            self.sources.setdefault(scene_fact("setting", number), place)
        elif place is not None:
            self.draft.ignore(place)

    def _drop(self, number: int, name: str) -> None:
        self.draft.scenes[number].pop(name, None)
        token = self.sources.pop(scene_fact(name, number), None)
        if token is not None:
            self.draft.ignore(token)

    def _said(self, number: int) -> dict[str, str]:
        """Return what is said of the picture of a shot."""
        scene = dict(self.draft.scenes[number])
        if self.given and scene_fact("setting", number) not in self.sources:
            del scene["setting"]
        return scene

    def _share_style(self, number: int, scene: dict[str, str]) -> None:
        """All shots have one style: the first that is said."""
        if self.draft.scenes[0].setdefault("style", scene["style"]) != scene["style"]:
            self._drop(number, "style")
            return
        del scene["style"]
        self.sources.setdefault((CLIP, "style"), self.sources.pop(scene_fact("style", number)))

    def _avoid_excluded(self, scene: dict[str, str]) -> None:
        """Say what there is instead of the weather or the light that the prompt excludes."""
        barred = {value for _, value in self.draft.excluded}
        if "weather" not in scene and barred & set(WEATHERS):
            scene["weather"] = "clear"
        if "time_of_day" not in scene and barred & set(TIMES_OF_DAY):
            usual = affordances.TIME_WEIGHTS[scene["setting"]]
            left = {time: weight for time, weight in usual.items() if time not in barred}
            scene["time_of_day"] = max(left or usual, key=lambda time: usual[time])

    def _cast(self) -> Cast:
        """Order the subjects; among several shots, one without a subject is given one."""
        draft = self.draft
        cast = order_cast(draft)
        subjects, originals = list(cast.subjects), list(cast.originals)
        shown = {subject.shot for subject in subjects}
        for number, scene in enumerate(draft.scenes):
            if number not in shown and len(draft.scenes) > 1:
                subjects.append(SubjectDraft((self.chooser.anybody(scene["setting"]),), number))
                originals.append(None)
        return replace(cast, subjects=tuple(subjects), originals=tuple(originals))

    def _subjects(self, cast: Cast) -> tuple[SubjectSpec, ...]:
        made: list[SubjectSpec] = []
        plain = not any(subject.colour or subject.extras for subject in cast.subjects[:2])
        for index, drafted in enumerate(cast.subjects):
            setting = self.draft.scenes[drafted.shot]["setting"]
            nameless = self.given or (cast.couple and index < 2 and plain)
            chosen = self.chooser.fill(index, cast.subjects, setting, made, nameless=nameless)
            made.append(chosen.spec)
            self.spoken |= {(index, name) for name in chosen.spoken}
            if self.given and drafted.direction is None:
                self.spoken.discard((index, "direction"))
        if made and made[0].target is not None:
            # The verb of the main subject names its target; what the target does is not said.
            self.spoken -= {(made[0].target, name) for name in ("action", "direction")}
        if cast.couple:
            asked = cast.subjects[0].direction or "away"
            made[:2] = [replace(subject, direction=asked) for subject in made[:2]]
        self._trace(cast, made)
        return tuple(made)

    def _trace(self, cast: Cast, made: Sequence[SubjectSpec]) -> None:
        """Note which word says what of whom, and report the words that nothing is told of."""
        for (owner, name), token in self.draft.sources.items():
            if owner == CLIP:
                continue
            index = cast.originals.index(owner) if owner in cast.originals else None
            if index is None:
                self.draft.ignore(token)
                continue
            couple = cast.originals[index + 1 : index + 2] == (None,)
            extra = name.removeprefix("extra ") in made[index].extras
            if (index, name) in self.spoken or extra:
                self.sources[index, name] = _as_told(name, token, cast.subjects[index], made[index])
                if couple and name in ("kind", "action", "direction"):
                    self.sources[index + 1, name] = self.sources[index, name]
            elif not (couple and name == "count"):  # a couple is two by its name
                self.draft.ignore(token)

    def _spec(self, cast: Cast, subjects: tuple[SubjectSpec, ...]) -> SceneSpec:
        scenes = self.draft.scenes
        first = scenes[0]
        shots = tuple(_shot(number, scene, cast) for number, scene in enumerate(scenes))
        script = "couple_walk" if cast.couple else None
        if len(shots) > 1:
            script = "shots"
        elif subjects and subjects[0].action == "return":
            script = "leave_return"
        return SceneSpec(
            seed=0,
            setting=first["setting"],
            weather=first.get("weather", "clear"),
            time_of_day=first.get("time_of_day", "day"),
            style=first.get("style", "lowpoly"),
            camera=CameraSpec(move=first.get("camera", "static")),
            subjects=subjects,
            shots=shots if len(shots) > 1 else (),
            num_frames=len(shots) * _FRAMES_PER_SHOT + 1,
            script=script,
        )


def _as_told(name: str, token: Token, drafted: SubjectDraft, made: SubjectSpec) -> Token:
    """Mark a verb that is told as the nearest thing that the kind does."""
    other = name == "action" and drafted.action not in (None, "move", made.action)
    return replace(token, origin="nearest") if other else token


def _shot(number: int, scene: dict[str, str], cast: Cast) -> ShotSpec:
    return ShotSpec(
        start_frame=number * _FRAMES_PER_SHOT,
        camera=CameraSpec(move=scene.get("camera", "static")),
        subjects=tuple(i for i, subject in enumerate(cast.subjects) if subject.shot == number),
        setting=scene["setting"],
        weather=scene.get("weather", "clear"),
        time_of_day=scene.get("time_of_day", "day"),
    )
