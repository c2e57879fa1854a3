from hanazora.safety.prompt_filter import check_prompt


def test_a_filter_that_does_not_exist_never_says_passed():
    assert check_prompt("a cherry tree", "").state == "not_implemented"
