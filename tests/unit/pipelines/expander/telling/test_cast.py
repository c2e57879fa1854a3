from hanazora.pipelines.expander.reading.draft import COUPLE, Draft, SubjectDraft
from hanazora.pipelines.expander.reading.tokens import Token
from hanazora.pipelines.expander.telling.cast import order_cast


def draft_of(*subjects):
    draft = Draft(subjects=list(subjects))
    for index, subject in enumerate(subjects):
        kind = subject.kinds[0]
        draft.sources[index, "kind"] = Token("kind", kind, kind)
        if subject.relation is not None:
            draft.sources[index, "relation"] = Token("relation", subject.relation[0], "there")
    return draft


def test_who_acts_on_another_comes_first():
    sign, truck = (
        SubjectDraft(("sign",)),
        SubjectDraft(("truck",), action="pass_front", target=0),
    )
    cast = order_cast(draft_of(sign, truck))
    assert [s.kinds[0] for s in cast.subjects] == ["truck", "sign"]
    assert cast.subjects[0].target == 1 and cast.originals == (1, 0)


def test_a_relation_is_turned_towards_the_main_subject():
    ball = SubjectDraft(("ball",), action="bounce", relation=("left_of", 1))
    cast = order_cast(draft_of(ball, SubjectDraft(("box",))))
    assert cast.subjects[0].kinds == ("ball",)
    assert cast.subjects[0].relation is None
    assert cast.subjects[1].relation == ("right_of", 0)


def test_what_lies_on_top_is_told_of_what_lies_below():
    ball = SubjectDraft(("ball",), relation=("on_top_of", 1))
    cast = order_cast(draft_of(ball, SubjectDraft(("box",))))
    assert [s.kinds[0] for s in cast.subjects] == ["box", "ball"]
    assert cast.subjects[1].relation == ("on_top_of", 0)


def test_who_does_something_comes_before_who_only_is_there():
    box = SubjectDraft(("box",), relation=("next_to", 1))
    cast = order_cast(draft_of(box, SubjectDraft(("ball",), action="stand")))
    assert [s.kinds[0] for s in cast.subjects] == ["ball", "box"]


def test_a_chain_is_told_from_its_middle():
    chain = (
        SubjectDraft(("ball",), relation=("behind", 1)),
        SubjectDraft(("box",), relation=("behind", 2)),
        SubjectDraft(("cone",)),
    )
    cast = order_cast(draft_of(*chain))
    assert cast.subjects[0].kinds == ("box",)
    assert {s.relation for s in cast.subjects[1:]} == {("behind", 0), ("in_front_of", 0)}


def test_a_woman_and_a_man_that_walk_alike_are_a_couple():
    woman, man = (SubjectDraft((kind,), action="walk") for kind in ("woman", "man"))
    assert order_cast(draft_of(woman, man)).couple
    man.direction = "left"
    assert not order_cast(draft_of(woman, man)).couple


def test_a_couple_is_two_people():
    dog = SubjectDraft(("dog",), relation=("next_to", 0))
    cast = order_cast(draft_of(SubjectDraft(COUPLE), dog))
    assert [s.kinds[0] for s in cast.subjects] == ["woman", "man", "dog"]
    assert cast.originals == (0, None, 1)
    assert cast.subjects[2].relation == ("next_to", 0)


def test_subjects_beyond_the_limit_are_reported():
    draft = draft_of(*(SubjectDraft((kind,)) for kind in ("dog", "cat", "bird", "ball", "box")))
    assert len(order_cast(draft).subjects) == 4
    assert draft.ignored == ["box"]


def test_a_caption_of_shots_tells_of_one_subject_each():
    draft = draft_of(SubjectDraft(COUPLE), SubjectDraft(("cat",)), SubjectDraft(("dog",), shot=1))
    draft.new_shot()
    cast = order_cast(draft)
    assert [s.shot for s in cast.subjects] == [0, 1]
    assert cast.subjects[0].count == 2 and draft.ignored == ["cat"]
