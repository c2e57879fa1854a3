import pytest

from hanazora.core.errors import UserError
from hanazora.safety.redteam.tactics import load_tactics


def test_what_the_testers_of_the_original_found_is_among_them():
    tactics = load_tactics()
    found = {"medical-framing", "fiction-framing", "metaphor", "worst-output-as-seed",
             "harmless-upload-remix", "blend"}  # fmt: skip
    assert found <= set(tactics.tactics)
    assert tactics.require("metaphor") == "metaphor"
    with pytest.raises(UserError, match="it must be one of"):
        tactics.require("luck")
