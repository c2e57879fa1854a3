"""What a prompt is cut into before anybody asks what it means: words of the world and the rest."""

from dataclasses import dataclass

UNKNOWN = "unknown"
"""Tag of a word that no lexicon has."""
STOP, COMMA = "stop", "comma"
"""Tags of the end of a sentence, and of a pause inside it."""
SCENE_TAGS = {
    "setting": "setting",
    "weather": "weather",
    "time": "time_of_day",
    "style": "style",
    "camera": "camera",
}
"""Tags about the whole picture, and the fact each one states."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word or phrase of a prompt that means one thing."""

    tag: str
    """A section of the lexicon ("kind", "colour"), or one of the tags above."""
    value: str
    """What it says, in the words of `world.vocabulary`; "dog|cat" leaves the choice open."""
    text: str
    """As it stands in the prompt."""
    plural: bool = False
    """True for a noun in the plural."""
    origin: str = "said"
    """How it was read: "said", "typo", "meaning" (nearest meaning by the sentence encoder), or
    "nearest" when the world has something like it only (six for a dozen)."""

    def is_a(self, tag: str, *values: str) -> bool:
        """Say whether the token has the tag and, when given, one of the values."""
        return self.tag == tag and (not values or self.value in values)
