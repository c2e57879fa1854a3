import pytest

from hanazora.safety.policy import load_policy
from hanazora.safety.text.folding import fold
from hanazora.safety.text.names import Gazetteer

TEXT = """
# comment
[garden]
context = rose, hedge
Alba Montgomery/?Monty/\u963f\u5c14\u5df4/\u30a2\u30eb\u30d0; Hu Ge; Ann Bancroft/Bancroft
[arts]
context = selfie
Vincent van Orchard

[style]
context = style, painting

[place]
context = rink
"""
NAMES = Gazetteer(TEXT, ["jasper"], ["premiere"])


def found(text):
    return [(finding.rule, text[slice(*finding.span)]) for finding in NAMES.judge(fold(text), text)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Alba Montgomery waves", "Alba Montgomery"),
        ("alba montgomery's hat", "alba montgomery"),
        ("AlbaMontgomery", "AlbaMontgomery"),
        ("Alba Montgomry waves", "Alba Montgomry"),
        ("Alba Monntgomery waves", "Alba Monntgomery"),
        ("Alba Motngomery waves", "Alba Motngomery"),
        ("\u770b\u963f\u5c14\u5df4\u5728\u8df3\u821e", "\u963f\u5c14\u5df4"),
        ("\u30a2\u30eb\u30d0\u304c\u8e0a\u308b", "\u30a2\u30eb\u30d0"),
    ],
)
def test_a_name_is_found_in_every_form(text, name):
    assert found(text) == [("names/garden", name)]


def test_a_common_word_needs_the_context_of_its_field():
    assert found("Monty climbs a tree") == []
    assert found("Monty cuts a rose") == [("names/garden", "Monty")]


def test_a_short_name_is_not_a_word_that_spells_it():
    assert found("a huge truck") == []
    assert found("Hu Ge drives") == [("names/garden", "Hu Ge")]


def test_a_style_is_not_a_person():
    assert found("a hill in the style of Vincent van Orchard") == []
    assert found("Vincent van Orchard buys bread") == [("names/arts", "Vincent van Orchard")]


def test_a_place_is_not_its_founder():
    assert found("skaters at Bancroft rink") == []
    assert found("skaters at a Bancroft style rink") == []
    assert found("Bancroft, rink, snow") == [("names/garden", "Bancroft")]
    assert found("Ann Bancroft rink") == [("names/garden", "Ann Bancroft")]


def test_an_unknown_full_name_counts_where_fame_is_spoken_of():
    assert found("Jasper Quimby at the premiere") == [("names/full-name", "Jasper Quimby")]
    assert found("Jasper Quimby in the woods") == []
    assert found("jasper quarry at the premiere") == []


def test_the_packaged_gazetteer_is_large_and_speaks_three_languages():
    names = Gazetteer(load_policy().read_list("names"), [], [])
    assert names.num_people >= 600
    assert {"politics", "film", "music", "sport", "business", "history"} <= set(names.contexts)
    keys = "".join(names.names)
    assert sum(not key.isascii() for key in names.names) >= 400
    assert any("\u3041" <= letter <= "\u3096" for letter in keys)
