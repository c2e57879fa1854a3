import re

import hanazora
from hanazora.core.version import __version__


def test_version_is_semantic_and_the_same_everywhere():
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)
    assert hanazora.__version__ == __version__
