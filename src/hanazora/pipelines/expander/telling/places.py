"""Where a prompt plays when it names no setting of the world, or a word such as "street"."""

import random
from collections.abc import Mapping, Sequence

from hanazora.pipelines.expander.reading.draft import COUPLE, Draft
from hanazora.world import affordances
from hanazora.world.draw import Weighted
from hanazora.world.vocabulary import MAX_SUBJECTS, SETTINGS

_UNUSUAL = 0.002
"""Weight of what a setting never shows, so that the least odd one still wins."""
_USUAL_SHARE = 0.6
"""Without any word for the place, only what fits nearly as well as the best is drawn."""
_PLACE_PRIORS = (1.0, 0.6, 0.4)
"""How much the first, second and third reading of a word such as "street" are preferred."""


def choose_setting(draft: Draft, shot: int, rng: random.Random) -> str:
    """Return the setting that fits what is said of the shot.

    A word that fits several settings takes the best of them; without any word a shot stays where
    the first is, if its subject may be there, and one is drawn by the world's own table otherwise.
    """
    excluded = {value for tag, value in draft.excluded if tag == "setting"}
    open_settings = [setting for setting in SETTINGS if setting not in excluded] or SETTINGS
    candidates = _named(draft.places.get(shot, ()), open_settings)
    fits = {setting: prior * _fit(draft, shot, setting) for setting, prior in candidates.items()}
    if shot in draft.places:
        return max(fits, key=lambda setting: fits[setting])
    if shot > 0 and _fit(draft, shot, draft.scenes[0]["setting"]) > _UNUSUAL:
        return draft.scenes[0]["setting"]
    least = _USUAL_SHARE * max(fits.values())
    return Weighted({setting: fit for setting, fit in fits.items() if fit >= least}).draw(rng)


def _named(places: Sequence[tuple[str, ...]], open_settings: Sequence[str]) -> Mapping[str, float]:
    priors = {setting: 1.0 for setting in open_settings}
    for place in places:
        said = dict(zip(place, _PLACE_PRIORS, strict=False))
        narrower = {s: priors[s] * said[s] for s in priors if s in said}
        priors = narrower or priors
    return priors


def _fit(draft: Draft, shot: int, setting: str) -> float:
    """Return how usual everything said of the shot is in the setting."""
    scene = draft.scenes[shot]
    fit = 1.0
    if "style" in scene:
        fit *= _share(affordances.STYLE_WEIGHTS[setting], scene["style"])
    if "weather" in scene:
        fit *= _share(affordances.WEATHER_WEIGHTS[setting], scene["weather"])
    if "time_of_day" in scene:
        fit *= _share(affordances.TIME_WEIGHTS[setting], scene["time_of_day"])
    unseen = scene.get("weather") in affordances.UNSEEN_WEATHER.get(setting, ())
    if unseen or "time_of_day" in scene and setting in affordances.NO_TIME_SETTINGS:
        fit *= _UNUSUAL
    for subject in draft.subjects[:MAX_SUBJECTS]:
        if subject.shot == shot:
            kinds = ("woman", "man") if subject.kinds == COUPLE else subject.kinds
            weights = affordances.KIND_WEIGHTS[setting]
            fit *= max(_share(weights, kind) for kind in kinds)
            done = (affordances.action_weights(kind, setting) for kind in kinds)
            if subject.action not in (None, "move"):
                fit *= 1.0 if any(subject.action in actions for actions in done) else 0.3
    return fit


def _share(weights: Mapping[str, float | int], item: str) -> float:
    return max(weights.get(item, 0) / sum(weights.values()), _UNUSUAL)
