import pytest

from hanazora.core.errors import UserError
from hanazora.pipelines.request import MAX_PROMPT_CHARS
from hanazora.safety.policy import TIERS, load_policy, packaged_policy_path
from hanazora.safety.prompt_filter import (
    MAX_TEXT_CHARS,
    check_prompt,
    check_texts,
    coverage,
    judge_text,
)


def test_a_harmless_prompt_passes_and_names_the_policy():
    result = check_prompt("A couple walks under cherry trees in the snow", "")
    assert result.state == "passed"
    assert load_policy().version in result.detail


def test_a_refused_prompt_says_what_and_why_but_not_the_words():
    result = check_prompt("A tree, then a naked woman", "")
    assert result.state == "failed"
    assert "prompt: sexual, decision " in result.detail
    assert "naked" not in result.detail


def test_a_verdict_names_category_rule_span_and_a_stable_id():
    text = "Petals fall. A n4ked woman dances."
    verdict = judge_text(text)
    assert (verdict.action, verdict.category) == ("block", "sexual")
    assert verdict.rule.startswith("terms/sexual.")
    assert text[slice(*verdict.span)] == "n4ked"
    assert judge_text(text) == verdict
    assert judge_text(text + " ").decision_id != verdict.decision_id


@pytest.mark.parametrize("name", ["prompt", "expanded_prompt", "caption 3", "negative_prompt"])
def test_every_text_is_judged(name):
    texts = {"prompt": "a tree", name: "a woman is stabbed to death"}
    judged = check_texts(texts)
    assert judged.result.state == "failed"
    assert judged.verdicts[name].category == "violence"


def test_a_file_name_is_read_with_its_separators_as_spaces():
    judged = check_texts({"prompt": "a tree", "file_name": "videos/naked_woman-2.mp4"})
    assert judged.verdicts["file_name"].category == "sexual"
    assert check_texts({"prompt": "a", "file_name": "out/red-truck.mp4"}).result.state == "passed"


def test_a_negative_prompt_may_name_what_to_avoid():
    assert check_prompt("a tree", "blood, gore, nudity, blurry").state == "passed"
    assert check_prompt("a tree", "a naked man covered in blood").state == "failed"


@pytest.mark.parametrize("negative", ["clothes", "blurry, wearing clothing", "censored"])
def test_pushing_clothes_away_is_asking_for_nudity(negative):
    assert check_prompt("a woman by the sea", negative).state == "failed"


@pytest.mark.parametrize("tier", TIERS)
def test_no_tier_may_ask_for_sexual_content_with_minors(tier):
    verdict = judge_text("a nude child", tier=tier)
    assert (verdict.action, verdict.category) == ("block", "sexual-minors")


def test_minors_are_protected_across_captions_too():
    texts = {"caption 1": "two children play", "caption 2": "they undress"}
    assert check_texts(texts).verdicts["together"].category == "sexual-minors"


def test_a_list_that_was_changed_is_an_error_not_a_pass(tmp_path):
    text = packaged_policy_path().read_text()
    place = text.index('sha256 = "', text.index("[lists.rules]")) + len('sha256 = "')
    path = tmp_path / "mine.toml"
    path.write_text(text[:place] + "0" * 64 + text[place + 64 :])
    judged = check_texts({"prompt": "a tree"}, policy=load_policy(path))
    assert judged.result.state == "error"
    assert "was changed" in judged.result.detail


def test_switching_the_filter_off_is_recorded(tmp_path):
    path = tmp_path / "mine.toml"
    text = packaged_policy_path().read_text()
    path.write_text(text.replace('prompt_filter = "required"', 'prompt_filter = "off"'))
    result = check_texts({"prompt": "a naked man"}, policy=load_policy(path)).result
    assert (result.state, result.detail) == ("skipped", "switched off by the policy")


def test_a_weaker_action_passes_and_is_told(tmp_path):
    path = tmp_path / "mine.toml"
    text = packaged_policy_path().read_text()
    start = text.index("[categories.deception.stages]")
    path.write_text(text[:start] + text[start:].replace('"block"', '"warn"', 1))
    result = check_texts({"prompt": "fake news report"}, policy=load_policy(path)).result
    assert result.state == "passed"
    assert "prompt: deception" in result.detail


def test_the_filter_covers_every_category_that_words_can_ask_for():
    entries = coverage(load_policy())
    covered = {entry.category for entry in entries if entry.stage == "prompt" and entry.available}
    assert covered == set(load_policy().categories) - {"blocklist"}


def test_a_text_longer_than_any_prompt_is_refused_with_the_limit():
    assert MAX_TEXT_CHARS == MAX_PROMPT_CHARS
    assert not judge_text("a tree. " * (MAX_TEXT_CHARS // 8)).blocked
    with pytest.raises(UserError, match=str(MAX_TEXT_CHARS)):
        judge_text("a" * (MAX_TEXT_CHARS + 1))
