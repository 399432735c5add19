"""Fixtures of the export: a desk whose ledger is served on loopback, with a token for everyone.

Owns their beginning and end. Next: test_export.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.desk import Desk
from tests.export.counter import Counter


@pytest.fixture
def counter(desk: Desk) -> Iterator[Counter]:
    """The desk's ledger, served."""
    opened = Counter(desk)
    yield opened
    opened.close()
