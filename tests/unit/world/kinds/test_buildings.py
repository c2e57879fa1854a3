"""Buildings: lamps shine only when lit, shops have signs, signs carry their colour."""

import numpy as np

from hanazora.world.kinds import buildings
from hanazora.world.kinds.nature import Spot
from hanazora.world.kinds.rig import plain_look
from hanazora.world.motion import still
from hanazora.world.primitives import PATTERNS, CameraPath, Environment, SceneBuilder

TIMES = np.zeros(2, np.float32)
SPOT = Spot(x=0.0, z=-4.0)
WALL, ROOF = (0.9, 0.8, 0.6), (0.5, 0.2, 0.2)


def _solids(add):
    builder = SceneBuilder(TIMES)
    add(builder)
    camera = CameraPath(eye=np.zeros((2, 3)), target=np.ones((2, 3)), fov_degrees=np.full(2, 40.0))
    return builder.build(Environment(), camera).primitives


def test_windows_shine_only_when_lit():
    size = (2.0, 3.0, 1.5)
    for build in (buildings.cottage, buildings.town_house):
        dark = _solids(lambda b, build=build: build(b, SPOT, size, WALL, ROOF, lit=0.0))
        lit = _solids(lambda b, build=build: build(b, SPOT, size, WALL, ROOF, lit=0.8))
        assert dark.emissions.max() == 0
        assert lit.emissions.max() > 0.5
        assert PATTERNS.index("windows") in lit.patterns


def test_a_shop_has_a_front_and_signs():
    shop = _solids(
        lambda b: buildings.shop(b, SPOT, (2.0, 6.0, 2.0), (WALL, ROOF, (1.0, 0.2, 0.5)), lit=0.9)
    )
    assert PATTERNS.index("shop") in shop.patterns
    assert (shop.patterns == PATTERNS.index("glyphs")).sum() == 2


def test_a_sign_board_has_the_named_colour():
    motion = still(TIMES.astype(np.float64), (0.0, 0.0, 0.0))
    blue = (0.1, 0.3, 0.9)
    solids = _solids(lambda b: buildings.build_sign(b, "sign", motion, plain_look(blue)))
    board = solids.patterns == PATTERNS.index("glyphs")
    assert np.allclose(solids.colours[0, board], blue)


def test_street_furniture_stands_on_the_ground():
    for add in (
        lambda b: buildings.lamp_post(b, SPOT, lit=0.5),
        lambda b: buildings.bench(b, SPOT),
        lambda b: buildings.fence(b, SPOT, 1.0, WALL),
        lambda b: buildings.parasol(b, SPOT, ROOF),
    ):
        solids = _solids(add)
        assert (solids.centres - solids.half_sizes)[..., 1].min() < 0.5
    lantern = _solids(lambda b: buildings.lantern(b, Spot(x=0.0, z=0.0, y=3.0), ROOF, lit=0.5))
    assert lantern.centres[..., 1].min() >= 3.0
