from pathlib import Path

import pytest

from hanazora.core.errors import UserError
from hanazora.media.limits import check_input_size


@pytest.mark.parametrize(
    ("size", "nearest"),
    [((1, 1), "16x16"), ((7680, 4320), "1920x1080"), ((8, 800), "16x1600"),
     ((4000, 8), "1920x16"), ((1921, 1920), "1920x1919")],
)  # fmt: skip
def test_the_nearest_size_of_the_same_shape_is_named(size, nearest):
    with pytest.raises(UserError, match=f"a copy of {nearest}$"):
        check_input_size(Path("a.mp4"), *size)


@pytest.mark.parametrize("size", [(16, 16), (1920, 1920), (17, 1081)])
def test_sizes_inside_pass(size):
    check_input_size(Path("a.mp4"), *size)
