"""Moderators of pictures outside this process: OpenAI-compatible moderations, or a JSON hook.

Pictures are sent as PNG to the address in the policy and nowhere else. The hook is asked once for
all pictures with `{"stage": ..., "policy": ..., "images": [base64, ...]}` and answers with
`{"findings": [{"category": ..., "score": ..., "image": 0}, ...]}`.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from hanazora.media.frames import Frames, Picture
from hanazora.media.pictures import encode_png
from hanazora.safety.frames.moderator import ModeratorError, Scores
from hanazora.safety.policy import PluginConfig, Policy, Stage
from hanazora.safety.text.plugins import (
    MODERATION_CATEGORIES,
    PluginError,
    checked_score,
    post_json,
)

IMAGE_CATEGORIES = ("sexual", "violence", "self-harm")
"""What an OpenAI-compatible service judges on pictures; hate and known people are text only."""


class RemoteModerator:
    """A plug-in of the policy, asked about pictures.

    Args:
        plugin: where it answers and what it calls things.
        policy: named in the requests.
        stage: named in the requests.
    """

    def __init__(self, plugin: PluginConfig, policy: Policy, stage: Stage) -> None:
        self._plugin, self._policy, self._stage = plugin, policy, stage
        self.name = f"plugin/{plugin.name}"
        self.required = plugin.required
        self.timeout_s = plugin.timeout_s
        own = tuple(dict.fromkeys(plugin.categories.values()))
        self.categories = IMAGE_CATEGORIES if plugin.kind == "moderations" else own

    def judge(self, pictures: Frames) -> Sequence[Scores]:
        """Return the scores of each picture."""
        ask = self._ask_moderations if self._plugin.kind == "moderations" else self._ask_hook
        try:
            return ask(pictures)
        except (OSError, ValueError, KeyError, TypeError, LookupError, PluginError) as error:
            raise ModeratorError(f"{type(error).__name__}: {error}"[:200]) from error

    def _ask_moderations(self, pictures: Frames) -> list[Scores]:
        # The services take one picture a request.
        found: list[Scores] = []
        for picture in pictures:
            url = {"url": f"data:image/png;base64,{_png(picture)}"}
            body: dict[str, object] = {"input": [{"type": "image_url", "image_url": url}]}
            if self._plugin.model:
                body["model"] = self._plugin.model
            found.append(self._read_moderation(post_json(self._plugin, body)["results"][0]))
        return found

    def _read_moderation(self, result: Mapping[str, Any]) -> Scores:
        names = {**MODERATION_CATEGORIES, **self._plugin.categories}
        scores: dict[str, float] = {}
        for name, value in result["category_scores"].items():
            flagged = bool(result.get("categories", {}).get(name, False))
            category = names.get(name, name)
            score = max(checked_score(value), 0.9 if flagged else 0.0)
            scores[category] = max(score, scores.get(category, 0.0))
        return scores

    def _ask_hook(self, pictures: Frames) -> list[Scores]:
        body = {
            "stage": self._stage,
            "policy": self._policy.version,
            "images": [_png(picture) for picture in pictures],
        }
        found: list[dict[str, float]] = [{} for _ in pictures]
        for finding in post_json(self._plugin, body)["findings"]:
            category = str(finding["category"])
            category = self._plugin.categories.get(category, category)
            scores = found[int(finding["image"])]
            scores[category] = max(checked_score(finding["score"]), scores.get(category, 0.0))
        return list(found)


def _png(picture: Picture) -> str:
    return base64.b64encode(encode_png(picture)).decode("ascii")
