import numpy as np

from hanazora.train.frame_classifier.composing import (
    Backgrounds,
    Tile,
    emblem_tile,
    lay,
    paste,
    splash_tile,
)
from hanazora.train.frame_classifier.emblems import HARMLESS, HATEFUL, TILE

GREY = np.full((60, 90, 3), 128, np.uint8)


def test_a_tile_is_laid_where_it_is_put():
    white = Tile(np.ones((TILE, TILE, 3)), np.ones((TILE, TILE)))
    changed = 0
    for seed in range(8):
        laid = lay(GREY, white, np.random.default_rng(seed), (0.5, 0.5), 30.0)
        difference = np.abs(laid.astype(int) - GREY).max(axis=-1) > 8
        rows, columns = np.nonzero(difference)
        changed += len(rows) > 0
        assert rows.min() > 5
        assert columns.min() > 15
        assert not difference[:5].any()
    assert changed == 8


def test_emblems_come_from_their_own_table():
    rng = np.random.default_rng(0)
    for hateful, table in ((True, HATEFUL), (False, HARMLESS)):
        for _ in range(20):
            tile, name = emblem_tile(rng, hateful=hateful)
            assert name in table
            assert tile.colour.shape == (TILE, TILE, 3)
            assert 0 <= tile.colour.min() <= tile.colour.max() <= 1


def test_paint_is_never_of_the_colour_of_blood():
    rng = np.random.default_rng(0)
    for _ in range(40):
        red, green, _ = splash_tile(rng, blood=True).colour[0, 0]
        assert green < 0.2 * red
        red, green, _ = splash_tile(rng, blood=False).colour[0, 0]
        assert green >= 0.5 * red


def test_only_what_is_kept_of_a_picture_moves_to_another_background():
    kept = np.zeros((60, 90), bool)
    kept[20:40, 30:60] = True
    picture = np.full_like(GREY, 250)
    pasted = paste(picture, kept, GREY)
    assert (pasted[25:35, 35:55] == 250).all()
    assert (pasted[~kept] == 128).all()


def test_backgrounds_are_of_the_size_asked_for_and_varied():
    backgrounds, rng = Backgrounds(0), np.random.default_rng(0)
    drawn = [backgrounds.draw(rng, 32, 48) for _ in range(6)]
    assert {picture.shape for picture in drawn} == {(32, 48, 3)}
    assert np.std([picture.mean() for picture in drawn]) > 5
