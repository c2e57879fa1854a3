import random

import pytest

from hanazora.pipelines.expander.reading.draft import OPEN_COLOUR, SubjectDraft
from hanazora.pipelines.expander.telling.subjects import Chooser
from hanazora.world import affordances, splits


def chosen(draft, setting="park", *, seed=0, barred=(), cast=None, index=0):
    chooser = Chooser(random.Random(seed), barred)
    return chooser.fill(index, cast or [draft], setting, [], nameless=False)


def test_what_is_said_is_kept():
    draft = SubjectDraft(("dog",), colour="cyan", size="large", action="jump", count=2)
    spec = chosen(draft).spec
    assert (spec.kind, spec.colour, spec.size, spec.action, spec.count) == (
        "dog", "cyan", "large", "jump", 2,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(20))
def test_what_is_chosen_can_happen_and_was_seen_in_training(seed):
    spec = chosen(SubjectDraft(("fish",)), "reef", seed=seed).spec
    assert affordances.is_afforded("fish", spec.action, "reef")
    assert not splits.is_held_out_pair("fish", spec.colour)
    assert spec.target is None


@pytest.mark.parametrize(
    ("kind", "said", "done"),
    [("truck", "walk", "drive"), ("fish", "move", "swim"), ("man", "run", "run"),
     ("balloon", "move", "float"), ("car", "fly", "fly")],
)  # fmt: skip
def test_everybody_moves_in_their_own_way(kind, said, done):
    setting = "reef" if kind == "fish" else "park"
    assert chosen(SubjectDraft((kind,), action=said), setting).spec.action == done


def test_a_colour_the_world_does_not_have_stays_unsaid():
    assert "colour" not in chosen(SubjectDraft(("cat",), colour=OPEN_COLOUR)).spoken
    assert "colour" in chosen(SubjectDraft(("cat",))).spoken


def test_who_does_something_unknown_or_is_passed_stays_in_place():
    assert chosen(SubjectDraft(("man",), busy=True)).spec.action == "stand"
    truck = SubjectDraft(("truck",), action="pass_front", target=1)
    cast = [truck, SubjectDraft(("balloon",))]
    assert chosen(cast[1], cast=cast, index=1).spec.action == "float"


def test_what_nobody_asked_for_is_what_the_kind_does_most():
    done = {chosen(SubjectDraft(("snowman",)), seed=seed).spec.action for seed in range(20)}
    assert done == {"stand"}


def test_only_what_the_sentence_has_room_for_is_spoken():
    ball = SubjectDraft(("ball",), action="collide", target=1)
    told = chosen(ball, "toys", cast=[ball, SubjectDraft(("box",))])
    assert "direction" not in told.spoken
    women = SubjectDraft(("woman",), count=2, extras=["hat"])
    assert chosen(women).spec.extras == ()


def test_a_verb_without_its_object_is_a_plain_move():
    assert chosen(SubjectDraft(("truck",), action="pass_front"), "road").spec.action == "drive"


@pytest.mark.parametrize("seed", range(10))
def test_nobody_excluded_is_chosen(seed):
    chooser = Chooser(random.Random(seed), {("people", "any"), ("kind", "dog")})
    assert chooser.anybody("park") not in ("woman", "man", "child", "dog")
