import math
from dataclasses import replace
from pathlib import Path

from hanazora.core.metrics import read_metrics
from hanazora.parallel.ranks import Ranks
from hanazora.train.journal import Journal, time_left
from hanazora.train.state import TrainConfig


def test_a_line_every_few_steps_and_at_the_end(tiny_run: TrainConfig, tmp_path: Path) -> None:
    config = replace(tiny_run, log_every=2, steps=3)
    with Journal(config, tmp_path, 0, Ranks(0, 1)) as journal:
        means = [journal.log(step, loss, 0.1) for step, loss in ((1, 4.0), (2, 2.0), (3, 1.0))]
    assert math.isnan(means[0]) and means[1:] == [3.0, 1.0]
    rows = list(read_metrics(tmp_path / "metrics.jsonl"))
    assert [(row["step"], row["loss"]) for row in rows] == [(2, 3.0), (3, 1.0)]
    assert (tmp_path / "config.json").is_file()


def test_only_the_first_rank_writes(tiny_run: TrainConfig, tmp_path: Path) -> None:
    with Journal(replace(tiny_run, log_every=1), tmp_path, 0, Ranks(1, 2)) as journal:
        assert journal.log(1, 2.0, 0.1) == 2.0
    assert list(tmp_path.glob("*.json*")) == []


def test_time_left_is_said_as_people_say_it() -> None:
    said = [time_left(seconds) for seconds in (0.4, 99.0, 750.0, 12_600.0)]
    assert said == ["0 s", "99 s", "12 min", "3.5 h"]


def test_a_skipped_step_is_a_line_and_a_rewound_one_is_none(
    tiny_run: TrainConfig, tmp_path: Path
) -> None:
    with Journal(replace(tiny_run, log_every=1), tmp_path, 0, Ranks(0, 1)) as journal:
        journal.log(1, 4.0, 0.1)
        journal.skip(2, [3, 17])
        journal.log(3, 2.0, 0.1)
        rows = list(read_metrics(tmp_path / "metrics.jsonl"))
        assert [row["step"] for row in rows] == [1, 2, 3] and rows[1]["skipped"] == "3 17"
        journal.rewind(1)
        journal.log(2, 3.0, 0.1)
    rows = list(read_metrics(tmp_path / "metrics.jsonl"))
    assert [(row["step"], row.get("loss")) for row in rows] == [(1, 4.0), (2, 3.0)]
