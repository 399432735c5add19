"""Several machines: one is cut off, the primary dies, the standby is away; what was accepted is there. R25.

Owns one round of each. Next: rounds.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.machines.net import missing
from tests.machines.rounds import play

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))


def test_a_standby_that_is_promoted_has_everything(home: Path) -> None:
    """The primary dies with all its children; the standby takes over with every order that was accepted."""
    assert [] == play("promoted", home)


@pytest.mark.deep
def test_a_machine_that_is_cut_off_stops_nobody_else(home: Path) -> None:
    """Cut off in the middle of transactions, one machine refuses; the other goes on; nothing is lost."""
    assert [] == play("cut-off", home)


@pytest.mark.deep
def test_without_its_standby_nothing_is_promised(home: Path) -> None:
    """While the standby is away nothing is answered as accepted; when it is back everything goes on."""
    assert [] == play("without-standby", home)
