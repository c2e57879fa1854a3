from dataclasses import replace

import pytest
import torch

from hanazora.core.errors import UserError
from hanazora.evals.distance import (
    DistanceReport,
    DistanceRow,
    Spread,
    distance_table,
    frechet_distance,
    join_reports,
    load_distances,
    save_distances,
    spread_of,
    video_features,
)
from hanazora.evals.report import Protocol

PROTOCOL = Protocol(
    suite="FD-reader", split="seen", num_prompts=3, prompts_sha256="a" * 64, prompt_seed=1,
    first_seed=0, num_frames=17, height=192, width=320, fps=8.0, reader_sha256="b" * 64,
)  # fmt: skip


def _report(**distances):
    rows = tuple(DistanceRow(name=name, distance=value) for name, value in distances.items())
    return DistanceReport(protocol=PROTOCOL, rows=rows)


def _diagonal(mean, deviation):
    values = torch.tensor(deviation, dtype=torch.float64)
    return Spread(torch.tensor(mean, dtype=torch.float64), values.square().diag())


def test_independent_features_have_the_closed_form():
    one = _diagonal([0.0, 1.0, -2.0], [1.0, 2.0, 0.5])
    other = _diagonal([3.0, 1.0, 0.0], [2.0, 2.0, 3.0])
    # The squared differences of means and of deviations, each feature by itself.
    expected = (9 + 0 + 4) + (1 + 0 + 6.25)
    assert frechet_distance(one, other) == pytest.approx(expected, rel=1e-12)
    assert frechet_distance(other, one) == pytest.approx(expected, rel=1e-12)


def test_a_turn_of_the_features_changes_nothing():
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(2, 50, 6, generator=generator, dtype=torch.float64)
    one, other = noise[0] @ torch.diag(torch.arange(1.0, 7.0).double()), noise[1] + 0.5
    turn, _ = torch.linalg.qr(torch.randn(6, 6, generator=generator, dtype=torch.float64))
    plain = frechet_distance(spread_of(one), spread_of(other))
    turned = frechet_distance(spread_of(one @ turn), spread_of(other @ turn))
    assert plain > 1 and turned == pytest.approx(plain, rel=1e-9)


def test_equal_sets_have_none_even_with_fewer_videos_than_features():
    features = torch.randn(4, 16, generator=torch.Generator().manual_seed(0)).double()
    spread = spread_of(features)
    assert frechet_distance(spread, spread) < 1e-6
    # A known shift is all there is between two sets that differ in nothing else.
    moved = spread_of(features + torch.tensor([2.0] + [0.0] * 15))
    assert frechet_distance(spread, moved) == pytest.approx(4.0, abs=1e-6)
    with pytest.raises(UserError, match="at least 2"):
        spread_of(features[:1])


def test_features_are_those_the_reader_answers_from(reader, pixels):
    video = (pixels(9, 48, 64).float() / 127.5 - 1).permute(1, 0, 2, 3)[None]
    still = video[:, :, :1].expand_as(video)
    moving, frozen = video_features(reader, [video, still])
    assert moving.shape == (12 + 12,) and moving.dtype == torch.float64
    # What stands still differs in the motion half most of all.
    assert not torch.allclose(moving[12:], frozen[12:])
    again = video_features(reader, [video])[0]
    assert torch.equal(moving, again)


def test_reports_of_unequal_protocols_are_not_joined(tmp_path):
    first, second = _report(model=3.0, truth=1.0), _report(other=4.0, truth=1.0)
    joined = join_reports(first, second)
    assert [row.name for row in joined.rows] == ["model", "truth", "other"]
    assert "truth" in distance_table(joined) and "3.000" in distance_table(joined)
    more = replace(second, protocol=replace(PROTOCOL, num_prompts=4))
    with pytest.raises(UserError, match="num_prompts is 3 in one report and 4"):
        join_reports(first, more)
    save_distances(first, tmp_path / "a.json")
    assert load_distances(tmp_path / "a.json") == first
    (tmp_path / "b.json").write_text("{}")
    with pytest.raises(UserError, match="not a report of distances"):
        load_distances(tmp_path / "b.json")
