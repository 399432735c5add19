"""Data directories for the embedded server: empty ones, and ones where a database has been.

Owns making and clearing them. Next: test_sharing.py.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterfoil.store import embedded
from tests.store.embedded.rooms import acquire, moved_to, room


@pytest.fixture(scope="session")
def quick() -> Path | None:
    """Where thousands of files come and go quickly, if there is such a place. None of this needs a disk."""
    memory = Path("/dev/shm")  # noqa: S108 -- only as the parent of folders with names of their own
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > 2**30 else None


@pytest.fixture
def folder(quick: Path | None) -> Iterator[Path]:
    """The test's own room."""
    with room(quick) as made:
        yield made


@pytest.fixture
def open_dirs() -> Iterator[list[Path]]:
    """Data directories whose server is stopped at the end, whatever became of the test."""
    used: list[Path] = []
    yield used
    for data_dir in used:
        embedded.stop_now(data_dir)


@pytest.fixture
def data_dir(folder: Path, open_dirs: list[Path]) -> Path:
    """Where a database may be made."""
    open_dirs.append(folder / "data")
    return folder / "data"


@pytest.fixture(scope="session")
def made_once(quick: Path | None) -> Iterator[Path]:
    """A data directory with a stopped database, for copying."""
    with room(quick) as made:
        acquire(made / "data").release()
        yield made / "data"


@pytest.fixture
def used_dir(made_once: Path, data_dir: Path) -> Path:
    """Where a database has been, made by an earlier start."""
    return moved_to(data_dir, made_once)
