"""Whatever is sent once may be sent five times, in any order, with any number of processors."""

from __future__ import annotations

import pytest

from tests.desk import Desk
from tests.simulation.repeats import LIMITED_ORDERS, Repeats

QUICK, DEEP = 1000, 20_000
USES = 2


@pytest.mark.parametrize("processors", [1, 4])
def test_repeats_add_nothing(desk: Desk, processors: int) -> None:
    """The ledger is what the log says; each sum is that of one send, each click has its two uses."""
    run = Repeats(desk, "1")
    words = run.run(QUICK, processors)
    row = desk.connection.execute(
        "SELECT (SELECT count(*) FROM action), (SELECT count(*) FROM referral_use),"
        " (SELECT count(*) FROM commission_record WHERE kind = 'original')"
    ).fetchone()

    assert (QUICK, USES, QUICK - LIMITED_ORDERS + USES) == row
    assert words["duplicate DUPLICATE_ORDER"] > QUICK


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(10))
def test_many_repeats_add_nothing(desk: Desk, seed: int) -> None:
    """Ten times twenty thousand orders."""
    Repeats(desk, f"deep {seed}").run(DEEP, 4 if seed % 2 else 1)
