"""The docstring line under each field of a config, read from its source.

Python drops the string under a dataclass field; this reads it back, so that a knob is described
in one place and the reference page and the messages both show it.
"""

import ast
import dataclasses
import inspect
import textwrap
from typing import Any, NamedTuple, get_args, get_type_hints

from hanazora.core.config import type_name


class FieldDoc(NamedTuple):
    """One knob of a config."""

    key: str
    kind: str
    default: str
    doc: str


def field_docs(kind: type[Any]) -> dict[str, str]:
    """Return the docstring line of each field of a config."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    docs: dict[str, str] = {}
    for base in reversed(kind.__mro__[1:]):
        if dataclasses.is_dataclass(base):
            docs.update(field_docs(base))
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
    for statement, following in zip(body, [*body[1:], None], strict=True):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            docs[statement.target.id] = _docstring(following)
    return docs


def describe(kind: type[Any], where: str = "") -> list[FieldDoc]:
    """List every knob of a config and of the configs inside it, by dotted key."""
    hints, docs = get_type_hints(kind), field_docs(kind)
    rows: list[FieldDoc] = []
    for field in dataclasses.fields(kind):
        key = f"{where}.{field.name}" if where else field.name
        inner = _inner_config(hints[field.name])
        if inner is not None:
            rows += describe(inner, key)
            continue
        rows.append(FieldDoc(key, type_name(hints[field.name]), _default(field), docs[field.name]))
    return rows


def _inner_config(kind: Any) -> Any:
    options = [kind, *get_args(kind)]
    return next((option for option in options if dataclasses.is_dataclass(option)), None)


def _default(field: dataclasses.Field[Any]) -> str:
    if field.default is not dataclasses.MISSING:
        return repr(field.default)
    if field.default_factory is not dataclasses.MISSING:
        return repr(field.default_factory())
    return "required"


def _docstring(statement: ast.stmt | None) -> str:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        if isinstance(statement.value.value, str):
            return " ".join(statement.value.value.split())
    return ""
