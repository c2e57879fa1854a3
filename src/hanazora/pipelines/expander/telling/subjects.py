"""What a subject is and does, where the prompt leaves it open: drawn from the world's tables."""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from hanazora.pipelines.expander.reading.draft import OPEN_COLOUR, SubjectDraft
from hanazora.world import affordances, splits
from hanazora.world.draw import Weighted
from hanazora.world.spec import SubjectSpec
from hanazora.world.speech.verbs import verb_phrases
from hanazora.world.vocabulary import PEOPLE, STILL_ACTIONS, TARGET_ACTIONS

_MANY = Weighted({3: 0.5, 4: 0.3, 2: 0.2})
_FLOATING = frozenset({"balloon", "kite", "jellyfish", "seahorse", "boat"})
_TRAVELS = ("walk", "run", "drive", "swim", "fly", "roll", "float", "rise")
_GROUND = frozenset({"walk", "run", "drive", "roll"})
_RARE = TARGET_ACTIONS | {"leave", "return", "turn"}
"""What nobody expects who has not asked for it."""
_UNUSUAL = 0.01
_USUAL_SHARE = 0.6
"""Nobody asked for: only what is nearly as usual as the most usual."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A subject with everything decided."""

    spec: SubjectSpec
    """As the scene holds it."""
    spoken: frozenset[str]
    """Names of the facts that the caption says."""


class Chooser:
    """Fills subjects in, one after the other.

    Args:
        rng: source of the choices.
        barred: (tag, value) of what the prompt excludes.
    """

    def __init__(self, rng: random.Random, barred: Collection[tuple[str, str]]) -> None:
        self.rng = rng
        self.barred_kinds = {value for tag, value in barred if tag == "kind"}
        if ("people", "any") in barred:
            self.barred_kinds |= set(PEOPLE)
        self.barred_colours = {value for tag, value in barred if tag == "colour"}

    def anybody(self, setting: str) -> str:
        """Return a kind that belongs to the setting and that the prompt does not exclude."""
        usual = affordances.KIND_WEIGHTS[setting]
        kept = {kind: w for kind, w in usual.items() if kind not in self.barred_kinds} or usual
        return self._draw_usual(kept)

    def _draw_usual(self, weights: Mapping[str, float | int]) -> str:
        least = _USUAL_SHARE * max(weights.values())
        return Weighted({item: w for item, w in weights.items() if w >= least}).draw(self.rng)

    def fill(
        self,
        index: int,
        cast: Sequence[SubjectDraft],
        setting: str,
        before: Sequence[SubjectSpec],
        *,
        nameless: bool,
    ) -> Chosen:
        """Decide everything about one subject.

        Args:
            index: which of the cast.
            cast: all subjects, the main one first.
            setting: where the subject is.
            before: those decided already.
            nameless: leave the colour unsaid unless the prompt says it ("a couple").
        """
        draft = cast[index]
        kind = self._kind(draft, setting)
        relation = draft.relation if index > 0 else None
        rests = draft.busy or any(_is_about(other, index) for other in cast)
        action = _resting(kind) if relation else self._action(kind, draft, setting, rests)
        direction = "none" if relation else self._direction(kind, action, draft, before)
        colour = draft.colour
        if colour is None or colour == OPEN_COLOUR:
            colour = self._colour(kind, {other.colour for other in before})
        count = self._count(draft)
        person = kind in PEOPLE
        spec = SubjectSpec(
            kind=kind,
            colour=colour,
            size="medium" if person else draft.size or "medium",
            pattern="plain" if person else draft.pattern or "plain",
            count=count,
            action=action,
            direction=direction,
            target=draft.target if action in TARGET_ACTIONS else None,
            relation=relation,
            extras=tuple(sorted(draft.extras)) if person and count == 1 else (),
        )
        return Chosen(spec, _spoken(draft, spec, nameless))

    def _kind(self, draft: SubjectDraft, setting: str) -> str:
        if len(draft.kinds) == 1:
            return draft.kinds[0]
        usual = affordances.KIND_WEIGHTS[setting]
        kept = [kind for kind in draft.kinds if kind not in self.barred_kinds] or draft.kinds
        return Weighted({kind: usual.get(kind, _UNUSUAL) for kind in kept}).draw(self.rng)

    def _count(self, draft: SubjectDraft) -> int:
        if draft.count is not None:
            return draft.count
        return _MANY.draw(self.rng) if draft.many else 1

    def _colour(self, kind: str, taken: Collection[str]) -> str:
        """Draw a colour that training shows on the kind and that tells the subjects apart."""
        natural = affordances.colour_weights(kind)
        seen = {c: w for c, w in natural.items() if not splits.is_held_out_pair(kind, c)}
        free = {c: w for c, w in seen.items() if c not in taken and c not in self.barred_colours}
        weights = free or seen
        # What has natural colours (a brown dog) gets one of them.
        usual = max(weights.values())
        return Weighted({c: w for c, w in weights.items() if w == usual}).draw(self.rng)

    def _action(self, kind: str, draft: SubjectDraft, setting: str, rests: bool) -> str:
        weights = affordances.action_weights(kind, setting)
        said = draft.action
        if said in TARGET_ACTIONS and draft.target is None:
            said = "move"
        if said is None and rests:
            return _resting(kind)
        if said is None:
            return self._usual_action(weights, draft.direction is not None)
        foreign = said in _GROUND and weights.get(said, 0) == 0 and kind not in PEOPLE
        if said == "move" or (foreign and kind != "bird"):
            travels = [action for action in _TRAVELS if weights.get(action, 0) > 0]
            return max(travels, key=lambda action: weights[action]) if travels else "stand"
        return said

    def _usual_action(self, weights: Mapping[str, float | int], moves: bool) -> str:
        usual = {action: w for action, w in weights.items() if action not in _RARE}
        travels = {action: w for action, w in usual.items() if action in _TRAVELS}
        return self._draw_usual(travels if moves and travels else usual)

    def _direction(
        self, kind: str, action: str, draft: SubjectDraft, before: Sequence[SubjectSpec]
    ) -> str:
        if action in STILL_ACTIONS | {"circle"}:
            return "none"
        if draft.direction is not None:
            return draft.direction
        # Who does the same goes the same way.
        same = next((other for other in before if other.action == action == draft.action), None)
        if same is not None:
            return same.direction
        return Weighted(affordances.direction_weights(kind, action)).draw(self.rng)


def _spoken(draft: SubjectDraft, spec: SubjectSpec, nameless: bool) -> frozenset[str]:
    """Return the names of the facts that the caption has room for."""
    phrase = verb_phrases(spec.kind, spec.action)[0].source
    person = spec.kind in PEOPLE
    said = {
        "kind": True,
        "relation": spec.relation is not None,
        "action": spec.relation is None,
        "size": draft.size is not None and not person,
        "pattern": draft.pattern is not None and not person,
        "count": spec.count > 1 or draft.count == 1,
        "colour": draft.colour != OPEN_COLOUR and not (nameless and draft.colour is None),
        "direction": spec.direction != "none" and "{d}" in phrase,
        "target": spec.target is not None,
    }
    return frozenset(name for name, is_said in said.items() if is_said)


def _is_about(other: SubjectDraft, index: int) -> bool:
    """Say whether another subject passes this one or stands beside it."""
    return other.target == index or (other.relation is not None and other.relation[1] == index)


def _resting(kind: str) -> str:
    return "float" if kind in _FLOATING else "stand"
