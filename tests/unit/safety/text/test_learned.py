import dataclasses

import numpy as np
import pytest

from hanazora.core.errors import UserError
from hanazora.safety.policy import Policy, load_policy
from hanazora.safety.text.folding import fold
from hanazora.safety.text.judge import text_judge
from hanazora.safety.text.learned import (
    LEARNED,
    NUM_PLACES,
    Model,
    features,
    judge_words,
    read_model,
    weigh,
    write_model,
)

POLICY = load_policy()
TERMS = text_judge(POLICY).rules.terms


def seen(text):
    return features(fold(text).text, TERMS)


def model(weight=0.0, border=0.5):
    weights = np.zeros((2, NUM_PLACES), np.float32)
    for one in seen("a dragon"):
        weights[1, one] = weight
    return Model(("harmless", "violence"), weights, np.zeros(2, np.float32), border)


def test_a_sentence_has_words_pairs_and_sets_each_once():
    once, twice = seen("a dragon"), seen("a dragon a dragon")
    assert all(twice[place] == span for place, span in once.items())
    assert seen("stabbed").keys() & seen("stabbing").keys()
    assert set(seen("a dragon").values()) == {(0, 1), (2, 8), (0, 8)}


def test_what_weighs_most_is_named_and_half_lies_at_the_border():
    category, score, top = weigh(seen("a dragon"), model(weight=9.0))
    assert category == "violence" and score > 0.9 and top in seen("a dragon")
    assert weigh(seen("a dragon"), model(border=0.5))[1] == 0.5
    assert weigh(seen("a dragon"), model(border=0.8))[1] < 0.5


def test_a_model_survives_its_file_to_a_byte_a_weight():
    given = model(weight=2.0)
    read = read_model(write_model(given, "test"))
    assert read.classes == given.classes and read.decides_at == given.decides_at
    assert np.abs(read.weight - given.weight).max() <= 2.0 / 127


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"classes": [], "weight": "x"}'])
def test_other_files_are_refused(text):
    with pytest.raises(UserError, match="learned"):
        read_model(text)


def test_the_packaged_weights_are_read_and_find_nothing_in_plain_sentences():
    for text in ("A couple walks under cherry trees.", "A red truck drives past a snowman."):
        found = judge_words(fold(text), TERMS, POLICY)
        assert all(one.score < 0.5 for one in found)


def test_a_finding_points_into_the_original():
    text = "Snow falls. The guards beat the kneeling prisoner and laugh at his screams."
    found = judge_words(fold(text), TERMS, POLICY)
    assert found and found[0].rule == "learned/words"
    start, end = found[0].span
    assert text.index("The guards") <= start < end <= len(text)


def test_a_policy_without_weights_judges_without_them():
    lists = {name: each for name, each in POLICY.data.lists.items() if name != LEARNED}
    data = dataclasses.replace(POLICY.data, lists=lists)
    older = Policy(data, POLICY.sha256 + "-older", POLICY.directory)
    assert judge_words(fold("The guards beat the prisoner to death."), TERMS, older) == []
