"""The eight places of the world."""

from hanazora.world.settings.place import Place
from hanazora.world.settings.registry import SETTING_TABLE, Setting

__all__ = ["SETTING_TABLE", "Place", "Setting"]
