"""What this machine has: memory, disk and processors, as far as this process may use them."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

_KIB = 1024
_MEMINFO = Path("/proc/meminfo")
_CGROUP = Path("/sys/fs/cgroup")


def available_memory_bytes() -> int:
    """Return how much memory this process can still take without pushing others out."""
    return min([_system_available(), *_cgroup_rooms(_CGROUP)])


def peak_resident_bytes() -> int:
    """Return the most memory this process held at once so far."""
    import resource  # Unix only

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * _KIB


def free_disk_bytes(place: Path) -> int:
    """Return the free space where a file that does not exist yet would lie."""
    existing = next(path for path in [place.absolute(), *place.absolute().parents] if path.exists())
    return shutil.disk_usage(existing).free


def num_processors() -> int:
    """Return how many processors this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _system_available() -> int:
    if _MEMINFO.exists():
        for line in _MEMINFO.read_text(encoding="ascii").splitlines():
            name, _, rest = line.partition(":")
            if name == "MemAvailable":
                return int(rest.split()[0]) * _KIB
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _cgroup_rooms(root: Path) -> Iterator[int]:
    """Yield what a container's limit leaves (cgroup v2, else v1); nothing where there is none."""
    for limit_name, used_name, stat_name in (
        ("memory.max", "memory.current", "memory.stat"),
        (
            "memory/memory.limit_in_bytes",
            "memory/memory.usage_in_bytes",
            "memory/memory.stat",
        ),
    ):
        try:
            limit = int((root / limit_name).read_text())
            used = int((root / used_name).read_text())
            stat = (root / stat_name).read_text().splitlines()
        except (OSError, ValueError):  # absent, or "max"
            continue
        # Cached files are given back when memory is asked for.
        cached = sum(int(line.split()[1]) for line in stat if line.startswith("inactive_file "))
        yield max(limit - used + cached, 0)
