"""The verdict of a soak, on samples written by hand: what grows is told, what swings is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.soak.verdict import Sample, slope, verdict

MB = 1024 * 1024


def _samples(change: Callable[[int, Sample], Sample] | None = None, seconds: float = 3600) -> list[Sample]:
    made = []
    for n in range(61):
        at = Sample(
            at_s=n * seconds / 60,
            pids={"api": [10], "database": [20 + n]},
            memory={"api": 100 * MB + (n % 2) * MB, "database": 50 * MB},
            descriptors={"api": 40 + n % 3, "database": 100},
            backlog=n % 7,
            disk=1_000_000 + n * 10_000,
            submissions=n * 100,
        )
        made.append(change(n, at) if change else at)
    return made


def test_what_swings_passes() -> None:
    """An hour of the same, up and down, is no growth; processes of the database come and go."""
    told = verdict(_samples())

    assert ("passed", []) == (told["verdict"], told["faults"])
    assert 100 == told["disk_bytes_a_submission"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda n, at: at._replace(memory={**at.memory, "api": 100 * MB + n * MB // 5}), "api: memory grows"),
        (lambda n, at: at._replace(descriptors={**at.descriptors, "api": 40 + n}), "api: 10.0 more open"),
        (lambda n, at: at._replace(backlog=n * 200), "the backlog grows by 2,000"),
        (lambda n, at: at._replace(disk=1_000_000 + n**4), "a submission takes"),
        (lambda n, at: at._replace(pids={**at.pids, "api": [10 + n // 50]}), "api: a process ended"),
    ],
    ids=["memory", "open files", "backlog", "disk", "process"],
)
def test_what_grows_is_told(change: Callable[[int, Sample], Sample], fault: str) -> None:
    """Each by its own sentence, and nothing else with it."""
    told = verdict(_samples(change))

    assert "failed" == told["verdict"]
    assert [fault] == [each[: len(fault)] for each in told["faults"]]  # type: ignore[attr-defined]


def test_what_grows_while_it_warms_up_is_no_fault() -> None:
    """The first quarter is not judged."""
    told = verdict(
        _samples(lambda n, at: at._replace(memory={**at.memory, "api": min(n, 14) * 10 * MB + 100 * MB}))
    )

    assert "passed" == told["verdict"]


def test_a_short_soak_judges_no_slope() -> None:
    """In three minutes noise is larger than growth: it shows figures, and that every process lived."""
    grown = _samples(lambda n, at: at._replace(backlog=n * 200), seconds=180)
    ended = _samples(lambda n, at: at._replace(pids={**at.pids, "api": [n]}), seconds=180)

    assert "too short to judge slopes" == verdict(grown)["verdict"]
    assert "failed" == verdict(ended)["verdict"]


def test_a_slope_is_the_growth_in_ten_minutes() -> None:
    """One a second is 600; two points say nothing."""
    assert 600.0 == slope([(0, 0), (1, 1), (2, 2)])
    assert 0.0 == slope([(0, 0), (1, 1)])
