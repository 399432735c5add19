"""Commands about single orders: orders show, orders release, orders extend, explain.

Owns their options and what a key can be. Leaves the looking to lookups/ and the words about an order to
order_words.py. Next: order_words.py.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from counterfoil.cli.form import CONTEXT, EPILOG, told_by
from counterfoil.cli.frame import ANSWER_IS_NO, Frame, Wrong, frame_of, person, whole
from counterfoil.cli.output import note, write_json, write_line, write_table

if TYPE_CHECKING:
    from psycopg import Connection

    from counterfoil.lookups import OrderHistory, Submission
    from counterfoil.model.orders import OrderKey

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_WHOLE_KEY = re.compile(r"([0-9]{1,18})/([0-9]{1,10})/(.*)", re.ASCII | re.DOTALL)


def add_to(application: typer.Typer) -> None:
    """Names the commands of this module."""
    group = typer.Typer(
        help="Single orders: what became of them, and letting held ones go.",
        rich_markup_mode=None,
        context_settings=CONTEXT,
    )
    group.command("show", help=SHOW, epilog=EPILOG)(show)
    group.command("release", help=RELEASE, epilog=EPILOG)(release)
    group.command("extend", help=EXTEND, epilog=EPILOG)(extend)
    application.add_typer(group, name="orders", epilog=EPILOG)
    application.command("explain", help=EXPLAIN, epilog=EPILOG)(explain)


SHOW = told_by(
    "Shows everything about an order: what was sent, what became of it, its states and its records.",
    "counterfoil orders show A-1",
    "counterfoil orders show 1500001/401/A-1 --json",
)


def show(
    context: typer.Context,
    key: Annotated[
        str,
        typer.Argument(
            metavar="KEY", help="An order id, ENTERPRISE/ACTION/ORDER ID, or the id of a submission."
        ),
    ],
) -> None:
    """Shows the submission, the order in both ledgers, or which orders have that id."""
    frame = frame_of(context)
    from counterfoil import app

    with app.administering(frame.settings()) as connection:
        submission = _submission(connection, key)
        keys = [] if submission is not None else _keys(connection, key)
        histories = _histories(connection, keys) if len({each[1:] for each in keys}) == 1 else []
    if submission is not None:
        _show_submission(frame, submission)
    elif histories:
        _show_orders(frame, histories)
    elif keys:
        _show_keys(frame, keys)
    else:
        raise Wrong(
            f"Nothing was sent about an order {key}.",
            "Check the id; a request that was refused at once left nothing here.",
            exit_code=ANSWER_IS_NO,
        )


RELEASE = told_by(
    "Lets a held submission be decided, as of its receipt; those that wait behind it follow by themselves.",
    "counterfoil orders release 0195f1c2-0000-7000-8000-000000000001",
    "counterfoil orders release 0195f1c2-0000-7000-8000-000000000001 --json",
)


def release(
    context: typer.Context,
    submission_id: Annotated[
        str, typer.Argument(metavar="SUBMISSION_ID", help="The submission that is held.")
    ],
) -> None:
    """Releases it and says what waits behind it."""
    frame = frame_of(context)
    from counterfoil import administration, app

    with app.administering(frame.settings()) as connection:
        found = _submission(connection, submission_id)
        if found is None:
            raise Wrong(
                f"There is no submission {submission_id}.",
                "Its id is in the answer to the request that sent it.",
                exit_code=ANSWER_IS_NO,
            )
        behind = administration.release_submission(connection, found.submission_id, person())
    if behind is None:
        raise _not_released(found)
    if frame.is_json:
        write_json({"released": found.submission_id, "waiting_behind": behind})
        return
    note(f"Released {found.submission_id}; it is decided again, as of its receipt.")
    for waiting in behind:
        write_line(f"{waiting} waits behind it and follows by itself")


EXTEND = told_by(
    "Lets an order lock a cycle later, once; it has to be open, and under a fixed date or duration.",
    "counterfoil orders extend A-1",
    "counterfoil orders extend 1500001/401/A-1 --json",
)


def extend(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY", help="An order id, or ENTERPRISE/ACTION/ORDER ID.")],
) -> None:
    """Sends the extension through the log and says what became of it."""
    frame = frame_of(context)
    from counterfoil import administration, app, lookups
    from counterfoil.model.orders import Mode

    with app.deciding(frame.settings()) as (connection, decide):
        keys = [each for each in _keys(connection, key) if each.mode is Mode.LIVE]
        if len(keys) > 1:
            _show_keys(frame, keys)
        if len(keys) != 1:
            count = "Several orders have" if keys else "No live order has"
            raise Wrong(
                f"{count} the id {key}.", "Name one: ENTERPRISE/ACTION/ORDER ID.", exit_code=ANSWER_IS_NO
            )
        sent = administration.extend_order(connection, keys[0], person())
        decide()
        found = lookups.submission(connection, sent, lookups.EVERYTHING)
    assert found is not None
    if frame.is_json:
        write_json({"submission_id": sent, "state": found.state, "note": found.note})
    else:
        write_line(f"{found.state} {keys[0].order_id}" + (f": {found.note.sentence}" if found.note else ""))
    if found.state != "applied":
        raise typer.Exit(ANSWER_IS_NO)


EXPLAIN = told_by(
    "Explains a commission record: by which click, terms, rule and rate; or of which month, and why.",
    "counterfoil explain 2000000001",
    "counterfoil explain 2000000001 --json",
)


def explain(
    context: typer.Context,
    commission_id: Annotated[
        str, typer.Argument(metavar="COMMISSION_ID", help="The record, of either ledger.")
    ],
) -> None:
    """Says why a record says what it says."""
    frame = frame_of(context)
    wanted = whole(commission_id, "COMMISSION_ID", most=2**63 - 1)
    from counterfoil import app, lookups
    from counterfoil.store.facts import Networks

    with app.administering(frame.settings()) as connection:
        explanation = lookups.explain(connection, Networks(), wanted)
    if explanation is None:
        raise Wrong(
            f"There is no record {wanted}.",
            "Ids are in Commission Detail, and in: counterfoil orders show ORDER_ID",
            exit_code=ANSWER_IS_NO,
        )
    if frame.is_json:
        write_json(explanation)
        return
    from counterfoil.cli.order_words import say

    for line in lookups.told(explanation):
        say(line)


def _submission(connection: Connection, key: str) -> Submission | None:
    from counterfoil import lookups

    if not _UUID.fullmatch(key):
        return None
    return lookups.submission(connection, UUID(key), lookups.EVERYTHING)


def _keys(connection: Connection, key: str) -> list[OrderKey]:
    """The orders that a text names: by its whole key in both ledgers, otherwise by order id."""
    from counterfoil import lookups
    from counterfoil.model.orders import Mode, OrderKey, clean_text

    order_id = clean_text(key)
    if match := _WHOLE_KEY.fullmatch(order_id):
        keys = [OrderKey(mode, int(match[1]), int(match[2]), match[3]) for mode in Mode]
        if known := [each for each in keys if lookups.is_known(connection, each)]:
            return known
    # A shop's own order id may well have slashes, or look like the id of a submission.
    return lookups.orders_named(connection, order_id)


def _histories(connection: Connection, keys: list[OrderKey]) -> list[OrderHistory]:
    from counterfoil import lookups
    from counterfoil.store import reference
    from counterfoil.store.facts import Networks

    now, _ = reference.read_clock(connection)
    found = (lookups.order_history(connection, Networks(), key, now) for key in keys)
    return [history for history in found if history is not None]


def _not_released(found: Submission) -> Wrong:
    """Why a submission could not be released."""
    behind = found.held.waiting_behind if found.held is not None else None
    if behind is not None:
        return Wrong(
            f"Submission {found.submission_id} waits behind another one.",
            f"Release that one: counterfoil orders release {behind}",
            exit_code=ANSWER_IS_NO,
        )
    state = "waits to be decided" if found.state == "pending" else f"is decided: {found.state}"
    return Wrong(
        f"Submission {found.submission_id} is not held; it {state}.",
        f"See: counterfoil orders show {found.submission_id}",
        exit_code=ANSWER_IS_NO,
    )


def _show_submission(frame: Frame, submission: Submission) -> None:
    if frame.is_json:
        write_json({"submission": submission})
        return
    from counterfoil.cli import order_words

    for line in order_words.of_submission(submission):
        order_words.say(line)


def _show_orders(frame: Frame, histories: list[OrderHistory]) -> None:
    if frame.is_json:
        write_json({"orders": histories})
        return
    from counterfoil.cli import order_words

    for number, history in enumerate(histories):
        if number:
            write_line("")
        order_words.write(frame, history)


def _show_keys(frame: Frame, keys: list[OrderKey]) -> None:
    names = ("ledger", "enterprise", "action", "order id")
    if frame.is_json:
        members = ("mode", "enterprise_id", "action_tracker_id", "order_id")
        write_json({"named": [dict(zip(members, key, strict=True)) for key in keys]})
        return
    from counterfoil.cli.order_words import harmless

    write_table(frame, names, [(*key[:-1], harmless(key.order_id)) for key in keys])
    note("Several orders have this id. Name one: counterfoil orders show ENTERPRISE/ACTION/ORDER_ID")
