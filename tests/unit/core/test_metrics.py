import pytest

from hanazora.core.metrics import MetricsWriter, read_metrics


def test_rows_read_back_in_order(tmp_path):
    path = tmp_path / "run" / "metrics.jsonl"
    with MetricsWriter(path) as metrics:
        metrics.write(1, loss=0.5, sample="a")
        metrics.write(2, loss=0.25)
    assert list(read_metrics(path)) == [
        {"step": 1, "loss": 0.5, "sample": "a"},
        {"step": 2, "loss": 0.25},
    ]


def test_a_row_is_on_disk_before_the_file_is_closed(tmp_path):
    metrics = MetricsWriter(tmp_path / "m.jsonl")
    metrics.write(1, loss=1.0)
    assert list(read_metrics(metrics.path)) == [{"step": 1, "loss": 1.0}]
    metrics.close()


def test_resuming_drops_later_rows_and_a_cut_last_line(tmp_path):
    path = tmp_path / "m.jsonl"
    path.write_text('{"step": 1}\n{"step": 2}\n{"step": 3}\n{"st')
    with MetricsWriter(path, resume_step=2) as metrics:
        metrics.write(3, loss=0.1)
    assert [row["step"] for row in read_metrics(path)] == [1, 2, 3]
    assert len(path.read_text().splitlines()) == 3


def test_a_broken_line_in_the_middle_is_an_error(tmp_path):
    path = tmp_path / "m.jsonl"
    path.write_text('{"st\n{"step": 2}\n')
    with pytest.raises(ValueError, match="line 1"):
        list(read_metrics(path))


def test_a_value_that_is_not_finite_stays_valid_json(tmp_path):
    with MetricsWriter(tmp_path / "m.jsonl") as metrics:
        metrics.write(1, loss=float("nan"))
    assert list(read_metrics(tmp_path / "m.jsonl")) == [{"step": 1, "loss": "nan"}]
