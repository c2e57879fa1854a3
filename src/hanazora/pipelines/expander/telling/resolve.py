"""From a draft to a scene: what the prompt leaves open is chosen so that it can happen.

Only what a caption needs is chosen: the setting, somebody to look at, a colour, something to do.
Weather, light, style and camera stay open unless the prompt or the setting itself names them, and
nothing is chosen that the prompt excludes. Choices depend on the prompt and the seed alone.
"""

import random
from dataclasses import dataclass, replace

from hanazora.pipelines.expander.reading.draft import Draft, SubjectDraft
from hanazora.pipelines.expander.reading.tokens import Token
from hanazora.pipelines.expander.telling.cast import Cast, order_cast
from hanazora.pipelines.expander.telling.places import choose_setting, usual_weather
from hanazora.pipelines.expander.telling.subjects import Chooser
from hanazora.world import affordances
from hanazora.world.draw import generator
from hanazora.world.spec import CameraSpec, SceneSpec, ShotSpec, SubjectSpec
from hanazora.world.speech.noun_phrases import CLIP
from hanazora.world.vocabulary import MAX_SUBJECTS

_FRAMES_PER_SHOT = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Resolved:
    """A scene, which of its facts are said, and where each comes from."""

    spec: SceneSpec
    """The whole scene."""
    spoken: frozenset[tuple[int, str]]
    """(subject or CLIP, fact) of everything the caption says."""
    sources: dict[tuple[int, str], Token]
    """The word behind each fact that the prompt states."""
    ignored: tuple[str, ...]
    """Words that found no place."""
    empty: bool
    """True for a place with nothing in it: the caption names no subject."""


def resolve(draft: Draft, prompt: str, seed: int) -> Resolved:
    """Choose what the draft leaves open.

    Args:
        draft: what the prompt was understood to say.
        prompt: the text, so that two prompts make different choices.
        seed: another one makes other choices.
    """
    return _Resolver(draft, generator(seed, f"expand {prompt}")).resolve()


class _Resolver:
    def __init__(self, draft: Draft, rng: random.Random) -> None:
        self.draft = draft
        self.rng = rng
        self.chooser = Chooser(rng, draft.excluded)
        self.spoken: set[tuple[int, str]] = set()
        self.sources = {key: token for key, token in draft.sources.items() if key[0] == CLIP}

    def resolve(self) -> Resolved:
        del self.draft.scenes[MAX_SUBJECTS:]
        for number, scene in enumerate(self.draft.scenes):
            self._settle(number, scene)
        cast = self._cast()
        subjects = self._subjects(cast)
        return Resolved(
            spec=self._spec(cast, subjects),
            spoken=frozenset(self.spoken),
            sources=self.sources,
            ignored=tuple(dict.fromkeys(self.draft.ignored)),
            empty=self.draft.empty and not self.draft.subjects,
        )

    def _settle(self, number: int, scene: dict[str, str]) -> None:
        """Decide where a shot plays and what can be seen of its weather and light."""
        draft = self.draft
        if "setting" not in scene:
            if number > 0 and not draft.places:
                scene["setting"] = draft.scenes[0]["setting"]
            else:
                scene["setting"] = choose_setting(draft, number, self.rng)
            if (CLIP, "place") in draft.sources:
                self.sources[CLIP, "setting"] = draft.sources[CLIP, "place"]
        setting = scene["setting"]
        inside = setting in affordances.NO_TIME_SETTINGS
        weather = scene.get("weather")
        if weather is not None and (inside or weather == "bubbles"):
            if (setting, weather) != ("reef", "bubbles"):
                self._drop(scene, "weather")
        if inside and "time_of_day" in scene:
            self._drop(scene, "time_of_day")
        self._add_usual_air(scene)
        self.spoken |= {(CLIP, name) for name in scene}

    def _drop(self, scene: dict[str, str], name: str) -> None:
        del scene[name]
        token = self.sources.pop((CLIP, name), None)
        if token is not None:
            self.draft.ignore(token)

    def _add_usual_air(self, scene: dict[str, str]) -> None:
        """Add what belongs to the setting, unless the prompt excludes it."""
        barred = {value for _, value in self.draft.excluded}
        setting = scene["setting"]
        usual = usual_weather(setting)
        if "weather" not in scene and usual is not None:
            if not any(value in usual for value in barred):
                scene["weather"] = usual
            elif setting != "reef":
                scene["weather"] = "clear"
        if "time_of_day" not in scene and setting == "neon_street":
            scene["time_of_day"] = "dusk" if "night" in barred else "night"

    def _cast(self) -> Cast:
        """Order the subjects; a shot without one is given one."""
        draft = self.draft
        cast = order_cast(draft)
        subjects, originals = list(cast.subjects), list(cast.originals)
        shown = {subject.shot for subject in subjects}
        for number, scene in enumerate(draft.scenes):
            if number not in shown:
                subjects.append(SubjectDraft((self.chooser.anybody(scene["setting"]),), number))
                originals.append(None)
        return replace(cast, subjects=tuple(subjects), originals=tuple(originals))

    def _subjects(self, cast: Cast) -> tuple[SubjectSpec, ...]:
        made: list[SubjectSpec] = []
        plain = not any(subject.colour for subject in cast.subjects[:2])
        for index, original in enumerate(cast.originals):
            setting = self.draft.scenes[cast.subjects[index].shot]["setting"]
            nameless = cast.couple and index < 2 and plain
            chosen = self.chooser.fill(index, cast.subjects, setting, made, nameless=nameless)
            made.append(chosen.spec)
            self.spoken |= {(index, name) for name in chosen.spoken}
            for (owner, name), token in self.draft.sources.items():
                if owner == original and owner != CLIP:
                    self.sources[index, name] = token
        # The verb of the main subject names its target; what the target does is not said.
        self.spoken -= {(made[0].target or CLIP, name) for name in ("action", "direction")}
        if cast.couple:
            asked = cast.subjects[0].direction or "away"
            made[:2] = [replace(subject, direction=asked) for subject in made[:2]]
        return tuple(made)

    def _spec(self, cast: Cast, subjects: tuple[SubjectSpec, ...]) -> SceneSpec:
        scenes = self.draft.scenes
        first = scenes[0]
        shots = tuple(_shot(number, scene, cast) for number, scene in enumerate(scenes))
        style = next((scene["style"] for scene in scenes if "style" in scene), "lowpoly")
        script = "couple_walk" if cast.couple else None
        if len(shots) > 1:
            script = "shots"
        elif subjects[0].action == "return":
            script = "leave_return"
        return SceneSpec(
            seed=0,
            setting=first["setting"],
            weather=first.get("weather", "clear"),
            time_of_day=first.get("time_of_day", "day"),
            style=style,
            camera=CameraSpec(move=first.get("camera", "static")),
            subjects=subjects,
            shots=shots if len(shots) > 1 else (),
            num_frames=len(shots) * _FRAMES_PER_SHOT + 1,
            script=script,
        )


def _shot(number: int, scene: dict[str, str], cast: Cast) -> ShotSpec:
    return ShotSpec(
        start_frame=number * _FRAMES_PER_SHOT,
        camera=CameraSpec(move=scene.get("camera", "static")),
        subjects=tuple(i for i, subject in enumerate(cast.subjects) if subject.shot == number),
        setting=scene["setting"],
        weather=scene.get("weather", "clear"),
        time_of_day=scene.get("time_of_day", "day"),
    )
