import sys

import pytest

from hanazora.provenance.library import LibraryMissingError, load_library, open_context


def test_the_library_is_there():
    assert hasattr(load_library(), "Reader")


def test_a_context_takes_our_roots(keys):
    assert open_context(keys.anchors).is_valid


def test_a_machine_without_it_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "c2pa", None)
    with pytest.raises(LibraryMissingError, match="does not load"):
        load_library()
