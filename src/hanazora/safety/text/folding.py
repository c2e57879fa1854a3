"""Folds a text to plain letters and remembers where each letter came from.

Compatibility forms (Unicode NFKC, UAX 15), case, accents, invisible characters, letters of other
scripts that look like Latin ones (the idea of Unicode TR 39) and kana of either kind all become one
form, so that one list of terms serves; every folded character keeps the place of its original.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

_HIRAGANA_OFFSET = 0x60
_KATAKANA = range(0x30A1, 0x30F7)
_VOICING = "\u3099\u309a"
_PLAIN_RUN = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]+")

# Cyrillic, Greek, Armenian, Cherokee and phonetic letters by the Latin letter they look like.
_LOOKALIKES = {
    "a": "\u0430\u03b1\u0251\u1d00\u0250\u13aa\u0461\u237a",
    "b": "\u0432\u044c\u03b2\u0299\u0185\u13cf\u0431\u026e",
    "c": "\u0441\u03f2\u1d04\u0188\u13df\u0254\u217d",
    "d": "\u0501\u0257\u1d05\u13e7\u0256",
    "e": "\u0435\u0454\u03b5\u1d07\u0259\u04bd\u01dd\u13ac\u212e\u025b\u0451",
    "f": "\u0192\ua730\u0584\u03dd\u025f",
    "g": "\u0261\u0262\u0581\u0260\u13c0\u050d",
    "h": "\u043d\u04bb\u029c\u0570\u13bb\u0265\u04a3",
    "i": "\u0456\u03b9\u026a\u0131\u04cf\u0269\u13a5\u0457\u1d09",
    "j": "\u0458\u03f3\u1d0a\u0237\u13ab\u027e",
    "k": "\u043a\u03ba\u1d0b\u0199\u13e6\u029e",
    "l": "\u029f\u0142\u217c\u04c0\u026d\u13de",
    "m": "\u043c\u1d0d\u03fb\u0271\u13b7\u026f",
    "n": "\u0578\u0274\u03b7\u0438\u057c\u0272\u0273\u043f\u0439",
    "o": "\u043e\u03bf\u1d0f\u0585\u03c3\u0ae6\u00f8\u0298\u13a4",
    "p": "\u0440\u03c1\u1d18\u13e2\u01bf\u03c6",
    "q": "\u051b\u0563\u02a0\u0566",
    "r": "\u0433\u0280\u1d26\u0155\u027c\u0279\u044f",
    "s": "\u0455\ua731\u0282\u13da\u01bd\ua645",
    "t": "\u0442\u03c4\u1d1b\u01ad\u13a2\u0287\u0288",
    "u": "\u057d\u03c5\u1d1c\u028b\u0446\u0574\u0265\u0446",
    "v": "\u03bd\u0475\u1d20\u0474\u13d9\u028c",
    "w": "\u0461\u051d\u1d21\u0448\u03c9\u0561\u0449\u13b3\u028d",
    "x": "\u0445\u03c7\u04b3\u157d\u1d6a",
    "y": "\u0443\u03b3\u028f\u04af\u01b4\u13bd\u028e\u0443",
    "z": "\u1d22\u0290\u01b6\u13c3\u0225",
}
LOOKALIKES = {other: latin for latin, others in _LOOKALIKES.items() for other in others}
"""A letter of another script to the Latin letter it looks like."""

# Traditional and Japanese forms of characters that the lists use, to the simplified form.
_VARIANTS = dict(
    zip(
        "殺裸體槍屍斷頭腸臟傷淫亂強姦處學園兒幼歲陰莖頸繩納粹種滅絕猶毒販賣綁販製彈爆藥騙偽造選舉"
        "總統習近澤東馬雲劉華張國榮鄧麗習賈伯斯蓋茲愛達賴喇嘛歐賓紐約戰爭軍衝擊館藝術劇顏色"
        "醫療護樂團員導領導書記揮刺殘虐恐襲擊魚點燈風聲門開關見長書買車東電個們這動種類圖畫"
        "條絲襪裙內衣褲脫觸摸獸癢誘惑巨淨濕濃黃圖網賭盜搶劫詐錢鈔證護照單絕症臉換級緊縛縄"
        "戯気悪処歩壊圧撃斬頬拝県発売変広焼鉄砲帯権両参総営沢竜劍劉觀眾穢髒賤賊蟲豬猿傭",
        "杀裸体枪尸断头肠脏伤淫乱强奸处学园儿幼岁阴茎颈绳纳粹种灭绝犹毒贩卖绑贩制弹爆药骗伪造选举"
        "总统习近泽东马云刘华张国荣邓丽习贾伯斯盖兹爱达赖喇嘛欧宾纽约战争军冲击馆艺术剧颜色"
        "医疗护乐团员导领导书记挥刺残虐恐袭击鱼点灯风声门开关见长书买车东电个们这动种类图画"
        "条丝袜裙内衣裤脱触摸兽痒诱惑巨净湿浓黄图网赌盗抢劫诈钱钞证护照单绝症脸换级紧缚绳"
        "戏气恶处步坏压击斩颊拜县发卖变广烧铁炮带权两参总营泽龙剑刘观众秽脏贱贼虫猪猿佣",
        strict=True,
    )
)


class Folded(NamedTuple):
    """A text in one plain form."""

    text: str
    """Lower-case letters without accents, disguised ones replaced."""

    origin: Sequence[int]
    """For each character the index of the original one it came from."""

    def span(self, first: int, end: int) -> tuple[int, int]:
        """Return the original place of the characters from `first` up to `end`."""
        places = self.origin[first], self.origin[end - 1]
        # A text read backwards ends before it begins.
        return min(places), max(places) + 1


def fold(text: str) -> Folded:
    """Return the plain form of a text."""
    if text.isascii():
        return Folded(text.lower(), range(len(text)))
    characters: list[str] = []
    origin: list[int] = []
    for run in _PLAIN_RUN.finditer(text):
        if run.group().isascii():
            characters += run.group().lower()
            origin += range(*run.span())
            continue
        for index, character in enumerate(run.group(), run.start()):
            for plain in _fold_character(character):
                if plain in _VOICING:
                    _voice(characters, plain)
                    continue
                characters.append(plain)
                origin.append(index)
    return Folded(_without_lookalikes("".join(characters)), origin)


@lru_cache(maxsize=8192)
def _fold_character(character: str) -> str:
    enclosed = _ENCLOSED.get(ord(character))
    if enclosed:
        return enclosed
    plain = unicodedata.normalize("NFKC", character).casefold()
    return "".join(_strip(each) for each in plain)


def _strip(character: str) -> str:
    if character.isascii():
        return character
    if character in _VOICING:
        return character
    kind = unicodedata.category(character)
    # Format characters hide between letters; a soft hyphen and the tag letters are among them.
    if kind in ("Cf", "Mn", "Me", "Cn", "Co") or character in "\u115f\u1160\u3164\uffa0\u2800":
        return _TAGS.get(ord(character), "")
    if kind in ("Zs", "Zl", "Zp"):
        return " "
    if ord(character) in _KATAKANA:
        return chr(ord(character) - _HIRAGANA_OFFSET)
    if character in _VARIANTS:
        return _VARIANTS[character]
    if unicodedata.name(character, "").startswith("LATIN"):
        base = unicodedata.normalize("NFKD", character)[0]
        return _LATIN.get(base, base)
    return _PUNCTUATION.get(character, character)


def _voice(characters: list[str], mark: str) -> None:
    """Join a voicing mark of half-width kana with the sign before it."""
    if characters:
        joined = unicodedata.normalize("NFC", characters[-1] + mark)
        characters[-1] = joined if len(joined) == 1 else characters[-1]


def _without_lookalikes(text: str) -> str:
    """Replace letters of other scripts in words that pretend to be Latin."""
    if LOOKALIKES.keys().isdisjoint(text):
        return text
    has_latin = any("a" <= character <= "z" for character in text)
    words = []
    for word in text.split(" "):
        letters = [character for character in word if character.isalpha()]
        pretends = any(letter.isascii() for letter in letters) or (
            has_latin and all(letter in LOOKALIKES for letter in letters)
        )
        words.append("".join(LOOKALIKES.get(each, each) for each in word) if pretends else word)
    return " ".join(words)


_LATIN = {"\u00e6": "ae", "\u0153": "oe", "\u00df": "ss", "\u0111": "d", "\u0127": "h"} | {
    other: latin for other, latin in LOOKALIKES.items() if unicodedata.name(other)[:5] == "LATIN"
}
_PUNCTUATION = {
    "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-",
    "\u2010": "-", "\u2011": "-", "\u2212": "-", "\u2022": ".", "\u00b7": ".", "\u30fb": ".",
    "\u2024": ".", "\u2044": "/", "\u2217": "*", "\u3001": ",",
}  # fmt: skip
# Squared and circled letters that NFKC leaves alone; regional indicators; tag letters.
_ENCLOSED = {
    first + index: chr(ord("a") + index)
    for first in (0x1F150, 0x1F170, 0x1F1E6)
    for index in range(26)
}
_TAGS = {0xE0061 + index: chr(ord("a") + index) for index in range(26)}
