from dataclasses import replace

import numpy as np
import pytest

from hanazora.core.errors import UserError
from hanazora.safety.frames.blocklist import BlocklistModerator, picture_hash, read_blocklist
from hanazora.safety.policy import ListFile, Policy, load_policy


def picture(seed, height=96, width=160):
    """A smooth random picture."""
    rng = np.random.default_rng(seed)
    coarse = rng.uniform(0, 255, (6, 10, 3))
    rows = np.linspace(0, 5, height)
    columns = np.linspace(0, 9, width)
    low, left = rows.astype(int).clip(0, 4), columns.astype(int).clip(0, 8)
    y, x = (rows - low)[:, None, None], (columns - left)[None, :, None]
    top = coarse[low][:, left] * (1 - x) + coarse[low][:, left + 1] * x
    bottom = coarse[low + 1][:, left] * (1 - x) + coarse[low + 1][:, left + 1] * x
    return (top * (1 - y) + bottom * y).astype(np.uint8)


def listed(tmp_path, text):
    import hashlib

    (tmp_path / "blocked.lst").write_text(text)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    packaged = load_policy()
    lists = {**packaged.data.lists, "blocklist": ListFile(path="blocked.lst", sha256=sha256)}
    return Policy(replace(packaged.data, lists=lists), packaged.sha256, tmp_path)


def distance(first, second):
    return (picture_hash(first) ^ picture_hash(second)).bit_count()


def test_copies_are_near_and_strangers_far():
    rng = np.random.default_rng(0)
    for seed in range(20):
        one = picture(seed)
        noisy = (one + rng.normal(0, 8, one.shape)).clip(0, 255).astype(np.uint8)
        assert distance(one, one[::2, ::2]) <= 6
        assert distance(one, noisy) <= 6
        assert distance(one, (one * 0.8).astype(np.uint8)) <= 6
        assert distance(one, picture(seed + 100)) >= 14


def test_a_plain_picture_has_no_hash():
    assert picture_hash(np.full((40, 40, 3), 90, np.uint8)) is None


def test_listed_pictures_and_their_mirror_images_are_found(tmp_path):
    text = f"# taken down\n{picture_hash(picture(3)):016x} case 12\n\n"
    moderator = BlocklistModerator(listed(tmp_path, text))
    pictures = np.stack([picture(3), picture(3)[:, ::-1], picture(4)])
    assert moderator.judge(pictures) == [{"blocklist": 1.0}, {"blocklist": 1.0}, {}]


def test_without_a_list_nothing_is_found():
    assert BlocklistModerator(load_policy()).judge(picture(3)[None]) == [{}]


@pytest.mark.parametrize("line", ["abc", "g" * 16, "0" * 15, "F" * 16])
def test_a_damaged_line_is_refused(line):
    with pytest.raises(UserError, match="line 2"):
        read_blocklist(f"# head\n{line}\n")
