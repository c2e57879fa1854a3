"""`python -m hanazora.cli.gallery`: make every sample and write docs/gallery.md.

With `--check`, make only the first sample again, in a temporary directory, and exit with 2 where
the page no longer shows what this model makes.
"""

import sys
import tempfile
from pathlib import Path

from hanazora.cli.gallery.page import GALLERY_DIR, differences, write_gallery
from hanazora.cli.gallery.samples import make_sample, read_samples
from hanazora.core.errors import EXIT_USER_ERROR


def main() -> None:
    """Make the gallery, or check it."""
    samples = read_samples(GALLERY_DIR)
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch)
        if "--check" not in sys.argv[1:]:
            for sample in samples:
                make_sample(sample, directory, GALLERY_DIR)
            write_gallery(samples, directory)
            return
        make_sample(samples[0], directory, GALLERY_DIR)
        found = differences(samples[0], directory)
        if found:
            print(f"docs/gallery.md is stale: {'; '.join(found)}; run make gallery")
            sys.exit(EXIT_USER_ERROR)


if __name__ == "__main__":
    main()
