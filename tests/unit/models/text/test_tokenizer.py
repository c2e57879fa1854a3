import pytest
import torch

from hanazora.core.errors import ModelError, UserError
from hanazora.models.text.tokenizer import (
    NULL_ID,
    PAD_ID,
    PromptTooLongError,
    Tokenizer,
    train_tokenizer,
)

TEXTS = ["a red car drives to the left", "two red cars under the cherry trees", "a red ball"] * 20


@pytest.fixture(scope="module")
def tokenizer():
    return train_tokenizer(TEXTS, vocab_size=400)


@pytest.mark.parametrize(
    "text",
    [
        "a red car",
        "Zyzzyva!",
        "  two  spaces ",
        "tab\tand\nline",
        "cafe\u0301 caf\u00e9 \u82b1\u7a7a \U0001f338",
        "\u0000\uffff",
        "<pad> <null>",
        "x" * 5000,
    ],
)
def test_any_string_comes_back_exactly(tokenizer, text):
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_known_words_are_one_token_each(tokenizer):
    assert tokenizer.num_tokens("a red car") == 3
    assert tokenizer.num_tokens("zyzzyva") > 3


def test_typed_special_tokens_are_plain_text(tokenizer):
    assert not {PAD_ID, NULL_ID} & set(tokenizer.encode("<pad><null>"))


def test_blank_text_is_the_null_prompt(tokenizer):
    assert tokenizer.encode("") == tokenizer.encode("  \n") == [NULL_ID]


def test_batch_is_padded_to_the_longest_and_masked(tokenizer):
    ids, mask = tokenizer.encode_batch(["a red car", "", "a red car drives"], 16)
    assert ids.shape == mask.shape == (3, 4)
    assert (ids.dtype, mask.dtype) == (torch.int64, torch.bool)
    assert mask.sum(1).tolist() == [3, 1, 4]
    assert ids[~mask].unique().tolist() == [PAD_ID]
    assert ids[1, 0] == NULL_ID
    assert int(ids.max()) < tokenizer.vocab_size


def test_nothing_is_cut_off_silently(tokenizer):
    with pytest.raises(PromptTooLongError, match="prompt has 5000 tokens: at most 16") as caught:
        tokenizer.encode_batch(["~" * 5000], 16)
    assert (caught.value.num_tokens, caught.value.max_length) == (5000, 16)


def test_save_and_load(tokenizer, tmp_path):
    path = tmp_path / "tokenizer.json"
    tokenizer.save(path)
    loaded = Tokenizer.load(path)
    assert loaded.vocab_size == tokenizer.vocab_size
    assert loaded.encode(TEXTS[0] + " \U0001f338") == tokenizer.encode(TEXTS[0] + " \U0001f338")


def test_training_repeats(tokenizer, tmp_path):
    other = train_tokenizer(TEXTS, vocab_size=400)
    for name, each in (("a", tokenizer), ("b", other)):
        each.save(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_files_that_are_no_tokenizer_are_refused(tmp_path):
    with pytest.raises(ModelError, match="cannot read"):
        Tokenizer.load(tmp_path / "missing.json")
    (tmp_path / "bad.json").write_text("{}")
    with pytest.raises(ModelError, match="is not a tokenizer"):
        Tokenizer.load(tmp_path / "bad.json")


def test_vocabulary_must_hold_all_bytes():
    with pytest.raises(UserError, match="vocab_size is 100: at least 258"):
        train_tokenizer(TEXTS, vocab_size=100)
