import re

import hanazora
from hanazora.core.version import VERSION


def test_version_is_semantic_and_the_same_everywhere():
    assert re.fullmatch(r"\d+\.\d+\.\d+", VERSION)
    assert hanazora.__version__ == VERSION
