import importlib
import pkgutil

import pytest

import hanazora
from hanazora.cli import main
from hanazora.cli.error_ids import BY_CLASS, BY_ROOM, REQUEST, error_id, families
from hanazora.cli.reference import REFERENCE_DIR
from hanazora.core.errors import ModelError, UserError


def _raised(act) -> BaseException:
    with pytest.raises(UserError) as caught:
        act()
    return caught.value


def test_every_id_has_an_entry_and_none_has_two():
    ids = [family.id for family in families()]
    assert len(ids) == len(set(ids)) and ids == sorted(ids)
    page = (REFERENCE_DIR / "errors.md").read_text(encoding="utf-8")
    assert [name for name in ids if f"## {name}: " not in page] == []


def test_every_room_that_can_refuse_has_a_family():
    rooms = {module.name for module in pkgutil.iter_modules(hanazora.__path__) if module.ispkg}
    assert rooms - {"bundled"} == set(BY_ROOM)


def test_every_class_of_refusals_has_a_family_of_its_own():
    for package in ("core.errors", "pipelines.produce", "safety.access.grants", "safety.audit.log"):
        importlib.import_module(f"hanazora.{package}")
    pending, names = [UserError], set()
    while pending:
        known = pending.pop().__subclasses__()
        names |= {kind.__name__ for kind in known if kind.__module__.startswith("hanazora.")}
        pending += known
    assert len(names) >= 6 and names <= set(BY_CLASS)


def test_an_error_is_named_after_its_class_or_after_the_room_that_refused(tmp_path):
    from hanazora.media.probe import probe
    from hanazora.pipelines.request import parse_size

    (tmp_path / "a.mp4").write_bytes(b"nothing")
    assert error_id(_raised(lambda: parse_size("7"))) == REQUEST.id
    # Read in a thread: the room is still that of the code that refused.
    assert error_id(_raised(lambda: probe(tmp_path / "a.mp4"))) == BY_ROOM["media"].id
    assert error_id(ModelError("never raised")) == BY_CLASS["ModelError"].id
    assert error_id(UserError("never raised")) == REQUEST.id


@pytest.mark.parametrize(
    ("arguments", "ending"),
    [
        (["generate", "a ball", "--size", "7"], "[HZ-101]"),
        (["generate", "a ball", "--sise", "7"], "[HZ-100]"),
        (["verify", "absent.mp4"], "]"),
    ],
)
def test_a_refusal_ends_in_its_id(capsys, arguments, ending):
    assert main.run(arguments) != 0
    assert capsys.readouterr().err.rstrip().endswith(ending)
