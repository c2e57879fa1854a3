"""The tactics that testers try, as data (data/redteam.toml)."""

import tomllib
from dataclasses import dataclass

from hanazora.core.choices import require_choice
from hanazora.core.config import from_dict
from hanazora.safety.policy import DATA_DIR


@dataclass(frozen=True, kw_only=True, slots=True)
class Tactics:
    """The fields of the file."""

    version: str
    """Raised with every change of meaning."""
    tactics: dict[str, str]
    """What each tactic is, by name."""

    def require(self, name: str) -> str:
        """Return the name if there is such a tactic.

        Raises:
            UserError: there is none.
        """
        return require_choice("tactic", name, self.tactics)


def load_tactics() -> Tactics:
    """Return the packaged tactics."""
    content = (DATA_DIR / "redteam.toml").read_text(encoding="utf-8")
    return from_dict(Tactics, tomllib.loads(content), "redteam")
