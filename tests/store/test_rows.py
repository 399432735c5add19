"""Rows: a number that is packed for COPY is the number that the database reads."""

from __future__ import annotations

from decimal import Decimal

import pytest
from psycopg import adapters
from psycopg.pq import Format

from counterfoil.store.rows import packed

NUMERIC = adapters.types["numeric"].oid


@pytest.mark.parametrize(
    "text",
    [
        "0.000",
        "0.001",
        "0.900",
        "7.050",
        "43.381",
        "9999.999",
        "10000.000",
        "10000.010",
        "20001234.567",
        "99999999.999",
        "100000000.000",
        "123456789012345678.901",
        "-0.001",
        "-12345.678",
        "1",
        "10000",
        "1.25",
        "0.5000",
        "1.079914",
        "0",
    ],
)
def test_a_packed_number_keeps_every_digit(text: str) -> None:
    """Whatever its size, its sign and its decimals."""
    read = adapters.get_loader(NUMERIC, Format.BINARY)
    assert read is not None

    assert text == str(read(NUMERIC).load(packed(Decimal(text))))
