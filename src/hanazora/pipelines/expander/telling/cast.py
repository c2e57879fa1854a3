"""Who is in the picture, in the order in which a caption names them.

A caption tells of one main subject; the others act alone or stand beside it. So relations are
turned until they all speak of the main one: "a red ball next to a blue box" may become "a blue box
is next to it".
"""

from dataclasses import dataclass, replace

from hanazora.pipelines.expander.reading.draft import COUPLE, Draft, SubjectDraft
from hanazora.world.vocabulary import MAX_SUBJECTS, TARGET_ACTIONS

_INVERSE = {
    "left_of": "right_of",
    "right_of": "left_of",
    "in_front_of": "behind",
    "behind": "in_front_of",
    "next_to": "next_to",
}
"""On top of something has no inverse among the relations."""
_RESTING = frozenset({"stand", "float"})


@dataclass(frozen=True, slots=True)
class Cast:
    """The subjects, the main one first."""

    subjects: tuple[SubjectDraft, ...]
    """With targets and relations renumbered."""
    originals: tuple[int | None, ...]
    """Index of each in the draft; None for the second of a couple."""
    couple: bool
    """True when the first two are a couple that walks."""


def order_cast(draft: Draft) -> Cast:
    """Put the main subject first and make every relation speak of it.

    Relations that cannot be told that way, and subjects beyond the limit, are added to
    `draft.ignored`.
    """
    if len(draft.scenes) > 1:
        return _one_a_shot(draft)
    subjects = _within_limit(draft)
    if not subjects:
        return Cast((), (), False)
    couple = _couple(subjects)
    if couple is not None:
        order = [*couple, *(i for i in range(len(subjects)) if i not in couple)]
    else:
        main = _main(subjects)
        order = [main, *(i for i in range(len(subjects)) if i != main)]
    _turn_relations(draft, subjects, order[0])
    place = {old: new for new, old in enumerate(order)}
    ordered = [_renumber(subjects[old], place) for old in order]
    return _expand_couple(ordered, order, couple)


def _within_limit(draft: Draft) -> list[SubjectDraft]:
    number = 0
    kept = 0
    for subject in draft.subjects:
        number += 2 if subject.kinds == COUPLE else 1
        kept += number <= MAX_SUBJECTS
    for index in range(kept, len(draft.subjects)):
        draft.ignore(draft.sources[index, "kind"])
    subjects = [replace(subject) for subject in draft.subjects[:kept]]
    for subject in subjects:
        if subject.target is not None and subject.target >= kept:
            subject.target = None
        if subject.relation is not None and subject.relation[1] >= kept:
            subject.relation = None
    return subjects


def _one_a_shot(draft: Draft) -> Cast:
    """Keep the first subject of each shot: a caption of shots tells of no other."""
    kept: dict[int, int] = {}
    for index, subject in enumerate(draft.subjects):
        if subject.shot not in kept and subject.shot < MAX_SUBJECTS:
            kept[subject.shot] = index
        else:
            draft.ignore(draft.sources[index, "kind"])
    subjects = []
    for index in kept.values():
        subject = replace(draft.subjects[index], relation=None, target=None)
        if subject.kinds == COUPLE:
            subject = replace(subject, kinds=("woman", "man"), count=2)
        subjects.append(subject)
    return Cast(tuple(subjects), tuple(kept.values()), False)


def _couple(subjects: list[SubjectDraft]) -> tuple[int, ...] | None:
    """Return who walks side by side: a couple, or one woman and one man that walk alike."""
    for index, subject in enumerate(subjects):
        if subject.kinds == COUPLE and subject.action in (None, "walk", "move", "stand"):
            return (index,)
    pair = [
        index
        for index, subject in enumerate(subjects)
        if subject.action == "walk" and subject.count in (None, 1) and not subject.many
    ]
    if len(pair) != 2 or any(subjects[i].relation or subjects[i].target for i in pair):
        return None
    one, other = (subjects[i] for i in pair)
    alike = {one.kinds, other.kinds} == {("woman",), ("man",)} and one.direction == other.direction
    return tuple(pair) if alike else None


def _main(subjects: list[SubjectDraft]) -> int:
    for index, subject in enumerate(subjects):
        if subject.target is not None and subject.action in TARGET_ACTIONS:
            return index
    for index, subject in enumerate(subjects):
        if subject.relation is not None:
            relation, other = subject.relation
            second = subjects[other].relation
            if relation == "on_top_of" or (second is not None and second[1] != index):
                return other
            return index if _motion(subject) >= _motion(subjects[other]) else other
    return 0


def _motion(subject: SubjectDraft) -> int:
    """Return how much there is to tell of what a subject does."""
    return 0 if subject.action is None else 1 if subject.action in _RESTING else 2


def _turn_relations(draft: Draft, subjects: list[SubjectDraft], main: int) -> None:
    for index, subject in enumerate(subjects):
        if subject.relation is None or subject.relation[1] == main:
            continue
        relation, other = subject.relation
        subject.relation = None
        inverse = _INVERSE.get(relation)
        if index == main and inverse is not None and subjects[other].relation is None:
            subjects[other].relation = (inverse, main)
            source = draft.sources.pop((index, "relation"), None)
            if source is not None:
                draft.sources[other, "relation"] = source
        elif (index, "relation") in draft.sources:
            draft.ignore(draft.sources[index, "relation"])


def _renumber(subject: SubjectDraft, place: dict[int, int]) -> SubjectDraft:
    target = place[subject.target] if subject.target is not None else None
    relation = subject.relation
    if relation is not None:
        relation = (relation[0], place[relation[1]])
    return replace(subject, target=target, relation=relation)


def _expand_couple(
    ordered: list[SubjectDraft], order: list[int], couple: tuple[int, ...] | None
) -> Cast:
    """Make two people of a couple."""
    subjects: list[SubjectDraft] = []
    originals: list[int | None] = []
    for subject, original in zip(ordered, order, strict=True):
        if subject.kinds != COUPLE:
            subjects.append(subject)
            originals.append(original)
            continue
        walks = couple is not None and original in couple
        action = "walk" if walks else subject.action
        one = replace(subject, action=action, count=None, many=False)
        subjects += [
            replace(one, kinds=("woman",)),
            replace(one, kinds=("man",), colour=None, extras=[]),
        ]
        originals += [original, None]
    if len(subjects) > len(ordered):
        _shift_references(subjects, ordered)
    return Cast(tuple(subjects), tuple(originals), couple is not None)


def _shift_references(subjects: list[SubjectDraft], ordered: list[SubjectDraft]) -> None:
    """Renumber what stands behind the second of a couple."""
    at = next(i for i, subject in enumerate(ordered) if subject.kinds == COUPLE)
    for index, subject in enumerate(subjects):
        target, relation = subject.target, subject.relation
        if target is not None and target > at:
            target += 1
        if relation is not None and relation[1] > at:
            relation = (relation[0], relation[1] + 1)
        subjects[index] = replace(subject, target=target, relation=relation)
