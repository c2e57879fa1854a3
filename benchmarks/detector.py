"""Fit, calibrate and measure the own-output classifier; rerun it whenever the autoencoder changes.

    python benchmarks/detector.py [--renders POOL] [--cache DIR] [--scale 1.0] [--write]

Makes outputs of the bundled model and stand-ins for other clips (`detector_clips.py`), encodes them
as the way out does (CRF 17) and as a site would (CRF 34), measures their features, fits on one set
of sources, calibrates on a second, and reports on a third. --write puts the classifier, the
reliability plot and the table into the repository. Features are cached, so a run that was stopped
goes on.
"""

import argparse
import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import torch
from detector_clips import SIZES, SPLITS, foreign_clips
from detector_plot import reliability_plot

from hanazora.core.config import to_dict
from hanazora.core.paths import bundled_model_dir, write_text
from hanazora.evals.detector.figures import (
    area_under_curve,
    calibration_error,
    reliability,
    share_interval,
)
from hanazora.evals.detector.fitting import (
    ClipSet,
    fit_classifier,
    measured,
    probabilities,
    scores_of,
)
from hanazora.media.decode import read_video
from hanazora.models.autoencoder.weights import load_autoencoder
from hanazora.pipelines.detect.classifier import (
    CLASSIFIER_PATH,
    FORMAT,
    ClassifierData,
    OwnClassifier,
    autoencoder_sha256,
)
from hanazora.pipelines.detect.features import NUM_MOTION_FRAMES, can_measure, measure
from hanazora.pipelines.generate import load
from hanazora.pipelines.request import GenerateRequest
from hanazora.safety.access.evaluation import (
    Metric,
    SafetyReport,
    hash_model_directory,
    save_safety_report,
)
from hanazora.safety.policy import load_policy
from hanazora.safety.prompt_filter import check_prompt
from hanazora.world.prompts import held_out_prompts

ROOT = Path(__file__).resolve().parents[1]
PLOT, TABLE = ROOT / "docs/images/detector_reliability.png", ROOT / "docs/guides/detect-figures.md"
COUNTS = {"train": (140, 210), "calibration": (60, 150), "test": (84, 204)}
"""Clips of ours and of others in each split, at scale 1."""

STEPS = (4, 4, 4, 16)
"""Denoising steps of our clips: few ones are cheap, and 16 is what the model ships with."""

PAGE = """<!-- Written by benchmarks/detector.py; do not edit. -->
# Figures of the own-output classifier

{table}

![Observed share over predicted chance](../images/detector_reliability.png)

AUC is the chance that a clip of ours scores higher than one that is not ours. "Found" and "flagged"
are shares of clips above the shipped threshold that are near enough to calibration to be judged. No
filmed video was used: photographs under a virtual camera, renders that never met the model,
textures, screens and otherwise coded clips stand in for it (`benchmarks/detector_clips.py`).
"""

TRAIN_CRFS = ("17", "23", "28", "34")
ATTACKS = ("half", "crop", "hue")

Clip = np.ndarray


def main() -> None:
    """Fit, measure, print and, with --write, keep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--renders", type=Path, help="a pool of hanazora.train.render_pool")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "detector")
    parser.add_argument(
        "--scale", type=float, default=1.0, help="share of the full number of clips"
    )
    parser.add_argument("--attacked", type=int, default=24, help="clips of each kind to attack")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    args.cache.mkdir(parents=True, exist_ok=True)
    bench = Bench(args.cache, args.renders, args.scale)
    training, calibration = bench.training(), bench.judged("calibration", ("17", "34"))
    fitted = fit_classifier(training, _join(calibration.values()), bench.autoencoder_sha256)
    test = bench.judged("test", ("17", "34"))
    attacked = bench.judged("test", ATTACKS, args.attacked) if args.attacked else {}
    classifier = OwnClassifier(fitted)
    rows = {name: figures(classifier, clips) for name, clips in {**test, **attacked}.items()}
    joined = _join(test.values())
    scores = scores_of(classifier, joined)
    chances = probabilities(fitted, scores)
    error = calibration_error(chances, joined.own)
    data = replace(fitted, measured=kept_figures(rows, error, len(joined.own)))
    table = report(rows, error, bench, len(fitted.null_scores))
    print(table)
    print(families(bench, classifier))
    if args.write:
        write_text(CLASSIFIER_PATH, json.dumps({"format": FORMAT, **to_dict(data)}) + "\n")
        write_text(TABLE, PAGE.format(table=table))
        reliability_plot(PLOT, reliability(chances, joined.own))
        save_safety_report(safety_report(data, bench, args.scale))
        print(f"wrote {CLASSIFIER_PATH.name}, {TABLE.name}, {PLOT.name}")


class Bench:
    """Makes and measures clips once and keeps their features.

    Args:
        cache: directory of features.
        renders: pool of renders, or none.
        scale: share of the full number of clips.
    """

    def __init__(self, cache: Path, renders: Path | None, scale: float) -> None:
        self.cache, self.renders = cache, renders
        self.counts = {
            split: tuple(max(6, round(count * scale)) for count in counts)
            for split, counts in COUNTS.items()
        }
        directory = bundled_model_dir() / "autoencoder"
        self.autoencoder_sha256 = autoencoder_sha256(directory)
        self.autoencoder = load_autoencoder(directory)
        weights = bundled_model_dir() / "transformer" / "diffusion_pytorch_model.safetensors"
        self.model_key = hashlib.sha256(weights.read_bytes()).hexdigest()[:8]
        self._model = None

    def training(self) -> ClipSet:
        """Return the training clips, each through one codec setting."""
        sets = []
        for own in (True, False):
            rows = [
                row
                for index, clip in self.clips("train", own)
                for row in [self.features("train", own, index, clip, TRAIN_CRFS[index % 4])]
                if row is not None
            ]
            sets.append(ClipSet(np.stack(rows), np.full(len(rows), own)))
        return _join(sets)

    def judged(
        self, split: str, variants: tuple[str, ...], limit: int | None = None
    ) -> dict[str, ClipSet]:
        """Return the clips of a split through each of several codec settings."""
        rows: dict[str, list[tuple[np.ndarray, bool]]] = {name: [] for name in variants}
        for own in (True, False):
            for index, clip in self.clips(split, own):
                if limit is not None and index >= limit:
                    break
                for name in variants:
                    row = self.features(split, own, index, clip, name)
                    if row is not None:
                        rows[name].append((row, own))
        return {
            name: ClipSet(np.stack([row for row, _ in found]), np.array([own for _, own in found]))
            for name, found in rows.items()
        }

    def clips(self, split: str, own: bool) -> Iterator[tuple[int, Callable[[], Clip]]]:
        """Yield (index, function that makes the clip)."""
        count = self.counts[split][0 if own else 1]
        if own:
            for index, text in enumerate(_prompts(split, count)):
                yield index, lambda index=index, text=text: self._generate(index, text)
            return
        made: dict[int, Clip] = {}
        source = foreign_clips(split, count, self.renders)

        def foreign(index: int) -> Clip:
            while index not in made:
                made.clear()
                made[self._at] = next(source)[1]
                self._at += 1
            return made[index]

        self._at = 0
        for index in range(count):
            yield index, lambda index=index: foreign(index)

    def features(
        self, split: str, own: bool, index: int, make: Callable[[], Clip], variant: str
    ) -> np.ndarray | None:
        """Return the features of a clip through a codec setting; none where it is too small."""
        key = f"{self.autoencoder_sha256[:8]}-{self.model_key if own else 'other'}"
        path = self.cache / f"{key}-{split}-{index:04d}-{variant}.npy"
        if path.exists():
            row = np.load(path)
            return row if row.size else None
        clip = through_codec(make(), variant)
        row = measure(self.autoencoder, clip) if can_measure(clip) else np.zeros(0)
        np.save(path, row)
        return row if row.size else None

    def _generate(self, index: int, text: str) -> Clip:
        cached = getattr(self, "_last", None)
        if cached is not None and cached[0] == text:
            return cached[1]
        self._model = self._model or load()
        height, width = SIZES[index % len(SIZES)]
        request = GenerateRequest(
            prompt=text, width=width, height=height, num_frames=17 if index % 3 == 2 else 9,
            seed=index, num_inference_steps=STEPS[index % len(STEPS)],
        )  # fmt: skip
        frames = self._model.generate(request).frames
        self._last = (text, frames)
        return frames


def _prompts(split: str, count: int) -> list[str]:
    """Return prompts that the prompt filter lets through, the same ones every time."""
    drawn = held_out_prompts("seen", 2 * count, seed=100 + SPLITS.index(split))
    texts = [caption.text for _, caption in drawn]
    return [text for text in texts if check_prompt(text, "").state != "failed"][:count]


def through_codec(clip: Clip, variant: str) -> Clip:
    """Return what a viewer's file holds: a CRF, or an edit followed by CRF 28."""
    clip = clip[:NUM_MOTION_FRAMES]
    edit = {"half": _half, "crop": _crop, "hue": _hue}
    crf = variant if variant.isdigit() else "28"
    clip = clip if variant.isdigit() else edit[variant](clip)
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "clip.mp4"
        _encode(path, clip, crf)
        return read_video(path)


def _encode(path: Path, clip: Clip, crf: str) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=8, options={"crf": crf, "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = clip.shape[2], clip.shape[1], "yuv420p"
        for frame in clip:
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))


def _half(clip: Clip) -> Clip:
    t, height, width, _ = clip.shape
    return clip.reshape(t, height // 2, 2, width // 2, 2, 3).mean(axis=(2, 4)).astype(np.uint8)


def _crop(clip: Clip) -> Clip:
    top, left = clip.shape[1] // 20, clip.shape[2] // 20
    bottom, right = clip.shape[1] - top, clip.shape[2] - left
    return clip[:, top : bottom - (bottom - top) % 2, left : right - (right - left) % 2]


def _hue(clip: Clip) -> Clip:
    """Turn the colours by 90 degrees around grey."""
    turn = np.array([[0.333, 0.911, -0.244], [-0.244, 0.333, 0.911], [0.911, -0.244, 0.333]])
    return np.clip(clip @ turn.T, 0, 255).astype(np.uint8)


def figures(classifier: OwnClassifier, clips: ClipSet) -> dict[str, tuple]:
    """Return the figures of one row: area, found, false alarms, not applicable; with intervals."""
    found = [classifier.classify(row) for row in clips.features]
    scores = np.array([one.score for one in found])
    flagged = np.array([one.above_threshold and one.applicable for one in found])
    far = np.array([not one.applicable for one in found])
    area, interval = area_under_curve(scores, clips.own)

    def share(mask: np.ndarray, among: np.ndarray) -> tuple[float, tuple[float, float], int]:
        count, total = int(mask[among].sum()), int(among.sum())
        return count / total, share_interval(count, total), total

    return {
        "area": (area, interval, len(scores)),
        "found": share(flagged, clips.own),
        "false": share(flagged, ~clips.own),
        "far_own": share(far, clips.own),
        "far_other": share(far, ~clips.own),
    }


def kept_figures(rows: dict[str, dict[str, tuple]], error: float, total: int) -> dict:
    """Return what the classifier file says about itself."""
    names = {"17": "clean", "34": "crf34", **{attack: attack for attack in ATTACKS}}
    kept = {}
    for row, figures_of_row in rows.items():
        for name in ("area", "found", "false"):
            value, interval, count = figures_of_row[name]
            kept[f"{name}_{names[row]}"] = measured(value, interval, count)
    both = [rows[name]["false"] for name in ("17", "34")]
    count, clips = round(sum(v * n for v, _, n in both)), sum(n for _, _, n in both)
    kept["false_positives"] = measured(count / clips, share_interval(count, clips), clips)
    kept["calibration_error"] = measured(error, (error, error), total)
    return kept


def safety_report(data: ClassifierData, bench: Bench, scale: float) -> SafetyReport:
    """Return the figures that promotions ask for."""
    names = {
        "detector.auc_clean": "area_clean",
        "detector.auc_crf34": "area_crf34",
        "detector.false_positives": "false_positives",
        "detector.calibration_error": "calibration_error",
    }
    return SafetyReport(
        policy_sha256=load_policy().sha256,
        model_sha256=hash_model_directory(bundled_model_dir()),
        metrics={
            name: Metric(value=data.measured[key].value, num_cases=data.measured[key].num_clips)
            for name, key in names.items()
        },
        sets={"autoencoder": bench.autoencoder_sha256},
        command=f"python benchmarks/detector.py --scale {scale:g}",
    )


def report(rows: dict[str, dict[str, tuple]], error: float, bench: Bench, num_null: int) -> str:
    """Return the table in Markdown."""
    titles = {
        "17": "as written (CRF 17)", "34": "CRF 34", "half": "half size, CRF 28",
        "crop": "10 % cut off, CRF 28", "hue": "hue turned by 90 degrees, CRF 28",
    }  # fmt: skip

    def cell(figure: tuple, percent: bool = True) -> str:
        value, (low, high), count = figure
        if not percent:
            return f"{value:.3f} [{low:.3f}, {high:.3f}]"
        return f"{100 * value:.1f} [{100 * low:.1f}, {100 * high:.1f}] of {count}"

    lines = [
        f"Bundled autoencoder `{bench.autoencoder_sha256[:8]}`, transformer `{bench.model_key}`; "
        f"{num_null} calibration clips that are not ours; per cent with 95 % intervals; expected "
        f"calibration error {error:.3f}.",
        "",
        "| clip | AUC | ours found | others flagged | ours not judged | others not judged |",
        "|---|---|---|---|---|---|",
    ]
    for name, row in rows.items():
        cells = [cell(row["area"], percent=False)]
        cells += [cell(row[part]) for part in ("found", "false", "far_own", "far_other")]
        lines.append(f"| {titles[name]} | {' | '.join(cells)} |")
    return "\n".join(lines)


def families(bench: Bench, classifier: OwnClassifier) -> str:
    """Return the highest score of each family of other clips: which of them come near."""
    best: dict[str, float] = {}
    count = bench.counts["test"][1]
    names = [name for name, _ in _family_names(count)]
    for index, name in enumerate(names):
        for variant in ("17", "34"):
            row = bench.features("test", False, index, lambda: np.zeros(0), variant)
            if row is not None:
                score = classifier.classify(row).score
                best[name] = max(best.get(name, -1e9), score)
    listed = ", ".join(f"{name} {score:.2f}" for name, score in sorted(best.items()))
    return f"threshold {classifier.data.threshold:.2f}; highest score of others: {listed}"


def _family_names(count: int) -> list[tuple[str, int]]:
    order = ("photograph", "render", "photograph", "treated", "texture", "screen")
    return [(order[index % len(order)], index) for index in range(count)]


def _join(sets: object) -> ClipSet:
    parts = list(sets)  # type: ignore[call-overload]
    return ClipSet(
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.own for part in parts]),
    )


if __name__ == "__main__":
    main()
