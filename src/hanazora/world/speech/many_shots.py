"""Tells a clip with cuts, shot by shot: who does what in each, and where when that is new."""

from functools import cache

from hanazora.world import affordances, splits
from hanazora.world.draw import pick
from hanazora.world.frames_of_speech import SHOTS, compile_frame
from hanazora.world.speech import words
from hanazora.world.speech.noun_phrases import CLIP, Speaker
from hanazora.world.speech.one_shot import DETAIL, camera_noun


def tell_shots(speaker: Speaker, length: str) -> tuple[str, str]:
    """Return the name of the frame and the text."""
    spec = speaker.spec
    names = _shot_frame_names(speaker.held_out)
    number = pick(speaker.rng, names)
    frame = SHOTS[number]
    speaker.note(CLIP, "num_shots", len(spec.shots))
    pieces = []
    for index in range(len(spec.shots)):
        text = frame.joiner if index else frame.opener
        clause = _shot_clause(speaker, index, length, "finite" if "{A}" in text else "participle")
        pieces.append(text.format(A=clause, C=clause, i=index + 1))
    for part in compile_frame("", frame.closer).parts:
        if not part.optional:
            pieces.append(part.text)
        elif speaker.chance(0.55):
            speaker.note(CLIP, "style", spec.style)
            pieces.append(part.text.format(Y=speaker.say(words.STYLES[spec.style])))
    return f"shots/{number}", "".join(pieces)


@cache
def _shot_frame_names(held_out: bool) -> tuple[int, ...]:
    unseen = tuple(n for n in range(len(SHOTS)) if f"shots/{n}" in splits.HELD_OUT_FRAMES)
    return unseen if held_out else tuple(n for n in range(len(SHOTS)) if n not in unseen)


def _shot_clause(speaker: Speaker, index: int, length: str, form: str) -> str:
    """Say who does what in one shot, and where when that is new."""
    spec, shot = speaker.spec, speaker.spec.shots[index]
    subject = shot.subjects[0]
    speaker.note(subject, "shot", index)
    text = f"{speaker.subject(subject, detail=DETAIL[length])} {speaker.verb(subject, form)}"
    moved = index > 0 and shot.setting != spec.shots[index - 1].setting
    one_place = all(other.setting == spec.setting for other in spec.shots)
    if speaker.chance(0.85 if index == 0 or moved else 0.08):
        speaker.note(CLIP, "setting", shot.setting, CLIP if one_place else index)
        text += " " + speaker.say(words.PLACES[shot.setting])
    visible = shot.weather not in affordances.UNSEEN_WEATHER.get(shot.setting, ())
    if visible and length != "short" and speaker.chance(0.5 if index == 0 or moved else 0.1):
        speaker.note(CLIP, "weather", shot.weather, index)
        text += " " + speaker.say(words.WEATHERS[shot.weather])
    if length != "short" and speaker.chance(0.35):
        text += ", " + camera_noun(speaker, shot.camera.move, index)
    return text
