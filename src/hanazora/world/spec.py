"""`SceneSpec`: everything a clip of the procedural world is made from, as plain data.

A spec is JSON-able and complete: the same spec gives the same clip on every machine. The caption
writer reads it too, so a sentence never says what the clip does not show.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from hanazora.world import vocabulary


def _check(value: str, allowed: Sequence[str], field: str) -> None:
    if value not in allowed:
        raise ValueError(f"{field} is {value!r}; it must be one of {', '.join(allowed)}")


@dataclass(frozen=True, kw_only=True, slots=True)
class CameraSpec:
    """How the camera moves during a shot."""

    move: str = "static"
    """One of `vocabulary.CAMERA_MOVES`."""
    magnitude: float = 1.0
    """Strength of the move, 0.5 (slight) to 1.5 (strong); 1 is the usual one."""

    def __post_init__(self) -> None:
        _check(self.move, vocabulary.CAMERA_MOVES, "camera.move")


@dataclass(frozen=True, kw_only=True, slots=True)
class SubjectSpec:
    """One subject of the scene: an object, or a group of `count` equal objects."""

    kind: str
    """One of `vocabulary.KINDS`."""
    colour: str
    """One of `vocabulary.COLOURS`; the coat of a person, the body of anything else."""
    size: str = "medium"
    """One of `vocabulary.SIZES`, relative to what is usual for the kind."""
    pattern: str = "plain"
    """One of `vocabulary.PATTERNS`."""
    count: int = 1
    """How many equal objects, 1 to `vocabulary.MAX_COUNT`."""
    action: str = "stand"
    """One of `vocabulary.ACTIONS`."""
    direction: str = "none"
    """One of `vocabulary.DIRECTIONS`; "none" for actions that do not travel."""
    target: int | None = None
    """Index of the subject that a `vocabulary.TARGET_ACTIONS` action refers to."""
    relation: tuple[str, int] | None = None
    """(one of `vocabulary.RELATIONS`, index of the other subject): "left of subject 0"."""
    extras: tuple[str, ...] = ()
    """Some of `vocabulary.EXTRAS`, people only."""

    def __post_init__(self) -> None:
        _check(self.kind, vocabulary.KINDS, "kind")
        _check(self.colour, vocabulary.COLOURS, "colour")
        _check(self.size, vocabulary.SIZES, "size")
        _check(self.pattern, vocabulary.PATTERNS, "pattern")
        _check(self.action, vocabulary.ACTIONS, "action")
        _check(self.direction, vocabulary.DIRECTIONS, "direction")
        if not 1 <= self.count <= vocabulary.MAX_COUNT:
            raise ValueError(f"count is {self.count}; it must be 1 to {vocabulary.MAX_COUNT}")
        for extra in self.extras:
            _check(extra, vocabulary.EXTRAS, "extras")
        if self.relation is not None:
            _check(self.relation[0], vocabulary.RELATIONS, "relation")


@dataclass(frozen=True, kw_only=True, slots=True)
class ShotSpec:
    """One shot of a clip with hard cuts."""

    start_frame: int
    """First frame of the shot; the first shot starts at 0."""
    camera: CameraSpec
    """Camera of this shot."""
    subjects: tuple[int, ...]
    """Indices into `SceneSpec.subjects` of what this shot shows."""
    setting: str
    """One of `vocabulary.SETTINGS` (mostly the same in all shots of a clip)."""
    weather: str
    """One of `vocabulary.WEATHERS`."""
    time_of_day: str
    """One of `vocabulary.TIMES_OF_DAY`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SceneSpec:
    """A clip of the world: place, light, camera, subjects and, for several shots, the cuts."""

    seed: int
    """Decides everything the other fields leave open: layout, exact speeds, faces, trees."""
    setting: str
    """One of `vocabulary.SETTINGS`."""
    weather: str = "clear"
    """One of `vocabulary.WEATHERS`."""
    time_of_day: str = "day"
    """One of `vocabulary.TIMES_OF_DAY`."""
    style: str = "lowpoly"
    """One of `vocabulary.STYLES`; one clip has one style, also across cuts."""
    camera: CameraSpec = CameraSpec()
    """Camera of the whole clip (of the first shot when there are several)."""
    subjects: tuple[SubjectSpec, ...] = ()
    """The main subject first; at most `vocabulary.MAX_SUBJECTS`."""
    shots: tuple[ShotSpec, ...] = ()
    """Empty: one shot that shows every subject."""
    num_frames: int = 17
    """Frames of the clip."""
    fps: float = 8.0
    """Frames per second."""
    aspect: float = 320 / 192
    """Width over height the staging is made for (`build_scene` places subjects inside it)."""
    script: str | None = None
    """One of `vocabulary.SCRIPTS`, or None."""
    odd: bool = False
    """True when the affordance table would not allow the combination (kept on purpose)."""

    def __post_init__(self) -> None:
        _check(self.setting, vocabulary.SETTINGS, "setting")
        _check(self.weather, vocabulary.WEATHERS, "weather")
        _check(self.time_of_day, vocabulary.TIMES_OF_DAY, "time_of_day")
        _check(self.style, vocabulary.STYLES, "style")
        if self.script is not None:
            _check(self.script, vocabulary.SCRIPTS, "script")
        if len(self.subjects) > vocabulary.MAX_SUBJECTS:
            raise ValueError(
                f"{len(self.subjects)} subjects; at most {vocabulary.MAX_SUBJECTS} are possible"
            )
        if self.num_frames < 1:
            raise ValueError(f"num_frames is {self.num_frames}; it must be at least 1")
        _check_references(self.subjects)

    @property
    def duration_s(self) -> float:
        """Length of the clip in seconds."""
        return self.num_frames / self.fps


def _check_references(subjects: tuple[SubjectSpec, ...]) -> None:
    for index, subject in enumerate(subjects):
        others = [subject.target] if subject.target is not None else []
        others += [subject.relation[1]] if subject.relation is not None else []
        for other in others:
            if other == index or not 0 <= other < len(subjects):
                raise ValueError(
                    f"subject {index} refers to subject {other}; "
                    f"it must be another of the {len(subjects)} subjects"
                )
        if subject.action in vocabulary.TARGET_ACTIONS and subject.target is None:
            raise ValueError(f"subject {index}: action {subject.action!r} needs a target")


def split_shots(spec: SceneSpec) -> tuple[SceneSpec, ...]:
    """Return one single-shot spec per shot; build and render them apart and join the frames.

    All parts keep the seed, so the same place looks the same in every shot.
    """
    if not spec.shots:
        return (spec,)
    ends = [shot.start_frame for shot in spec.shots[1:]] + [spec.num_frames]
    return tuple(
        replace(
            spec,
            setting=shot.setting,
            weather=shot.weather,
            time_of_day=shot.time_of_day,
            camera=shot.camera,
            subjects=_pick_subjects(spec.subjects, shot.subjects),
            shots=(),
            num_frames=end - shot.start_frame,
            script=None,
        )
        for shot, end in zip(spec.shots, ends, strict=True)
    )


def _pick_subjects(
    subjects: tuple[SubjectSpec, ...], chosen: tuple[int, ...]
) -> tuple[SubjectSpec, ...]:
    """Keep the chosen subjects and renumber what they refer to."""
    new_index = {old: new for new, old in enumerate(chosen)}
    picked = []
    for old in chosen:
        subject = subjects[old]
        target = new_index.get(subject.target) if subject.target is not None else None
        relation = subject.relation
        if relation is not None:
            relation = (relation[0], new_index[relation[1]]) if relation[1] in new_index else None
        lost = subject.target is not None and target is None
        action = "stand" if lost and subject.action in vocabulary.TARGET_ACTIONS else subject.action
        picked.append(replace(subject, target=target, relation=relation, action=action))
    return tuple(picked)


def to_json(spec: SceneSpec) -> dict[str, object]:
    """Return the spec as plain data that `json.dumps` accepts."""
    return asdict(spec)


def from_json(data: Mapping[str, object]) -> SceneSpec:
    """Return the spec that `to_json` wrote; an unknown field is an error."""
    fields = dict(data)
    subjects = [_subject_from_json(item) for item in _items(fields.pop("subjects", ()))]
    shots = [_shot_from_json(item) for item in _items(fields.pop("shots", ()))]
    camera = CameraSpec(**_mapping(fields.pop("camera", {})))
    rest: dict[str, Any] = fields
    return SceneSpec(camera=camera, subjects=tuple(subjects), shots=tuple(shots), **rest)


def _subject_from_json(item: object) -> SubjectSpec:
    fields = _mapping(item)
    relation = fields.get("relation")
    fields["relation"] = tuple(relation) if relation is not None else None
    fields["extras"] = tuple(fields.get("extras", ()))
    return SubjectSpec(**fields)


def _shot_from_json(item: object) -> ShotSpec:
    fields = _mapping(item)
    fields["camera"] = CameraSpec(**_mapping(fields["camera"]))
    fields["subjects"] = tuple(fields["subjects"])
    return ShotSpec(**fields)


def _items(value: object) -> list[object]:
    if not isinstance(value, list | tuple):
        raise ValueError(f"expected a list in the scene spec, got {value!r}")
    return list(value)


def _mapping(value: object) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError(f"expected an object in the scene spec, got {value!r}")
    return dict(value)
