"""Tokens in the store: when their last use is noted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from counterfoil.administration import create_token
from counterfoil.store import access
from counterfoil.tokens import Scope, TokenKind, parse
from tests.desk import Desk

NOON = datetime(2027, 1, 15, 12, tzinfo=UTC)
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("later", "is_noted"), [(59 * SECOND, False), (61 * SECOND, True), (-59 * SECOND, False), (-DAY, True)]
)
def test_a_use_is_noted_once_a_minute(desk: Desk, later: timedelta, is_noted: bool) -> None:
    """A use is noted when the last one lies more than a minute away, also after the clock was set back."""
    made = create_token(
        desk.connection,
        name="tests",
        kind=TokenKind.LIVE,
        scopes={Scope.TRACKING},
        company_id=5500001,
        created_by="tests",
    )
    parsed = parse(made)
    assert parsed is not None
    for at in (NOON, NOON + later):
        access.touch_token(desk.connection, parsed.id, at, "127.0.0.1")

    stored = access.find_token(desk.connection, parsed.id)
    assert stored is not None
    assert (NOON + later if is_noted else NOON) == stored.last_used_at
