"""Writes docs/gallery.md and what it shows: a contact strip and a sidecar for every sample."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hanazora.cli.gallery.samples import Sample
from hanazora.cli.gallery.strips import contact_strip, likeness_db
from hanazora.core.paths import write_text
from hanazora.media.picture_files import write_picture
from hanazora.media.stills import read_picture

GALLERY_DIR = Path(__file__).resolve().parents[4] / "docs" / "gallery"

SAME_DB = 30.0
"""Likeness above which a sample counts as the one on the page: the strip is lossy, and another
processor rounds otherwise; another picture is below 20."""

_HEAD = """\
<!-- Written by `make gallery`; do not edit. -->
# Gallery

One sample for every verb: default settings, seed 0, made once and not picked. The commands ran in
this order in one directory, so later ones start from the files of earlier ones. Pictures show
frames at equal distances, the first and the last among them. A sidecar makes its file again:
`hanazora generate --from NAME.json`.
"""


def write_gallery(samples: Sequence[Sample], directory: Path) -> None:
    """Write the page, the strips and the sidecars of samples that were made in a directory."""
    for sample in samples:
        strip = contact_strip(directory / sample.output, sample.frames)
        write_picture(GALLERY_DIR / f"{sample.name}.webp", strip, "webp")
        shutil.copy(directory / f"{sample.name}.json", GALLERY_DIR)
    write_text(GALLERY_DIR.with_suffix(".md"), gallery_page(samples, GALLERY_DIR))


def gallery_page(samples: Sequence[Sample], gallery_dir: Path) -> str:
    """Return the text of the page; figures come from the sidecars in `gallery_dir`."""
    return "\n".join([_HEAD, *(_section(sample, gallery_dir) for sample in samples)])


def differences(sample: Sample, directory: Path, gallery_dir: Path = GALLERY_DIR) -> list[str]:
    """Return in which ways a sample that was made just now is not the one on the page.

    Args:
        sample: which.
        directory: where it was made.
        gallery_dir: what the page shows.
    """
    old, new = (_sidecar(place, sample) for place in (gallery_dir, directory))
    found = [
        f"another {name} made {sample.output}"
        for name in old["model"]["weight_hashes"]
        if old["model"]["weight_hashes"][name] != new["model"]["weight_hashes"].get(name)
    ]
    if old["request"] != new["request"]:
        found.append(f"{sample.output} is asked for in another way")
    strip = contact_strip(directory / sample.output, sample.frames)
    likeness = likeness_db(strip, read_picture(gallery_dir / f"{sample.name}.webp"))
    if likeness < SAME_DB:
        found.append(f"{sample.output} looks different ({likeness:.1f} dB)")
    return found


def _section(sample: Sample, gallery_dir: Path) -> str:
    sidecar = _sidecar(gallery_dir, sample)
    request, video = sidecar["request"], sidecar["video"]
    facts = [f"{video['width']}x{video['height']}"]
    if request["verb"] != "picture":
        facts.append(f"{video['num_frames']} frames at {request['fps']:g} fps")
    facts.append(f"sha256 `{video['sha256'][:12]}`")
    lines = [f"## {sample.title}\n", f"{sample.about}\n", "```bash", sample.command, "```\n"]
    if request["expanded_prompt"]:
        lines.append(f"The model was told: *{request['expanded_prompt']}*\n")
    lines.append(f"![{sample.title}: frames of {sample.output}](gallery/{sample.name}.webp)\n")
    lines.append(f"{', '.join(facts)}; [sidecar](gallery/{sample.name}.json)\n")
    return "\n".join(lines)


def _sidecar(directory: Path, sample: Sample) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((directory / f"{sample.name}.json").read_text("utf-8"))
    return data
