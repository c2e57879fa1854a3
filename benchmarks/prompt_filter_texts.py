"""Long and adversarial texts for timing the prompt filter.

A caption of 2,000 characters is what a prompt expanded by this product can grow to, 4,000 the most
that a request may hold.
"""

import base64
import itertools

from prompt_filter import CORPUS

from hanazora.safety.text.cases import DISGUISES, read_cases

LENGTHS = (2000, 4000)
FULL = 4000


def long_texts() -> list[str]:
    """Return captions of 2,000 and 4,000 characters, made of the long captions of the corpus."""
    long = [case.text for case in read_cases(CORPUS) if case.kind == "long_caption"]
    texts = []
    for length in LENGTHS:
        text = ""
        for caption in long:
            text = f"{text} {caption}".strip()
            if len(text) >= length:
                texts.append(text[:length])
                text = ""
    return texts


def _filled(piece: str, length: int = FULL) -> str:
    return "".join(itertools.islice(itertools.cycle(piece), length))[:length]


_CAPTION = long_texts()[-1]

ADVERSARIAL = {
    "one letter": _filled("a"),
    "one word": _filled("abcdefghijklmnopqrstuvwxyz"),
    "letters apart": _filled("a "),
    "letters dotted": _filled("n.a.k.e.d "),
    "letters far apart": _filled("k - i - l - l   "),
    "signs": _filled("*#@$%&"),
    "masked words": _filled("n*k*d m*rd*r "),
    "digits for letters": _filled("k1ll n4k3d 8l00d "),
    "all digits": _filled("0123456789"),
    "ambiguous digits": _filled("1|1|6161 "),
    "repeated letters": _filled("nnaaakkkeeed kkiiillll "),
    "one letter wrong": _filled("explosvie decapitatd murdrr strangeld "),
    "names with an error": _filled("Donlad Trmup Taylro Swfit "),
    "long words": _filled("a" * 60 + "b" * 60 + " "),
    "percent signs": _filled("%6b%69%6c%6c"),
    "entities": _filled("&#107;&#105;"),
    "escapes": _filled("\\u006b\\u0069"),
    "backslashes": _filled("\\"),
    "base64": base64.b64encode(_CAPTION.encode()).decode()[:FULL],
    "base64 in words": _filled(base64.b64encode(b"kill the naked man").decode() + " "),
    "hexadecimal": _CAPTION.encode().hex()[:FULL],
    "binary": _filled("01101011 01101001 "),
    "rot13": DISGUISES["rot13"](_CAPTION),
    "leetspeak": DISGUISES["leetspeak"](_CAPTION),
    "spaced": DISGUISES["spaced"](_CAPTION)[:FULL],
    "dotted": DISGUISES["dotted"](_CAPTION)[:FULL],
    "lookalikes": DISGUISES["lookalikes"](_CAPTION),
    "zero width": DISGUISES["zero width"](_CAPTION)[:FULL],
    "full width": DISGUISES["full width"](_CAPTION),
    "repeated": DISGUISES["repeated"](_CAPTION)[:FULL],
    "marks on a letter": "a" + _filled("\u0301\u0316", FULL - 1),
    "chinese": _filled("\u4e00\u53ea\u732b\u5750\u5728\u7a97\u53f0\u4e0a\u770b\u96e8\u3002"),
    "japanese": _filled("\u732b\u304c\u7a93\u8fba\u3067\u96e8\u3092\u898b\u3066\u3044\u308b"),
    "emoji": _filled("\U0001f52a\U0001f4a6\U0001f351"),
    "many sentences": _filled("a. b. "),
    "harmful words": _filled("a naked woman kills a man with a knife and blood "),
    "one sentence of terms": _filled("blood knife naked gun kill nude corpse bomb heroin nazi "),
    "apostrophes": _filled("a'a'"),
    "hyphens": _filled("kill-"),
    "newlines": _filled("kill\n"),
}
"""Texts that try to make one step slow, by what they try; 4,000 characters each, or nearly."""
