"""Acts: every act of a person is noted with who did it, in the transaction that carries it out, for good.

Owns one test a deed, and that none is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from counterfoil import backups
from counterfoil.administration import (
    Refused,
    apply_network,
    create_token,
    export_network,
    extend_order,
    import_rates,
    note_options,
    release_submission,
    revoke_token,
)
from counterfoil.api.commissions import note_reading
from counterfoil.model.orders import Mode, OrderKey
from counterfoil.processing import Options
from counterfoil.reporting import Filters, Side
from counterfoil.sandbox import SandboxTime
from counterfoil.statements import Bonus
from counterfoil.store.acts import Act, Deed, acts
from counterfoil.store.connection import connect
from counterfoil.tokens import Caller, Scope, TokenKind, parse
from tests.desk import NORTHWIND, Desk
from tests.verification.history import create

ME = "terminal: jo"
RATE = """
[[rates]]
source = "demo"
kind = "fixed"
valid_from = 2026-03-01
per_euro = { USD = "1.08", GBP = "0.88", CHF = "0.93" }
"""
LATE = datetime(2026, 4, 20, 10, tzinfo=UTC)


def _token(desk: Desk) -> str:
    token = create_token(
        desk.connection,
        name="shop",
        kind=TokenKind.LIVE,
        scopes=[Scope.TRACKING],
        company_id=5500001,
        created_by=ME,
    )
    parsed = parse(token)
    assert parsed is not None
    return parsed.id


def _apply(desk: Desk) -> None:
    text = export_network(desk.connection) + RATE
    applied = apply_network(desk.connection, text, "weekly.toml", ME)
    assert not isinstance(applied, list), applied


def _rates(desk: Desk) -> None:
    assert import_rates(desk.connection, "Date,CHF\n2026-02-27,0.94\n", "rates.csv", ME) == 1


def _settings(desk: Desk) -> None:
    assert note_options(desk.connection, Options(items_max=7), ME)


def _create(desk: Desk) -> None:
    _token(desk)


def _revoke(desk: Desk) -> None:
    revoke_token(desk.connection, _token(desk), ME)


def _clock(desk: Desk) -> None:
    SandboxTime(lambda name: connect(desk.urls.server, name=name), desk.new_worker).advance(
        timedelta(days=1), ME
    )


def _extend(desk: Desk) -> None:
    desk.send([create("E-1")])
    desk.worker.drain()
    extend_order(desk.connection, OrderKey(Mode.LIVE, int(NORTHWIND), 401, "E-1"), ME)


def _release(desk: Desk) -> None:
    held = desk.send([create("H-1", currency="CHF")])
    desk.worker.drain()
    assert release_submission(desk.connection, held.submission_ids[0], ME) == []


def _close(desk: Desk) -> None:
    desk.send([create("C-1")])
    desk.worker.drain()
    desk.clock(LATE)
    desk.books().close(date(2026, 3, 1), ME)


def _bonus(desk: Desk) -> None:
    desk.books().add_bonus(
        Bonus(
            publisher_id=7700001,
            action_tracker_id=401,
            month=date(2026, 3, 1),
            amount=Decimal("10.00"),
            reason="spring",
            added_by=ME,
        )
    )


def _paid(desk: Desk) -> None:
    _close(desk)
    desk.books().mark_paid("ST-2026-000001", date(2026, 4, 20), "transfer 1", ME)


def _read(desk: Desk) -> None:
    caller = Caller(token_id="abc", kind=TokenKind.LIVE, scopes=frozenset(Scope), is_operator=True)
    filters = Filters(side=Side.ADVERTISER, companies=(5500001,))
    note_reading(desk.connection, caller, "/query advertiserCommissions", filters, "r-1")


DEEDS: dict[Deed, tuple[Callable[[Desk], object], str, dict[str, object] | None]] = {
    Deed.NETWORK_APPLIED: (_apply, "weekly.toml", {"version": 2}),
    Deed.RATES_IMPORTED: (_rates, "rates.csv", {"rates": 1}),
    Deed.SETTINGS_NOTED: (_settings, "deciding", None),
    Deed.TOKEN_CREATED: (_create, "", None),
    Deed.TOKEN_REVOKED: (_revoke, "", None),
    Deed.CLOCK_MOVED: (_clock, "clock", {"at": "2026-03-02T10:00:00Z"}),
    Deed.ORDER_EXTENDED: (_extend, "1500001/401/E-1", None),
    Deed.SUBMISSION_RELEASED: (_release, "", None),
    Deed.MONTH_CLOSED: (_close, "2026-03", None),
    Deed.BONUS_ADDED: (_bonus, "publisher 7700001", None),
    Deed.STATEMENT_PAID: (_paid, "ST-2026-000001", {"paid_on": "2026-04-20", "reference": "transfer 1"}),
    Deed.RECORDS_READ: (
        _read,
        "/query advertiserCommissions",
        {"side": "advertiser", "companies": [5500001]},
    ),
}


def _noted(desk: Desk, deed: Deed) -> Act:
    # The network of the fixture was applied by "tests".
    (act,) = [each for each in acts(desk.connection, deed=deed) if each.actor != "tests"]
    return act


@pytest.mark.parametrize("deed", DEEDS, ids=[deed.name.lower() for deed in DEEDS])
def test_an_act_is_noted(desk: Desk, deed: Deed) -> None:
    """Who, what, to what, and what it is afterwards; once."""
    do, subject, after = DEEDS[deed]

    do(desk)

    act = _noted(desk, deed)
    assert subject in act.subject
    assert ("token abc" if deed is Deed.RECORDS_READ else ME) == act.actor
    if after is not None:
        assert after == act.after


def test_no_deed_is_left_out() -> None:
    """Every deed has its test here, or in the tests of backups."""
    assert set(Deed) - {Deed.BACKUP_TAKEN, Deed.BACKUP_RESTORED} == set(DEEDS)


def test_a_backup_and_its_return_are_noted(desk: Desk, tmp_path: Path) -> None:
    """Who took a copy of everything is known, and who accepted one."""
    with connect(desk.urls.owner, name="copy", autocommit=True) as connection:
        slip = backups.back_up(connection, desk.urls.owner, tmp_path / "copy", ME, lambda _: None)
        assert backups.accept(connection, ME, None).is_clean

    assert {"sha256": slip.sha256} == _noted(desk, Deed.BACKUP_TAKEN).after
    assert ME == _noted(desk, Deed.BACKUP_RESTORED).actor


def test_a_token_is_noted_without_its_secret(desk: Desk) -> None:
    """Rights and last four characters are there; neither the token nor its hash is."""
    token_id = _token(desk)

    act = _noted(desk, Deed.TOKEN_CREATED)

    assert token_id == act.subject
    assert {
        "last4",
        "kind",
        "name",
        "scopes",
        "company_id",
        "enterprises",
        "address_ranges",
        "expires_at",
    } == set(act.after or {})


def test_what_is_refused_is_not_noted(desk: Desk) -> None:
    """An act that did not happen leaves no note."""
    with pytest.raises(Refused):
        revoke_token(desk.connection, "nobodys0", ME)

    assert [] == acts(desk.connection, deed=Deed.TOKEN_REVOKED)


def test_notes_stay_as_they_are(desk: Desk) -> None:
    """Nobody changes or removes a note: neither the serving role nor the owner."""
    _token(desk)
    for url in (desk.urls.server, desk.urls.owner):
        with connect(url, name="test", autocommit=True) as connection:
            for statement in (b"UPDATE act SET actor = 'nobody'", b"DELETE FROM act", b"TRUNCATE act"):
                with pytest.raises(
                    (psycopg.errors.InsufficientPrivilege, psycopg.errors.IntegrityConstraintViolation)
                ):
                    connection.execute(statement)
    assert ME == _noted(desk, Deed.TOKEN_CREATED).actor


def test_acts_are_found_by_actor_and_time(desk: Desk) -> None:
    """Only those asked for come back, in order."""
    _token(desk)
    before = datetime.now(UTC)
    _revoke(desk)

    assert 3 == len(acts(desk.connection, actor=ME))
    assert [Deed.TOKEN_CREATED, Deed.TOKEN_REVOKED] == [
        each.deed for each in acts(desk.connection, since=before)
    ]
    assert [] == acts(desk.connection, actor="nobody")
