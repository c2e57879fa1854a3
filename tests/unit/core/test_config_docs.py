import dataclasses

from hanazora.core.config_docs import FieldDoc, describe, field_docs


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class InnerConfig:
    lr: float = 1e-3
    """Peak learning rate."""

    bare: int = 0


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class OuterConfig:
    steps: int
    """Optimizer steps
    of the run."""

    inner: InnerConfig = InnerConfig()
    """The optimizer."""


def test_each_field_has_its_line():
    assert field_docs(InnerConfig) == {"lr": "Peak learning rate.", "bare": ""}


def test_describe_flattens_nested_configs():
    assert describe(OuterConfig) == [
        FieldDoc("steps", "int", "required", "Optimizer steps of the run."),
        FieldDoc("inner.lr", "float", "0.001", "Peak learning rate."),
        FieldDoc("inner.bare", "int", "0", ""),
    ]
