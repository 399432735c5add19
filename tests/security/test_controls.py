"""Positive controls of security: each takes one guard away, and the test that watches it must go red.

Owns 9, what a caller may see, and 11, what a log may say. 2 stands in tests/health, 12 in
test_slow_clients.py, 1, 3 to 8 and 10 in tests/crash. The product has no switch for any of them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import pytest
import structlog

from counterfoil import logs
from counterfoil.api import lookups
from counterfoil.reporting import export, pages
from counterfoil.reporting.filters import Filters, Side
from counterfoil.store.lookups import Visible
from counterfoil.tokens import Caller
from tests.desk import ALPINE, NORTHWIND, Desk
from tests.lookups import test_visibility
from tests.processes.test_canary import MARKS, found_in
from tests.reporting import test_tenants
from tests.reporting.counter import Counter
from tests.reporting.test_tenants import whose

__all__ = ["whose"]
IN_PLACE = pytest.mark.parametrize("guard", ["in place", "taken away"])


def _goes_red(judge: Callable[[], None]) -> bool:
    try:
        judge()
    except AssertionError:
        return True
    return False


def _everything(_caller: Caller, filters: Filters) -> list[int]:
    return list(filters.companies)


@IN_PLACE
def test_9_a_report_without_its_tenant_filter_is_seen(
    shelf: Counter, whose: dict[str, tuple[str, str]], monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    """R22: where one resolver reads all companies that are asked for, the matrix goes red."""
    if guard == "taken away":
        monkeypatch.setattr(pages, "readable", _everything)

    def judge() -> None:
        test_tenants.test_every_role_sees_its_own_records_and_no_others(
            shelf, whose, "publisher_a", "publisherCommissions"
        )

    assert (guard == "taken away") is _goes_red(judge)


@IN_PLACE
def test_9_an_export_without_its_tenant_filter_is_seen(
    shelf: Counter, whose: dict[str, tuple[str, str]], monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    """R22: the same for the download."""
    if guard == "taken away":
        monkeypatch.setattr(export, "readable", _everything)

    def judge() -> None:
        test_tenants.test_every_parameter_exports_a_roles_own_records_alone(
            shelf, whose, "alpine", Side.ADVERTISER
        )

    assert (guard == "taken away") is _goes_red(judge)


@IN_PLACE
def test_9_a_look_up_without_its_tenant_filter_is_seen(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    """R22: where submissions of every enterprise are visible, foreign and missing no longer look the same."""
    if guard == "taken away":
        everyone = frozenset({int(NORTHWIND), int(ALPINE)})
        monkeypatch.setattr(lookups, "Visible", lambda _enterprises, modes: Visible(everyone, modes))

    assert (guard == "taken away") is _goes_red(
        lambda: test_visibility.test_foreign_and_missing_look_the_same(desk)
    )


@pytest.fixture
def _log_restored() -> Iterator[None]:
    before = structlog.get_config()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(level)


@IN_PLACE
@pytest.mark.usefixtures("_log_restored")
def test_11_a_log_that_repeats_words_is_seen(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    """Item 13: where an exception's words are written, the search for canaries finds each mark in the log."""
    if guard == "taken away":
        monkeypatch.setattr(logs, "_without_words", logs._with_words)
    logs.configure_logs(form="json", level="info", requests=True)
    log = structlog.get_logger("counterfoil")
    for mark in MARKS.values():
        try:
            raise ValueError(f"cannot read {mark}")
        except ValueError:
            log.exception("request_failed", request_id="r-1")

    found = found_in({"the server's log": capsys.readouterr().err}, MARKS)
    assert (len(MARKS) if guard == "taken away" else 0) == len(found)
