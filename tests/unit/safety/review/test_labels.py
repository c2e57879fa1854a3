import pytest

from hanazora.core.errors import UserError
from hanazora.safety.review.labels import Label, add_label, labels_path, read_labels

LABEL = Label(1, "appeal", "harmless", "violence", "prompt", "d1", "a crab shell")


def test_labels_are_kept_in_order(tmp_path):
    path = tmp_path / "new" / "labels.jsonl"
    assert read_labels(path) == []
    add_label(LABEL, path)
    add_label(LABEL._replace(case=2, prompt="two\nlines"), path)
    assert read_labels(path) == [LABEL, LABEL._replace(case=2, prompt="two\nlines")]
    assert path.stat().st_mode & 0o777 == 0o600


def test_another_file_is_one_line(tmp_path):
    path = tmp_path / "labels.jsonl"
    path.write_text('{"a": 1}\n')
    with pytest.raises(UserError, match="cannot read"):
        read_labels(path)
    with pytest.raises(UserError, match="cannot write"):
        add_label(LABEL, tmp_path)
    assert labels_path().name == "reviewed.jsonl"
