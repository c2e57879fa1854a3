from dataclasses import replace

from hanazora.world import splits
from hanazora.world.draw import generator
from hanazora.world.spec import SceneSpec, SubjectSpec
from hanazora.world.speech.noun_phrases import Fact, Speaker, allowed, preferred, with_article

BALL = SubjectSpec(kind="ball", colour="orange", size="small", pattern="stripe")
WOMAN = SubjectSpec(kind="woman", colour="red", extras=("hat",), action="walk", direction="left")


def speaker(*subjects, seed=0, held_out=False):
    spec = SceneSpec(seed=0, setting="park", subjects=subjects)
    return Speaker(spec, generator(seed, "test"), held_out)


def test_article():
    assert with_article("orange ball") == "an orange ball"
    assert with_article("underwater world") == "an underwater world"
    assert with_article("red ball") == "a red ball"


def test_facts_are_noted_exactly_when_said():
    for seed in range(200):
        voice = speaker(BALL, seed=seed)
        text = voice.subject(0)
        said = {fact.name for fact in voice.facts}
        assert ("pattern" in said) == any(word in text for word in ("strip", "banded"))
        assert ("colour" in said) == any(word in text for word in ("orange", "tangerine"))
        assert ("size" in said) == any(w in text for w in ("small", "little", "tiny", "miniature"))


def test_colour_of_a_person_is_the_coat():
    texts = {speaker(WOMAN, seed=seed).subject(0) for seed in range(300)}
    assert "a woman in a red coat with a hat" in texts
    assert not any(text.startswith("a red") for text in texts)


def test_groups_are_plural_and_counted():
    voice = speaker(replace(BALL, count=3))
    assert "s" in voice.subject(0)[-6:]
    assert Fact(0, "count", 3) in voice.facts
    assert voice.verb(0, "finite").startswith(("stand", "stay", "do not"))


def test_forms_of_the_verb():
    voice = speaker(replace(WOMAN, direction="none"))
    finite = {speaker(WOMAN, seed=s).verb(0, "finite") for s in range(50)}
    assert any(text.startswith("walks") for text in finite)
    assert all("{" not in text for text in finite)
    assert voice.verb(0, "progressive").startswith("is ")
    assert " " not in voice.pronoun(0)


def test_allowed_and_preferred_words():
    phrase = next(p for p in splits.HELD_OUT_PHRASES if "*" not in p)
    assert allowed(("plain", phrase)) == ("plain",)
    assert preferred(("plain", phrase)) == (phrase,)
    assert preferred(("plain",)) == ("plain",)
