"""Draws what looks at a clip: a camera under which every action can be seen, and its cuts."""

import random
from dataclasses import replace

from hanazora.world import affordances
from hanazora.world.chance.tables import camera_table, settings_with, time_table, weather_table
from hanazora.world.draw import pick
from hanazora.world.spec import CameraSpec, SceneSpec, ShotSpec, SubjectSpec


def draw_camera(
    rng: random.Random, subjects: tuple[SubjectSpec, ...], script: str | None, split: str
) -> CameraSpec:
    """Draw a camera move under which every action can still be seen."""
    strict = next((s for s in subjects if s.action in affordances.STEADY_ACTIONS), subjects[0])
    across = any(subject.direction in ("left", "right") for subject in subjects)
    direction = "left" if across else strict.direction
    away = script == "couple_walk" and not across
    table = camera_table(strict.kind, strict.action, direction, split == "triple")
    move = "follow" if away and rng.random() < 0.5 else table.draw(rng)
    return CameraSpec(move=move, magnitude=pick(rng, (0.75, 1.0, 1.25)))


def with_shots(rng: random.Random, spec: SceneSpec, split: str) -> SceneSpec:
    """Give every subject a shot of its own; cuts fall on the first frame of a latent frame."""
    shots = []
    for index, subject in enumerate(spec.subjects):
        setting, weather, time_of_day = spec.setting, spec.weather, spec.time_of_day
        if index > 0 and rng.random() < 0.3:
            setting = pick(rng, settings_with(subject.kind, spec.setting))
            weather = weather_table(setting).draw(rng)
            time_of_day = time_table(setting).draw(rng)
        start = round(index * spec.num_frames / len(spec.subjects))
        shots.append(
            ShotSpec(
                start_frame=1 + 4 * round((start - 1) / 4) if start else 0,
                camera=draw_camera(rng, (subject,), None, split) if index else spec.camera,
                subjects=(index,),
                setting=setting,
                weather=weather,
                time_of_day=time_of_day,
            )
        )
    return replace(spec, shots=tuple(shots))
