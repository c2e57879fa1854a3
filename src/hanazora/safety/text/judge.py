"""Everything that is known about a text without leaving the process: terms, names, readability.

A text is read as it stands and, where something is disguised, as it was meant; each reading is
judged alike and findings point into the original. Lists are read once per policy.
"""

import tomllib
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from hanazora.core.config import from_dict
from hanazora.core.errors import UserError
from hanazora.safety.findings import Finding
from hanazora.safety.policy import Policy
from hanazora.safety.text.disguises import Decoded, Wordlist, decoded, turned, undisguise
from hanazora.safety.text.folding import Folded, fold
from hanazora.safety.text.gibberish import judge_readability
from hanazora.safety.text.names import Gazetteer
from hanazora.safety.text.rules import RuleBook, TermRule
from hanazora.safety.text.terms import TermSets

TERM_LISTS = ("terms-en", "terms-zh", "terms-ja")
_MAX_DEPTH = 2


class _Readings(NamedTuple):
    """What a text may say."""

    folded: Folded
    """As it stands."""

    repaired: Folded | None
    """With disguised words in clear, where there are any."""

    turned: tuple[Folded, ...]
    """In ROT13 or backwards, where that reads more like English."""

    decoded: tuple[Decoded, ...]
    """What is wrapped in an encoding."""


class TextJudge:
    """The lists of a policy, ready to judge texts.

    Args:
        policy: names the lists.

    Raises:
        UserError: a list is missing, was changed, or names something unknown.
    """

    def __init__(self, policy: Policy) -> None:
        sets = _read_sets(policy)
        rules = _read_rules(policy, sets)
        try:
            terms = TermSets({name: terms for name, terms in sets.items() if name not in _APART})
        except ValueError as error:
            raise UserError("the term lists cannot be used", str(error)) from error
        self.rules = RuleBook(terms, rules)
        self.names = Gazetteer(policy.read_list("names"), sets["given_name"], sets["fame"])
        alone = {rule.sets[0] for rule in rules if len(rule.sets) == 1}
        strong = TermSets({name: sets[name] for name in sorted(alone)}).single_words
        self.wordlist = Wordlist(terms.words | self.names.words, strong, sets["ordinary"])
        # A text is read twice, to judge it and to say in clear what it means.
        self._readings = lru_cache(maxsize=4)(self._read)

    def findings(self, text: str) -> list[Finding]:
        """Return everything that is found in a text, deduplicated, in the order of places."""
        folded, repaired, turned_round, wrapped = self._readings(text)
        found = [*self._judge(folded, text), *judge_readability(folded)]
        if repaired is not None:
            found += _marked("disguised", self._judge(repaired, text))
        for reading in turned_round:
            found += _marked("turned", self._judge(reading, text))
        found += self._inside_encodings(wrapped, 1)
        return _distinct(found)

    def clear(self, text: str) -> Folded:
        """Return the one reading that says most plainly what is meant: decoded, turned, repaired.

        The characters of a decoded text share the length of its wrapping evenly.
        """
        folded, repaired, turned_round, wrapped = self._readings(text)
        inner = max(wrapped, key=lambda each: len(each.text), default=None)
        if inner is not None and 2 * len(inner.text) >= len(text.strip()):
            plain = fold(inner.text).text
            start, end = inner.span
            places = [start + index * (end - start) // len(plain) for index in range(len(plain))]
            return Folded(plain, places)
        return turned_round[0] if turned_round else repaired or folded

    def _read(self, text: str) -> _Readings:
        folded = fold(text)
        repaired = undisguise(folded, self.wordlist)
        return _Readings(folded, repaired, tuple(turned(folded)), tuple(decoded(text)))

    def _judge(self, folded: Folded, original: str) -> list[Finding]:
        return [*self.rules.judge(folded), *self.names.judge(folded, original)]

    def _inside_encodings(self, wrapped: Iterable[Decoded], depth: int) -> list[Finding]:
        found: list[Finding] = []
        for inner in wrapped:
            hidden = self._judge(fold(inner.text), inner.text)
            if depth < _MAX_DEPTH:
                hidden += self._inside_encodings(decoded(inner.text), depth + 1)
            found += _marked(inner.encoding, [each._replace(span=inner.span) for each in hidden])
        return found


@lru_cache(maxsize=8)
def _judge_of(sha256: str, directory: str, policy: Policy) -> TextJudge:
    del sha256, directory  # the key: the same file gives the same judge
    return TextJudge(policy)


def text_judge(policy: Policy) -> TextJudge:
    """Return the judge of a policy, built once."""
    return _judge_of(policy.sha256, str(policy.directory), policy)


# Sets that are not terms of rules.
_APART = ("given_name", "fame", "ordinary")


def _read_sets(policy: Policy) -> dict[str, list[str]]:
    sets: dict[str, list[str]] = {name: [] for name in _APART}
    for name in TERM_LISTS:
        for group, terms in _parse(policy, name)["sets"].items():
            sets.setdefault(group, []).extend(terms)
    return sets


def _read_rules(policy: Policy, sets: dict[str, list[str]]) -> list[TermRule]:
    rules = [from_dict(TermRule, each, "rule") for each in _parse(policy, "rules")["rules"]]
    for rule in rules:
        for name in (*rule.sets, *rule.unless):
            if name not in sets:
                raise UserError(f"rule {rule.name} names the set {name}", "no list has it")
        if rule.category not in policy.categories:
            raise UserError(f"rule {rule.name} has category {rule.category}", "no such category")
    return rules


def _parse(policy: Policy, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(policy.read_list(name))
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"list {name} is not valid TOML", str(error)) from error


def _marked(how: str, findings: Iterable[Finding]) -> list[Finding]:
    return [each._replace(detail=how) for each in findings]


def _distinct(findings: Iterable[Finding]) -> list[Finding]:
    """Keep one finding per rule and place: the plain reading before a repaired one."""
    first: dict[tuple[str, tuple[int, int] | None], Finding] = {}
    for finding in findings:
        first.setdefault((finding.rule, finding.span), finding)
    return list(first.values())
