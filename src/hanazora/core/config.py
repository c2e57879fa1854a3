"""Frozen dataclass configs to and from JSON, strictly, with overrides and field docs.

A config is a frozen keyword-only dataclass with one docstring line under each field. Loading
refuses unknown keys and wrong types and names the nearest key; nothing is converted silently
except an int where a float is expected and a list where a tuple is expected.
"""

import contextlib
import dataclasses
import difflib
import json
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from hanazora.core.documents import read_json
from hanazora.core.errors import UserError
from hanazora.core.paths import write_text

ConfigT = TypeVar("ConfigT")


def to_dict(config: Any) -> dict[str, Any]:
    """Return a config as plain JSON values."""
    return {
        field.name: _to_plain(getattr(config, field.name)) for field in dataclasses.fields(config)
    }


def from_dict(kind: type[ConfigT], data: Any, where: str = "") -> ConfigT:
    """Build a config from plain values.

    Args:
        kind: the dataclass to build.
        data: its fields; a field that has a default may be absent.
        where: dotted name of this config inside the whole one, used in messages.

    Raises:
        UserError: an unknown or missing key, or a value of another type.
    """
    if not isinstance(data, Mapping):
        raise UserError(f"config {where or kind.__name__} is {data!r}", "it must be an object")
    hints = get_type_hints(kind)
    fields = _fields(kind)
    values: dict[str, Any] = {}
    for key, value in data.items():
        name = f"{where}.{key}" if where else key
        if key not in fields:
            raise _unknown_key(name, where, fields)
        values[key] = _from_plain(hints[key], value, name)
    missing = [
        name for name, field in fields.items() if name not in data and not _has_default(field)
    ]
    if missing:
        raise UserError(f"config {where or kind.__name__} lacks {missing[0]!r}")
    return _checked(lambda: kind(**values), where)


def save_config(config: Any, path: Path) -> None:
    """Write a config as JSON."""
    write_text(path, json.dumps(to_dict(config), indent=2) + "\n")


def load_config(kind: type[ConfigT], path: Path) -> ConfigT:
    """Read a config written by `save_config`."""
    return from_dict(kind, read_json(path))


def apply_overrides(config: ConfigT, overrides: Sequence[str]) -> ConfigT:
    """Return the config with `key=value` pairs applied, as in `optimizer.lr=3e-4`.

    Args:
        config: a config; it is not changed.
        overrides: dotted keys with values, later ones win; a value is JSON or a bare word.
    """
    for override in overrides:
        key, separator, text = override.partition("=")
        if not separator or not key.strip():
            raise UserError(f"override {override!r}", "it must be key=value", "optimizer.lr=3e-4")
        config = _replace(config, key.strip().split("."), _parse_value(text.strip()), "")
    return config


def _replace(config: Any, keys: Sequence[str], value: Any, where: str) -> Any:
    key, rest = keys[0], keys[1:]
    name = f"{where}.{key}" if where else key
    if not dataclasses.is_dataclass(config) or isinstance(config, type):
        raise UserError(f"unknown config key {name}", f"{where} has no keys of its own")
    kind = type(config)
    fields = _fields(kind)
    if key not in fields:
        raise _unknown_key(name, where, fields)
    if rest:
        new = _replace(getattr(config, key), rest, value, name)
    else:
        new = _from_plain(get_type_hints(kind)[key], value, name)
    return _checked(lambda: dataclasses.replace(config, **{key: new}), where)


def _checked(build: Callable[[], ConfigT], where: str) -> ConfigT:
    # A config may check itself with a plain ValueError; the reader needs to know which one it was.
    try:
        return build()
    except UserError:
        raise
    except ValueError as error:
        raise UserError(f"{where}: {error}" if where else str(error)) from error


def _parse_value(text: str) -> Any:
    if text.lower() in ("none", "null"):
        return None
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        return json.loads(text)
    except ValueError:
        pass
    if "," in text:
        return [_parse_value(part.strip()) for part in text.strip("()").split(",") if part.strip()]
    return text


def _fields(kind: Any) -> dict[str, dataclasses.Field[Any]]:
    return {field.name: field for field in dataclasses.fields(kind) if field.init}


def _has_default(field: dataclasses.Field[Any]) -> bool:
    return not (
        field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    )


def _unknown_key(name: str, where: str, known: Iterable[str]) -> UserError:
    names = list(known)
    close = difflib.get_close_matches(name.rpartition(".")[2], names, n=1, cutoff=0.5)
    if close:
        full = f"{where}.{close[0]}" if where else close[0]
        return UserError(f"unknown config key {name}; did you mean {full}?")
    return UserError(
        f"unknown config key {name}", f"{where or 'the config'} has {', '.join(names)}"
    )


def _to_plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return to_dict(value)
    if isinstance(value, Mapping):
        return {str(key): _to_plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_to_plain(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"a config cannot hold {type(value).__name__} {value!r}")


def _from_plain(kind: Any, value: Any, name: str) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _from_union(kind, value, name)
    if origin is Literal:
        if value not in get_args(kind):
            raise _wrong_choice(name, value, get_args(kind))
        return value
    if origin is tuple:
        return _from_tuple(kind, value, name)
    if origin is dict and isinstance(value, Mapping):
        item_kind = get_args(kind)[1]
        return {key: _from_plain(item_kind, item, f"{name}.{key}") for key, item in value.items()}
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return from_dict(kind, value, name)
    if kind is Path and isinstance(value, str):
        return Path(value)
    return _from_scalar(kind, value, name)


def _from_scalar(kind: Any, value: Any, name: str) -> Any:
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if kind in (None, type(None)) and value is None:
        return None
    # bool is a subclass of int, but steps=true is a mistake.
    if isinstance(kind, type) and type(value) is kind:
        return value
    raise UserError(f"{name}={value!r}", f"{name} must be of type {type_name(kind)}")


def _from_union(kind: Any, value: Any, name: str) -> Any:
    options = get_args(kind)
    configs = [option for option in options if dataclasses.is_dataclass(option)]
    if len(configs) == 1 and isinstance(value, Mapping):
        # Its message about a wrong key inside is better than the union's own.
        return _from_plain(configs[0], value, name)
    for option in options:
        with contextlib.suppress(UserError):
            return _from_plain(option, value, name)
    raise UserError(f"{name}={value!r}", f"{name} must be of type {type_name(kind)}")


def _from_tuple(kind: Any, value: Any, name: str) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise UserError(f"{name}={value!r}", f"{name} must be of type {type_name(kind)}")
    kinds = get_args(kind)
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        kinds = (kinds[0],) * len(value)
    if len(kinds) != len(value):
        raise UserError(f"{name}={value!r}", f"{name} must have {len(kinds)} values")
    pairs = enumerate(zip(kinds, value, strict=True))
    return tuple(_from_plain(item_kind, item, f"{name}.{i}") for i, (item_kind, item) in pairs)


def _wrong_choice(name: str, value: Any, choices: Sequence[Any]) -> UserError:
    rule = f"{name} must be one of {', '.join(str(choice) for choice in choices)}"
    close = difflib.get_close_matches(str(value), [str(choice) for choice in choices], n=1)
    return UserError(f"{name}={value!r}", rule, close[0] if close else "")


def type_name(kind: Any) -> str:
    """Return a type as a reader writes it, such as `int | None` or `tuple[int, int, int]`."""
    if get_origin(kind) is Literal:
        return " | ".join(repr(choice) for choice in get_args(kind))
    if get_origin(kind) in (Union, types.UnionType):
        return " | ".join(type_name(option) for option in get_args(kind))
    if get_origin(kind) is tuple:
        return f"tuple[{', '.join(type_name(item) for item in get_args(kind))}]"
    if kind is Ellipsis:
        return "..."
    if kind is type(None):
        return "None"
    return getattr(kind, "__name__", str(kind))
