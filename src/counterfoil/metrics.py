"""Metrics: what the processes of one data directory count, in files that all of them share.

Owns the names and the counting, cheap enough for every request. What the database knows is asked of the
database when someone looks: api/metering.py. No label is ever an id. Next: that.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, values
from prometheus_client.metrics_core import Metric
from prometheus_client.mmap_dict import MmapedDict, mmap_key
from prometheus_client.multiprocess import MultiProcessCollector

PROCESSING_BUCKETS_S = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600, 3600)
COMMIT_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
SLOTS_MAX = 1024
RESERVED_BYTES = 128 * 1024
"""Of the file of counts: more than all series of a process take."""

OVERLOADED = "OVERLOADED"
"""The code of what is turned away because too much waits; errors.py stands above this room."""


class Named(NamedTuple):
    """One metric as it is described: name on the page, kind, labels, meaning."""

    name: str
    kind: str
    labels: tuple[str, ...]
    meaning: str


COUNTED = (
    Named(
        "counterfoil_submissions_total",
        "counter",
        ("endpoint", "outcome"),
        "Submissions: accepted, and later posted, recorded, duplicate, rejected, applied, or held each time.",
    ),
    Named(
        "counterfoil_refusals_total",
        "counter",
        ("code",),
        "What was refused at once, by code of the catalogue.",
    ),
    Named("counterfoil_rejections_total", "counter", ("code",), "Submissions that were rejected, by code."),
    Named(
        "counterfoil_processing_seconds",
        "histogram",
        (),
        "From accepted to decided: one value for each request in each chunk that decided some of it.",
    ),
    Named("counterfoil_commit_seconds", "histogram", (), "Making a group of requests durable."),
    Named("counterfoil_shed_total", "counter", (), "Requests answered 504 because too much waited."),
)
"""What processes count. The first of them is made by the first who counts."""


class _Counts:
    """The metrics of this process."""

    def __init__(self) -> None:
        # A second series for each, of no use here.
        without_created: Callable[[], None] = disable_created_metrics
        without_created()
        self.registry = CollectorRegistry()
        submissions, refusals, rejections, processing, commit, shed = COUNTED
        self.submissions = _counter(submissions, self.registry)
        self.refusals = _counter(refusals, self.registry)
        self.rejections = _counter(rejections, self.registry)
        self.processing = Histogram(
            processing.name, processing.meaning, registry=self.registry, buckets=PROCESSING_BUCKETS_S
        )
        self.commit = Histogram(commit.name, commit.meaning, registry=self.registry, buckets=COMMIT_BUCKETS_S)
        self.shed = _counter(shed, self.registry)


def _counter(named: Named, registry: CollectorRegistry) -> Counter:
    return Counter(named.name, named.meaning, named.labels, registry=registry)


@cache
def _counts() -> _Counts:
    return _Counts()


@cache
def _submissions(endpoint: str, outcome: str) -> Counter:
    return _counts().submissions.labels(endpoint, outcome)


@cache
def _refusals(code: str) -> Counter:
    return _counts().refusals.labels(code)


@cache
def _rejections(code: str) -> Counter:
    return _counts().rejections.labels(code)


def endpoint(channel: str, mode: str) -> str:
    """The name by which an entrance is counted: an endpoint of the Tracking API, or another channel."""
    if channel != "api":
        return channel
    return "graphqltest" if mode == "test" else "graphql"


def submissions(endpoint: str, outcome: str, number: int = 1) -> None:
    """Counts submissions at an endpoint: accepted, or with an outcome."""
    _submissions(endpoint, outcome).inc(number)


def refused(code: str) -> None:
    """Counts what was refused at once, and what was so because too much waited."""
    _refusals(code).inc()
    if code == OVERLOADED:
        _counts().shed.inc()


def rejected(code: str, number: int) -> None:
    """Counts submissions that were rejected for one reason."""
    _rejections(code).inc(number)


def processed(seconds: float) -> None:
    """Notes how long a request waited for a decision."""
    _counts().processing.observe(seconds)


def committed(seconds: float) -> None:
    """Notes how long it took to make a group of requests durable."""
    _counts().commit.observe(seconds)


# ── sharing ────────────────────────────────────────────────────────────────────────────────────────────


class _Sharing:
    """Where this process counts, once it shares: its slot is locked for as long as it lives."""

    folder: Path | None = None
    held: int = -1


def share(folder: Path) -> None:
    """From now on this process counts into a file of its own in `folder`; call it before anything counts.

    A process that is started again goes on where one before it ended, so that counters do not fall.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    slot, _Sharing.held = next(_free_slots(folder))
    _Sharing.folder = folder
    values.ValueClass = _values_in(folder, slot)
    for kept in (_counts, _submissions, _refusals, _rejections):
        kept.cache_clear()


def clean(folder: Path) -> None:
    """Removes the counts of processes that are gone; for the start of a server."""
    for lock in folder.glob("*.lock"):
        descriptor = os.open(lock, os.O_RDWR)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for file in folder.glob(f"*_{lock.stem}.db"):
                file.unlink(missing_ok=True)
        except BlockingIOError:
            continue
        finally:
            os.close(descriptor)


def families() -> Iterator[Metric]:
    """Everything that was counted: by all processes of the folder, or by this one where none is shared."""
    if _Sharing.folder is None:
        yield from _counts().registry.collect()
        return
    _counts()
    collector: Any = MultiProcessCollector
    # Some series have no value before the first event; their names are there all the same.
    found = {family.name: family for family in collector(None, str(_Sharing.folder)).collect()}
    for own in _counts().registry.collect():
        yield found.get(own.name, own)


def _free_slots(folder: Path) -> Iterator[tuple[int, int]]:
    for slot in count():
        assert slot < SLOTS_MAX, "more processes on one data directory than there can be"
        descriptor = os.open(folder / f"{slot}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield slot, descriptor
            return
        os.close(descriptor)


def _reserve(file: Path) -> None:
    """Takes the room on disk that all counts of a process need, as long as there is some."""
    # The file is written as memory. Where a disk is full, a page without room would end the process.
    if not hasattr(os, "posix_fallocate"):
        return
    with file.open("ab") as opened, suppress(OSError):
        os.posix_fallocate(opened.fileno(), 0, RESERVED_BYTES)


def _values_in(folder: Path, slot: int) -> type:
    """The kind of number that prometheus-client counts with, kept in the slot's files."""
    files: dict[str, Any] = {}
    opened: Any = MmapedDict
    lock = Lock()

    class SharedValue:
        """A number in a file that other processes read."""

        _multiprocess = True

        def __init__(
            self,
            kind: str,
            metric: str,
            name: str,
            labels: list[str],
            label_values: list[str],
            meaning: str,
            **_more: object,
        ) -> None:
            with lock:
                if kind not in files:
                    file = folder / f"{kind}_{slot}.db"
                    _reserve(file)
                    files[kind] = opened(str(file))
                self._file = files[kind]
                self._key = mmap_key(metric, name, labels, label_values, meaning)
                self._value = float(self._file.read_value(self._key)[0])

        def inc(self, amount: float) -> None:
            """Adds."""
            with lock:
                self._value += amount
                self._file.write_value(self._key, self._value, 0.0)

        def get(self) -> float:
            """The number so far."""
            return self._value

        def get_exemplar(self) -> None:
            """None are kept."""

    return SharedValue
