"""Strangers: a line that is not of its action's tenant is refused while it is posted.

Owns the proof that the one check a chunk finds what foreign keys would have found. Next: test_lanes.py.
"""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from psycopg.errors import ForeignKeyViolation

from counterfoil.model.ledger import Decided
from counterfoil.processing import decide_in_order
from counterfoil.store import lanes, posting
from counterfoil.store.connection import connect
from counterfoil.store.facts import Networks, facts_for
from tests.desk import Desk
from tests.store.test_lanes import order


@pytest.mark.parametrize("changed", [{"advertiser_id": 5500002}, {"original_action_id": 7}])
def test_a_line_of_another_action_is_refused_with_its_chunk(desk: Desk, changed: dict[str, Any]) -> None:
    """A line whose action is missing, or is another advertiser's, leaves nothing of its chunk behind."""
    desk.send([order("A-1")])
    with connect(desk.urls.server, name="test") as connection:
        posting.prepare(connection)
        taken = lanes.take(connection, range(256))
        works = lanes.claim(connection, taken, 10)
        submissions = lanes.load(connection, works).submissions
        facts = facts_for(connection, submissions, Networks())
        decided = decide_in_order(submissions, facts)[0]
        assert isinstance(decided, Decided)
        assert decided.standing is not None
        stranger = replace(decided.standing.action, **changed)
        wrong = replace(decided, standing=replace(decided.standing, action=stranger))
        gathered = posting.Gathered()
        gathered.add([wrong])

        with pytest.raises(ForeignKeyViolation):
            posting.write(connection, gathered, finish=lambda: None)
        connection.rollback()

    assert [] == desk.ledger("A-1")
    assert 1 == desk.process()
    assert ["original"] == [line.kind for line in desk.ledger("A-1")]
