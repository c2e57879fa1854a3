import hashlib

import numpy as np
import pytest

from hanazora.provenance.watermark.bch import CODE_BITS, encode
from hanazora.provenance.watermark.carriers import NUM_SALTS, build_carriers
from hanazora.provenance.watermark.layout import Layout

LAYOUT = Layout(96, 160)


def test_a_field_gives_its_own_pilot_and_its_own_bits_back(key, mark_id):
    carriers = build_carriers(key, 3, LAYOUT)
    field = carriers.fields(encode(mark_id))
    assert np.allclose(field.std(axis=(1, 2)), 1, atol=1e-3)
    assert carriers.pilot_score(field) > 15
    assert ((carriers.soft_bits(field) > 0) == (encode(mark_id) > 0)).mean() > 0.97


def test_other_keys_salts_and_grids_see_noise(key, mark_id):
    field = build_carriers(key, 0, LAYOUT).fields(encode(mark_id))
    others = [build_carriers(key, salt, LAYOUT) for salt in range(1, NUM_SALTS)]
    others += [build_carriers(bytes([n]) * 16, 0, LAYOUT) for n in range(40)]
    scores = [other.pilot_score(field) for other in others]
    assert max(map(abs, scores)) < 5
    assert 0.7 < np.std(scores) < 1.3


def test_without_a_mark_scores_and_bits_are_fair_coins_whatever_the_picture():
    stripes = np.tile(np.sin(np.arange(160) * 0.9), (2, 96, 1)).astype(np.float32)
    scores, ones = [], []
    for n in range(300):
        carriers = build_carriers(n.to_bytes(16, "big"), 0, LAYOUT)
        scores.append(carriers.pilot_score(stripes))
        ones.append(int((carriers.soft_bits(stripes) > 0).sum()))
    assert abs(np.mean(scores)) < 0.25
    assert 0.85 < np.std(scores) < 1.15
    assert 0.85 < np.std(ones) / np.sqrt(CODE_BITS / 4) < 1.15


def test_the_pattern_of_a_key_is_the_same_for_ever(key):
    """Marked files outlive releases: whoever changes this makes old marks unreadable."""
    signs = build_carriers(key, 0, LAYOUT).pilot.astype(np.int8).tobytes()
    assert hashlib.sha256(signs).hexdigest()[:16] == "1a18fd17fc4917c2"


def test_the_pilot_is_seven_tenths_and_its_spectrum_is_its_own(key):
    carriers = build_carriers(key, 0, LAYOUT)
    assert 0.68 < carriers.pilot_share < 0.72
    assert np.allclose(np.fft.irfft2(carriers.pilot_spectrum, LAYOUT), carriers.pilot, atol=1e-4)


def test_weak_keys_and_unknown_salts_are_refused(key):
    with pytest.raises(ValueError, match="at least 16"):
        build_carriers(b"short", 0, LAYOUT)
    with pytest.raises(ValueError, match="0 to 7"):
        build_carriers(key, 8, LAYOUT)


def test_an_empty_picture_scores_nothing(key):
    carriers = build_carriers(key, 0, LAYOUT)
    nothing = np.zeros((2, *LAYOUT), np.float32)
    assert carriers.pilot_score(nothing) == 0
    assert not carriers.soft_bits(nothing).any()
