"""The gallery shows what this model makes: its page is whole, and its first sample comes again."""

import pytest

from hanazora.cli.gallery.page import GALLERY_DIR, differences, gallery_page
from hanazora.cli.gallery.samples import make_sample, read_samples

MAX_BYTES = 500_000
SAMPLES = read_samples(GALLERY_DIR)


def test_the_page_is_what_the_samples_say():
    assert GALLERY_DIR.with_suffix(".md").read_text(encoding="utf-8") == gallery_page(
        SAMPLES, GALLERY_DIR
    )


def test_the_gallery_is_small_and_holds_nothing_else():
    files = {file.name: file.stat().st_size for file in GALLERY_DIR.iterdir()}
    shown = {f"{sample.name}{end}" for sample in SAMPLES for end in (".webp", ".json")}
    assert set(files) == shown | {file.name for file in GALLERY_DIR.glob("*.toml")}
    assert sum(files.values()) <= MAX_BYTES


@pytest.mark.timeout(300)
def test_the_first_sample_is_made_again(tmp_path):
    make_sample(SAMPLES[0], tmp_path, GALLERY_DIR)
    assert differences(SAMPLES[0], tmp_path) == []
