from pathlib import Path

import pytest

from hanazora.pipelines.publishing.origins import ingredients_of
from hanazora.pipelines.request import GenerateRequest


@pytest.mark.parametrize(
    ("verb", "relationships"),
    [
        ("animate", ["inputTo", "inputTo"]),
        ("storyboard", ["inputTo", "inputTo"]),
        ("extend", ["parentOf", "componentOf"]),
        ("connect", ["parentOf", "componentOf"]),
        ("loop", ["parentOf", "componentOf"]),
        ("edit", ["parentOf", "componentOf"]),
    ],
)
def test_the_verb_says_what_a_file_is(verb, relationships):
    request = GenerateRequest(prompt="x", verb=verb)
    found = ingredients_of(request, [Path("a.mp4"), Path("b.mp4")])
    assert [one.relationship for one in found] == relationships
    assert ingredients_of(request, []) == ()
