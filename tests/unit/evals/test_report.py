from dataclasses import replace

import pytest

from hanazora.core.errors import UserError
from hanazora.evals.fidelity import Estimate, FidelityReport
from hanazora.evals.report import (
    Evaluation,
    Protocol,
    hash_prompts,
    load_evaluation,
    markdown_table,
    merge,
    save_evaluation,
    text_table,
)

PROTOCOL = Protocol(
    suite="F", split="seen", num_prompts=20, prompts_sha256="ab" * 32, prompt_seed=1, first_seed=0,
    num_frames=17, height=192, width=320, fps=8.0, reader_sha256="cd" * 32,
)  # fmt: skip


def evaluation(name, **estimates):
    return Evaluation(protocol=PROTOCOL, reports=(FidelityReport(name, estimates),))


MODEL = evaluation("model", setting=Estimate(0.5, 0.4, 0.612, 20), camera=Estimate(0.1, 0, 0.2, 7))
FLOOR = evaluation("floor", setting=Estimate(0.99, 0.98, 1.0, 20))


def test_tables_show_every_row_and_mark_what_is_missing():
    both = merge(MODEL, FLOOR)
    lines = text_table(both).splitlines()
    assert lines[0].startswith("Suite F, split seen, 20 prompts, 320x192, 17 frames")
    assert "setting (n=20)" in lines[1] and "camera (n=7)" in lines[1]
    assert lines[3].split() == ["model", "50.0", "[40,", "61]", "10.0", "[0,", "20]"]
    assert lines[4].split()[-1] == "-"
    rows = markdown_table(both).splitlines()
    assert rows[3] == "| --- | ---: | ---: |"
    assert rows[4] == "| model | 50.0 [40, 61] | 10.0 [0, 20] |"


@pytest.mark.parametrize(
    "change", [{"reader_sha256": "x"}, {"num_prompts": 19}, {"width": 640}, {"prompt_seed": 2}]
)
def test_reports_of_different_protocols_are_never_compared(change):
    other = replace(FLOOR, protocol=replace(PROTOCOL, **change))
    with pytest.raises(UserError, match=next(iter(change))):
        merge(MODEL, other)


def test_a_report_goes_to_disk_and_back(tmp_path):
    made = replace(MODEL, sampler={"guidance_scale": 2.5}, model_hashes={"a": "b"})
    save_evaluation(made, tmp_path / "r.json")
    assert load_evaluation(tmp_path / "r.json") == made


@pytest.mark.parametrize("text", ["", "[]", '{"format": "other"}'])
def test_a_file_that_is_no_report_is_refused(tmp_path, text):
    path = tmp_path / "r.json"
    path.write_text(text)
    with pytest.raises(UserError, match=r"r\.json"):
        load_evaluation(path)


def test_the_hash_covers_texts_and_facts():
    first = hash_prompts([("a", [(0, "kind", "car", -1)])])
    assert first == hash_prompts([("a", [(0, "kind", "car", -1)])])
    assert first != hash_prompts([("b", [(0, "kind", "car", -1)])])
    assert first != hash_prompts([("a", [(0, "kind", "bus", -1)])])


def test_a_row_is_not_added_twice():
    assert len(merge(MODEL, MODEL).reports) == 1
