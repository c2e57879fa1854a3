import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from hanazora.core.errors import UserError
from hanazora.train.loop import train
from hanazora.train.state import TrainConfig
from hanazora.train.watching.loss_parts import NUM_BINS
from hanazora.train.watching.run_report import (
    Course,
    RunReport,
    expectations,
    follow,
    report_run,
    report_text,
    untrained_loss,
)


def _report(*courses: Course, start: str = "") -> RunReport:
    return RunReport("tiny", start, 40, 40, 1000, {}, 12, list(courses))


def test_a_run_is_read_from_its_directory(tiny_run: TrainConfig, tmp_path: Path) -> None:
    train(replace(tiny_run, steps=6, log_every=2), tmp_path / "run")
    with (tmp_path / "run" / "metrics.jsonl").open("a") as file:
        file.write(json.dumps({"step": 6, "skipped": "3 5"}) + "\n")
    report = report_run(tmp_path / "run")
    assert (report.step, report.num_steps, report.skipped) == (6, 6, {6: "3 5"})
    assert 0.5 * 6 * 128 < (report.num_tokens or 0) <= 6 * 128
    names = [course.name for course in report.courses]
    assert names[0] == "loss" and {"loss_picture", "loss_video"} <= set(names)
    text = report_text(report)
    assert "steps     6 of 6" in text and "clips 3 5" in text
    assert f"{report.num_weights} tensors, none missing" in text and (report.num_weights or 0) > 50


def test_what_is_no_run_is_refused(tmp_path: Path, tiny_run: TrainConfig) -> None:
    with pytest.raises(UserError, match="holds no run"):
        report_run(tmp_path)


def test_the_edges_of_a_course_are_means() -> None:
    rows = [{"step": i, "loss": float(i), "loss_sigma_0.4": 2.0} for i in range(40)]
    whole, part = follow(rows, None)
    assert whole == Course("loss", 0.5, 38.5, None)
    assert part.name == "loss_sigma_0.4" and part.untrained is not None


def test_an_untrained_model_has_the_loss_of_the_best_linear_guess() -> None:
    torch.manual_seed(0)
    data, noise = 2 * torch.randn(200_000), torch.randn(200_000)
    for noise_bin in (0, 3):
        losses = []
        for sigma in torch.linspace(noise_bin, noise_bin + 1, 21) / NUM_BINS:
            noisy, velocity = (1 - sigma) * data + sigma * noise, noise - data
            guess = (velocity @ noisy) / (noisy @ noisy)
            losses.append((velocity - guess * noisy).square().mean())
        found = untrained_loss(torch.tensor([4.0]), noise_bin)
        assert found == pytest.approx(float(torch.stack(losses).mean()), rel=0.02)


def test_losses_are_held_against_an_untrained_model() -> None:
    def said(first: float, last: float, start: str = "") -> str:
        return expectations(_report(Course("loss_sigma_0.4", first, last, 2.0), start=start))[0]

    assert "as expected" in said(2.0, 1.0)
    assert "above an untrained model at loss_sigma_0.4" in said(1.0, 2.5)
    assert "overfit_one" in said(2.0, 1.95)
    assert "was bundled trained" in said(2.0, 1.0, "bundled")
    assert "did not write" in expectations(_report())[0]
