import dataclasses
from pathlib import Path
from typing import Literal

import pytest

from hanazora.core.config import (
    apply_overrides,
    from_dict,
    load_config,
    save_config,
    to_dict,
    type_name,
)
from hanazora.core.errors import UserError


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class OptimizerConfig:
    lr: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.99)
    kind: Literal["muon", "adamw"] = "adamw"

    def __post_init__(self):
        if self.lr > 100:
            raise ValueError(f"lr {self.lr} is absurd")
        if self.lr <= 0:
            raise UserError(f"optimizer.lr={self.lr}", "it must be above 0", "1e-3")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class RunConfig:
    steps: int
    optimizer: OptimizerConfig = OptimizerConfig()
    extra: OptimizerConfig | None = None
    run_dir: Path | None = None
    names: tuple[str, ...] = ()
    weights: dict[str, float] = dataclasses.field(default_factory=dict)
    compile: bool = False


def full():
    return RunConfig(
        steps=3,
        optimizer=OptimizerConfig(lr=2e-3),
        extra=OptimizerConfig(kind="muon"),
        run_dir=Path("runs/a"),
        names=("a", "b"),
        weights={"x": 1.0},
    )


def test_round_trip_through_plain_values_and_a_file(tmp_path):
    assert from_dict(RunConfig, to_dict(full())) == full()
    save_config(full(), tmp_path / "config.json")
    assert load_config(RunConfig, tmp_path / "config.json") == full()


def test_overrides_reach_every_kind_of_field():
    config = apply_overrides(
        RunConfig(steps=1),
        ["steps=5", "optimizer.lr=3e-4", "optimizer.betas=0.5,0.6", "run_dir=runs/b",
         "compile=true", "names=[\"x\"]", "extra={\"lr\": 1}"],
    )  # fmt: skip
    assert config.steps == 5
    assert config.optimizer == OptimizerConfig(lr=3e-4, betas=(0.5, 0.6))
    assert config.run_dir == Path("runs/b")
    assert (config.compile, config.names) == (True, ("x",))
    assert config.extra == OptimizerConfig(lr=1.0)
    assert apply_overrides(config, ["extra=none"]).extra is None


def test_the_original_is_not_changed():
    config = RunConfig(steps=1)
    apply_overrides(config, ["steps=2"])
    assert config.steps == 1


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("optimizer.lrr=1", "unknown config key optimizer.lrr; did you mean optimizer.lr?"),
        ("zzzzzz=1", "unknown config key zzzzzz: the config has steps,"),
        ("steps=1.5", "steps must be of type int"),
        ("steps=true", "steps must be of type int"),
        ("optimizer.kind=muom", "must be one of muon, adamw; try muon"),
        ("optimizer.betas=1,2,3", "must have 2 values"),
        ("optimizer.betas=1", "must be of type tuple"),
        ("optimizer.lr=0", "must be above 0"),
        ("optimizer.lr=101", "optimizer: lr 101.0 is absurd"),
        ("steps.a=1", "steps has no keys"),
        ("extra.lr=1", "extra has no keys"),
        ("compile=1", "compile must be of type bool"),
        ("steps", "must be key=value"),
        ("extra={\"lrr\": 1}", "did you mean extra.lr?"),
    ],
)  # fmt: skip
def test_a_wrong_override_says_what_is_right(override, message):
    with pytest.raises(UserError) as caught:
        apply_overrides(RunConfig(steps=1), [override])
    assert message in str(caught.value)


def test_loading_is_strict(tmp_path):
    with pytest.raises(UserError, match="did you mean optimizer"):
        from_dict(RunConfig, {"steps": 1, "optimiser": {}})
    with pytest.raises(UserError, match="lacks 'steps'"):
        from_dict(RunConfig, {})
    with pytest.raises(UserError, match="must be an object"):
        from_dict(RunConfig, {"steps": 1, "optimizer": 3})
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(UserError, match="not valid JSON"):
        load_config(RunConfig, tmp_path / "bad.json")
    with pytest.raises(UserError, match="cannot read"):
        load_config(RunConfig, tmp_path / "absent.json")


def test_a_value_without_a_plain_form_is_our_mistake():
    @dataclasses.dataclass(frozen=True)
    class Odd:
        value: object

    with pytest.raises(TypeError, match="cannot hold"):
        to_dict(Odd(object()))


def test_types_read_as_they_are_written():
    assert type_name(int | None) == "int | None"
    assert type_name(tuple[int, ...]) == "tuple[int, ...]"
    assert type_name(Literal["a", "b"]) == "'a' | 'b'"
