"""Reads a negative prompt: a list of what to avoid may name what a prompt may not.

"blood, nudity, watermark" asks for less of it, and is the usual way to write a negative prompt.
Only bare items of such a list are left out; a phrase or a name is judged like any text, and to push
clothes away is to ask for nudity.
"""

import re

from hanazora.safety.text.folding import fold

AVOIDED = frozenset(
    "nsfw nude nudity naked nakedness sexual sex porn pornography erotic blood bloody gore gory"
    " violence violent violent_content weapon weapons gun guns knife corpse death dead injury"
    " wounds wound horror scary disturbing mutilated mutilation disfigured deformed amputated"
    " severed_limbs extra_limbs missing_limbs bad_anatomy cleavage topless underwear drugs smoking"
    " cigarette hate racist swastika explicit explicit_content inappropriate_content".split()
)
"""Items that a negative prompt may name, an underscore for a space."""

CLOTHES = re.compile(
    r"^\W*(?:(?:any|all|the|her|his|wearing|with|fully)\s+)*"
    r"(?:cloth(?:es|ing|ed)?|dress(?:ed|es)?|garments?|shirts?|pants|outfits?|covered"
    r"|censor(?:ed|ship)?|mosaic|sfw|safe for work)\W*$"
)
_ITEM = re.compile(r"[^,;\n]+")


def without_avoided(text: str) -> str:
    """Return a negative prompt with bare items to avoid blanked out, and hidden requests in clear.

    The result has the length of the text up to the last item, so that spans stay right.
    """
    result = _ITEM.sub(lambda match: _read_item(match.group()), text)
    asks = [each for each in _ITEM.findall(text) if CLOTHES.match(fold(each).text.strip())]
    # Pushing clothes away is a request in disguise; it is judged as what it asks for.
    return f"{result}\nnude" if asks else result


def _read_item(item: str) -> str:
    plain = "_".join(re.findall(r"[a-z]+", fold(item).text))
    return " " * len(item) if plain in AVOIDED else item
