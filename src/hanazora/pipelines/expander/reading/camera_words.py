"""What the camera does, from the verbs and directions said about it."""

_TURNS = {"left": "pan_left", "right": "pan_right"}
_ORBITS = {"left": "orbit_left", "right": "orbit_right"}
_ALONG = {"toward": "dolly_in", "away": "dolly_out"}
_ALONE = {"follow": "follow", "rise": "crane_up", "stand": "static", "float": "handheld"}


def camera_move(said: str) -> str | None:
    """Return one of `vocabulary.CAMERA_MOVES`, or None while too little is known.

    Args:
        said: actions and directions in the order of the prompt, as in "turn left".
    """
    found = said.split()
    side = next((word for word in found if word in _TURNS), None)
    if {"circle", "spin"} & set(found):
        return _ORBITS[side or "left"]
    along = next((word for word in found if word in _ALONG), None)
    if along is not None:
        return _ALONG[along]
    if side is not None:
        return _TURNS[side]
    return next((_ALONE[word] for word in found if word in _ALONE), None)
