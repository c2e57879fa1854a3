"""What the world is furnished with: the kinds a sentence can name and the scenery around them."""

from hanazora.world.kinds.registry import KIND_TABLE, SIZE_SCALES, SUPPORTED_KINDS, Kind
from hanazora.world.kinds.rig import Look

__all__ = ["KIND_TABLE", "SIZE_SCALES", "SUPPORTED_KINDS", "Kind", "Look"]
