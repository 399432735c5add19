"""The verdict of a soak: slopes of what must not grow, from samples taken at equal distances.

Owns the arithmetic and the limits. Takes no sample itself. Next: __main__.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

MEMORY_BYTES_MAX = 1024 * 1024
DESCRIPTORS_MAX = 5
BACKLOG_MAX = 1000
"""What a process may gain in memory and descriptors, and the backlog in submissions, in ten minutes.

The database keeps files of its tables open, up to a number of its own: they are shown and not judged.
"""
TEN_MINUTES_S = 600.0
WARM_UP = 0.25
"""Share of the time that is not judged: caches fill, code is loaded."""
SHORTEST_S = 1800.0
"""A shorter soak shows figures, and judges only that every process lived: its slopes are noise."""
DISK_GROWTH_MAX = 1.5
"""A submission may cost so many times as much disk in the second half as in the whole."""


class Sample(NamedTuple):
    """One look: seconds since the beginning, and by role processes, their own memory and open files."""

    at_s: float
    pids: dict[str, list[int]]
    memory: dict[str, int]
    descriptors: dict[str, int]
    backlog: int
    disk: int
    submissions: int


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Growth in ten minutes, by least squares; 0 for fewer than three points."""
    if len(points) < 3:
        return 0.0
    count = len(points)
    at = sum(x for x, _ in points) / count
    level = sum(y for _, y in points) / count
    spread = sum((x - at) ** 2 for x, _ in points)
    return TEN_MINUTES_S * sum((x - at) * (y - level) for x, y in points) / spread if spread else 0.0


def verdict(samples: Sequence[Sample]) -> dict[str, object]:
    """Figures and faults, as JSON tells them."""
    if len(samples) < 3:
        return {"verdict": "failed", "faults": ["fewer than three samples"]}
    warm = [each for each in samples if each.at_s >= WARM_UP * samples[-1].at_s]
    roles = sorted(samples[0].pids)
    memory = {role: slope([(each.at_s, each.memory.get(role, 0)) for each in warm]) for role in roles}
    files = {role: slope([(each.at_s, each.descriptors.get(role, 0)) for each in warm]) for role in roles}
    backlog = slope([(each.at_s, each.backlog) for each in warm])
    whole, late = _bytes_a_submission(samples), _bytes_a_submission(samples[len(samples) // 2 :])
    lived = [f"{role}: a process ended" for role in roles if role != "database" and _changed(samples, role)]
    grown = [
        *(f"{role}: memory grows {value:,.0f} bytes in 10 min" for role, value in memory.items()
          if value > MEMORY_BYTES_MAX * len(samples[-1].pids.get(role, ())or (0,))),
        *(f"{role}: {value:.1f} more open files in 10 min" for role, value in files.items()
          if value > DESCRIPTORS_MAX and role != "database"),
        *([f"the backlog grows by {backlog:,.0f} in 10 min"] if backlog > BACKLOG_MAX else []),
        *([f"a submission takes {late:,.0f} bytes of disk late, {whole:,.0f} in all"]
          if late > DISK_GROWTH_MAX * whole else []),
    ]  # fmt: skip
    is_long = samples[-1].at_s >= SHORTEST_S
    faults = lived + (grown if is_long else [])
    return {
        "verdict": "failed" if faults else "passed" if is_long else "too short to judge slopes",
        "faults": faults,
        "seconds": round(samples[-1].at_s),
        "samples": len(samples),
        "submissions": samples[-1].submissions,
        "memory_bytes": samples[-1].memory,
        "memory_bytes_in_10_min": {role: round(value) for role, value in memory.items()},
        "open_files": samples[-1].descriptors,
        "open_files_in_10_min": {role: round(value, 1) for role, value in files.items()},
        "backlog": samples[-1].backlog,
        "backlog_in_10_min": round(backlog),
        "disk_bytes": samples[-1].disk,
        "disk_bytes_a_submission": round(whole),
        "disk_bytes_a_submission_late": round(late),
    }


def _changed(samples: Sequence[Sample], role: str) -> bool:
    return any(each.pids.get(role) != samples[0].pids[role] for each in samples)


def _bytes_a_submission(samples: Sequence[Sample]) -> float:
    taken = samples[-1].submissions - samples[0].submissions
    return (samples[-1].disk - samples[0].disk) / taken if taken else 0.0
