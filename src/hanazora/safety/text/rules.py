"""Rules over term sets: which sets together, in one sentence and how near, make a finding.

A word alone is rarely harmful, so most rules ask for two sets near each other (a weapon's verb and
a person) and are cancelled by a third in the same sentence (a camera). Sentences are judged one by
one: in a long caption words that have nothing to do with each other stand in one paragraph.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from hanazora.core.errors import UserError
from hanazora.safety.findings import Finding
from hanazora.safety.text.folding import Folded
from hanazora.safety.text.terms import Hit, TermSets, Tokens


@dataclass(frozen=True, kw_only=True, slots=True)
class TermRule:
    """Sets that together make a finding."""

    name: str
    """Unique; the user sees it."""

    category: str
    """A category of the policy."""

    sets: tuple[str, ...]
    """Each must have a term there."""

    unless: tuple[str, ...] = ()
    """A term of any of these in the same sentence cancels."""

    score: float = 0.9
    """How sure, 0 to 1."""

    within: int = 10
    """From the first to the last term at most this many tokens."""

    ordered: bool = False
    """The terms stand in the order of `sets`."""

    scope: Literal["sentence", "text"] = "sentence"
    """text: terms of different sentences count, at any distance."""

    def __post_init__(self) -> None:
        if not self.sets:
            raise UserError(f"rule {self.name} has no sets", "it must name at least one")
        if not 0 < self.score <= 1:
            raise UserError(f"rule {self.name} has score {self.score}", "above 0, at most 1", "0.9")


class _Found:
    """The hits of one set in a text, by place and by sentence.

    Args:
        hits: in the order of their places.
        tokens: what their places count.
    """

    def __init__(self, hits: Sequence[Hit], tokens: Tokens) -> None:
        self.hits = hits
        self._tokens = tokens

    @cached_property
    def firsts(self) -> list[int]:
        """Where they begin."""
        return [hit.first for hit in self.hits]

    @cached_property
    def sentences(self) -> set[int]:
        """Numbers of the sentences that have one."""
        return {self._tokens.sentences[hit.first] for hit in self.hits}

    def about(self, place: int, distance: int) -> Sequence[Hit]:
        """Return the hits that begin at most so many tokens before or after a place."""
        low = bisect_left(self.firsts, place - distance)
        return self.hits[low : bisect_right(self.firsts, place + distance)]


class RuleBook:
    """All rules over all sets.

    Args:
        terms: the sets.
        rules: the rules; each names known sets.
    """

    def __init__(self, terms: TermSets, rules: Sequence[TermRule]) -> None:
        self.terms = terms
        # A rule is looked at only where its rarest set, named first, was found.
        self._by_first: dict[str, list[TermRule]] = {}
        for rule in rules:
            self._by_first.setdefault(rule.sets[0], []).append(rule)

    def judge(self, folded: Folded) -> list[Finding]:
        """Return at most one finding per rule, at its first place."""
        tokens, found, _ = self.terms.read(folded.text)
        hits: dict[str, list[Hit]] = {}
        for hit in found:
            for group in hit.groups:
                hits.setdefault(group, []).append(hit)
        sets = {name: _Found(places, tokens) for name, places in hits.items()}
        findings = []
        for name in hits:
            for rule in self._by_first.get(name, ()):
                place = _apply(rule, sets, tokens)
                if place is not None:
                    span = folded.span(tokens.starts[place[0]], tokens.ends[place[1] - 1])
                    name_of_rule = f"terms/{rule.name}"
                    findings.append(Finding(rule.category, rule.score, name_of_rule, span))
        return findings


def _apply(rule: TermRule, sets: Mapping[str, _Found], tokens: Tokens) -> tuple[int, int] | None:
    """Return the first and one past the last token where a rule holds."""
    if any(name not in sets for name in rule.sets):
        return None
    cancelled: set[int] = set()
    for name in rule.unless:
        if name in sets:
            cancelled |= sets[name].sentences
    for hit in sets[rule.sets[0]].hits:
        if tokens.sentences[hit.first] not in cancelled:
            place = _with_the_others(rule, hit, sets, tokens)
            if place is not None:
                return place
    return None


def _with_the_others(
    rule: TermRule, hit: Hit, sets: Mapping[str, _Found], tokens: Tokens
) -> tuple[int, int] | None:
    chosen = [hit]
    sentence = tokens.sentences[hit.first]
    for name in rule.sets[1:]:
        whole_text = rule.scope == "text"
        # What begins farther away could not end near enough, so it need not be looked at.
        others = sets[name].hits if whole_text else sets[name].about(hit.first, rule.within)
        near = [
            other
            for other in others
            if all(other.end <= one.first or one.end <= other.first for one in chosen)
            and (not rule.ordered or other.first >= chosen[-1].end)
            and (whole_text or tokens.sentences[other.first] == sentence)
        ]
        if not near:
            return None
        chosen.append(min(near, key=lambda other: abs(other.first - hit.first)))
    first, end = min(one.first for one in chosen), max(one.end for one in chosen)
    if rule.scope == "sentence" and len(chosen) > 1 and end - first > rule.within:
        return None
    return first, end
