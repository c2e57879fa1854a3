"""The samples of the gallery: what docs/gallery/samples.toml says, and how they are made.

Every sample is one command, run as a user would type it, in one directory after the other: later
samples start from the files of earlier ones.
"""

import os
import shlex
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from hanazora.core.config import from_dict

SAMPLES_NAME = "samples.toml"
_PACKAGE_PARENT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """One sample of the gallery."""

    title: str
    """Heading of its section."""
    command: str
    """What is typed; it ends in `-o` and the name of the file."""
    about: str
    """What there is to see, in a sentence or two."""
    frames: int = 6
    """Frames on its contact strip."""

    @property
    def output(self) -> str:
        """Name of the file that the command makes."""
        return shlex.split(self.command)[-1]

    @property
    def name(self) -> str:
        """Name of its strip and its sidecar, without the end."""
        return Path(self.output).stem

    @property
    def verb(self) -> str:
        """The command that it shows."""
        return shlex.split(self.command)[1]


@dataclass(frozen=True, kw_only=True, slots=True)
class _SamplesFile:
    samples: tuple[Sample, ...]


def read_samples(gallery_dir: Path) -> tuple[Sample, ...]:
    """Return the samples in the order in which they are made and shown.

    Raises:
        UserError: the file says something that samples do not have.
    """
    text = (gallery_dir / SAMPLES_NAME).read_text(encoding="utf-8")
    return from_dict(_SamplesFile, tomllib.loads(text), SAMPLES_NAME).samples


def make_sample(sample: Sample, directory: Path, gallery_dir: Path) -> None:
    """Run the command of a sample.

    Args:
        sample: what to make.
        directory: where; the files of earlier samples lie there.
        gallery_dir: what commands read beside those, such as storyboards, is taken from here.

    Raises:
        CalledProcessError: the command failed; it has said why.
    """
    for file in gallery_dir.glob("*.toml"):
        shutil.copy(file, directory)
    print(sample.command, flush=True)
    paths = [str(_PACKAGE_PARENT), os.environ.get("PYTHONPATH", "")]
    # Signed with keys of this directory alone, so that no sample names who made the page.
    home = str(directory / ".home")
    subprocess.run(
        [sys.executable, "-m", *shlex.split(sample.command)],
        cwd=directory,
        env={**os.environ, "HANAZORA_HOME": home, "PYTHONPATH": os.pathsep.join(paths)},
        check=True,
    )
