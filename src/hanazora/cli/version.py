"""`hanazora version`: what is installed."""

from hanazora.pipelines.sidecar import versions


def version() -> None:
    """Print the versions of everything that can change a pixel."""
    for name, value in versions().items():
        print(f"{name} {value}")
