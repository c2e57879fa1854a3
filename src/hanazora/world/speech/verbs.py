"""Verb phrases for every action and group of kinds, and their forms."""

from collections.abc import Mapping
from typing import NamedTuple

from hanazora.world import vocabulary

Phrases = tuple[str, ...]

VERBS: Mapping[str, Mapping[str, Phrases]] = {
    "walk": {
        "any": ("*walk{d}", "*stroll{d}", "*go for a walk{d}", "*wander{d}"),
        "animal": ("*walk{d}", "*trot{d}", "*pad along{d}"),
        "sea": ("*crawl{d}", "*walk{d}", "*creep over the ground{d}"),
    },
    "run": {"any": ("*run{d}", "*jog{d}", "*race{d}", "*dash{d}"),
            "animal": ("*run{d}", "*race{d}", "*bound{d}")},
    "stand": {
        "any": ("*stand still", "*stand there", "*do not move", "*stay in place"),
        "person": ("*stand still", "*stand there", "*wait", "*linger"),
        "animal": ("*stand still", "*stand there", "*wait"),
        "vehicle": ("*stand still", "*be parked", "*be at a standstill"),
        "sea": ("*stay in place", "*hover in place", "*hold still"),
    },
    "turn": {"any": ("*turn around", "*turn on the spot", "*swivel round")},
    "jump": {"any": ("*jump up and down", "*jump", "*hop", "*leap into the air")},
    "bounce": {"any": ("*bounce{d}", "*bounce up and down{d}", "*spring up and down{d}")},
    "roll": {"any": ("*roll{d}", "*roll along{d}", "*trundle{d}")},
    "drive": {
        "any": ("*slide{d}", "*glide{d}", "*slip along{d}"),
        "vehicle": ("*drive{d}", "*drive past{d}", "*go by{d}", "*travel{d}", "*cruise{d}"),
        "bicycle": ("*ride{d}", "*go by{d}", "*roll along{d}", "*pedal past{d}"),
        "boat": ("*sail{d}", "*go by{d}", "*glide over the water{d}"),
    },
    "fall": {
        "any": ("*fall down", "*drop to the ground", "*tumble down"),
        "sea": ("*sink", "*sink slowly", "*descend"),
    },
    "rise": {
        "any": ("*rise", "*float up", "*rise into the air", "*ascend"),
        "sea": ("*rise", "*swim up", "*float up", "*ascend"),
    },
    "spin": {"any": ("*spin", "*spin round and round", "*rotate", "*twirl")},
    "leave": {
        "any": ("*leave the picture{d}", "*move out of the frame{d}", "*go away{d} out of view",
                "*exit the shot{d}"),
        "person": ("*leave the picture{d}", "*walk out of the frame{d}", "*go out of view{d}",
                   "*exit the shot{d}"),
    },
    "return": {
        "any": ("*leave the picture{d} and *come back", "*go out of the frame{d} and *return",
                "*disappear{d} and *come back", "*vanish{d} and later *reappear"),
        "person": ("*leave the picture{d} and *come back", "*walk away{d} and *return",
                   "*walk out of the frame{d} and *come back",
                   "*vanish{d} and later *reappear"),
    },
    "pass_front": {"any": ("*pass in front of {x}{d}", "*go by in front of {x}{d}",
                           "*move past {x}{d}", "*come between us and {x}{d}")},
    "pass_behind": {"any": ("*pass behind {x}{d}", "*go behind {x}{d}",
                            "*disappear behind {x}{d}", "*slip round the back of {x}{d}")},
    "collide": {"any": ("*bump into {x}", "*hit {x}", "*crash into {x}", "*knock against {x}")},
    "follow": {"any": ("*follow {x}{d}", "*go after {x}{d}", "*trail behind {x}{d}")},
    "swim": {"any": ("*swim{d}", "*swim along{d}", "*glide through the water{d}", "*dart{d}")},
    "circle": {"any": ("*go around {x}", "*circle around {x}", "*go round {x}", "*loop about {x}")},
    "wave": {
        "any": ("*wave", "*wave to us", "*wave a hand", "*raise a hand in greeting"),
        "sea": ("*wave its arms", "*wriggle its arms"),
    },
    "fly": {"any": ("*fly{d}", "*fly by{d}", "*soar{d}"),
            "thing": ("*fly{d}", "*sail through the air{d}", "*flutter{d}")},
    "float": {
        "any": ("*float{d}", "*float in the air{d}", "*drift{d}", "*hang in the air{d}"),
        "sea": ("*float{d}", "*drift{d}", "*hang in the water{d}"),
        "boat": ("*float on the water{d}", "*float{d}", "*bob on the waves{d}"),
    },
}  # fmt: skip
PASSIVES: Mapping[str, Phrases] = {
    "pass_front": ("passed by",),
    "follow": ("followed by",),
    "collide": ("hit by", "bumped by"),
}
"""Participles for "{target} is ... {subject}"."""

_GROUPS = {
    **{kind: "person" for kind in (*vocabulary.PEOPLE, "robot")},
    **{kind: "animal" for kind in ("dog", "cat")},
    **{kind: "vehicle" for kind in ("car", "truck", "bus")},
    **{kind: "sea" for kind in vocabulary.SEA_LIFE},
    "bicycle": "bicycle",
    "boat": "boat",
    "kite": "thing",
}
_IRREGULAR = {"be": ("is", "are", "being"), "do not": ("does not", "do not", "not")}
_DOUBLED = frozenset({"run", "jog", "spin", "hop", "hit", "swim", "drop", "trot", "pad", "slip",
                      "bob"})  # fmt: skip


class VerbPhrase(NamedTuple):
    """One way to say an action; each form has `{d}` and `{x}` still open."""

    source: str
    """The phrase as written in `VERBS`; names it in the held-out lists."""
    singular: str
    """ "walks{d}" """
    plural: str
    """ "walk{d}" """
    participle: str
    """ "walking{d}" """


def _third_person(verb: str) -> str:
    if verb.endswith(("s", "sh", "ch", "x", "o")):
        return verb + "es"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + "s"


def _participle(verb: str) -> str:
    if verb in _DOUBLED:
        return verb + verb[-1] + "ing"
    if verb.endswith("e") and not verb.endswith(("ee", "ye")):
        return verb[:-1] + "ing"
    return verb + "ing"


def forms(verb: str) -> tuple[str, str, str]:
    """Return third person singular, plural and participle of a verb."""
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    return _third_person(verb), verb, _participle(verb)


def conjugate(source: str) -> VerbPhrase:
    """Fill in the forms of every verb marked with `*`."""
    words = [source, source, source]
    for chunk in source.split("*")[1:]:
        verb = "do not" if chunk.startswith("do not") else chunk.split(" ")[0].split("{")[0]
        for index, form in enumerate(forms(verb)):
            words[index] = words[index].replace("*" + verb, form, 1)
    if "do not" in source:
        words[2] = words[2].replace("not move", "not moving")
    return VerbPhrase(source, words[0], words[1], words[2])


def verb_phrases(kind: str, action: str) -> tuple[VerbPhrase, ...]:
    """Return every way to say that the kind does the action."""
    return _TABLE[kind, action]


def _build_table() -> dict[tuple[str, str], tuple[VerbPhrase, ...]]:
    table = {}
    for action, by_group in VERBS.items():
        for kind in vocabulary.KINDS:
            phrases = by_group.get(_GROUPS.get(kind, "any"), by_group["any"])
            table[kind, action] = tuple(conjugate(phrase) for phrase in phrases)
    return table


_TABLE = _build_table()
