"""Administration: what an operator sets: the network, tokens, the clock.

Owns the shell around the network file and the making of tokens. Every act has its place in the log. Next:
network/ for the file, store/reference.py for the rows.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from ipaddress import ip_network
from uuid import UUID

from msgspec import Struct
from msgspec.structs import asdict
from psycopg import Connection

from counterfoil import network, tokens
from counterfoil.clock import machine_now
from counterfoil.intake import event, new_batch_id, prepared
from counterfoil.model.orders import (
    Channel,
    Extension,
    Kind,
    Mode,
    OrderKey,
    SubmissionBatch,
    submission_id,
)
from counterfoil.network import Change, EntryKey, Fault
from counterfoil.network.entries import rates as rates_of
from counterfoil.processing import Options
from counterfoil.store import access, acts, lanes, log, lookups, reference
from counterfoil.store import options as stored_options
from counterfoil.store.acts import Deed
from counterfoil.tokens import Scope, TokenKind

TOKEN_LIFE_DAYS = 365


class Refused(Exception):
    """An act of an operator that cannot be done: says why, and what to do."""

    def __init__(self, sentence: str, fix: str) -> None:
        """`sentence` says what is wrong, `fix` what to do."""
        super().__init__(sentence)
        self.sentence = sentence
        self.fix = fix


class Applied(Struct, frozen=True):
    """What became of a network file: the version in force now, and the difference to the one before."""

    version: int
    change: Change


def apply_network(
    connection: Connection, text: str, source: str, applied_by: str, *, dry_run: bool = False
) -> Applied | list[Fault]:
    """Applies a network file as the next version, or says everything that is wrong with it.

    Nothing is applied half. A file that changes nothing leaves the version as it is.
    """
    file = network.read(text, source)
    if isinstance(file, list):
        return file
    with connection.transaction():
        reference.lock_log(connection)
        version, entries = reference.in_force(connection)
        change = network.compare(version, entries, file)
        if change.faults:
            return list(change.faults)
        if dry_run or change.changes_nothing:
            return Applied(version, change)
        new: dict[EntryKey, bytes] = {(kind, key): body for kind, key, body in change.rows}
        reference.add_version(
            connection,
            event(Channel.NETWORK, applied_by, f"network version {version + 1}"),
            version=version + 1,
            entries=change.rows,
            rates=rates_of(new),
            source=source,
        )
        acts.note(
            connection,
            applied_by,
            Deed.NETWORK_APPLIED,
            source,
            before={"version": version},
            after={"version": version + 1},
        )
    return Applied(version + 1, change)


def export_network(connection: Connection) -> str:
    """The network in force as a file that can be changed and applied."""
    version, entries = reference.in_force(connection)
    return network.print_network(version, entries)


def import_rates(connection: Connection, text: str, source: str, imported_by: str) -> int | list[Fault]:
    """Takes the European Central Bank's daily rates in; answers how many were new, or what is wrong.

    Orders that were held for a missing rate are tried again.
    """
    quotes = network.read_ecb(text, source)
    if isinstance(quotes, list):
        return quotes
    with connection.transaction():
        reference.lock_log(connection)
        added = reference.add_rates(connection, event(Channel.RATES, imported_by, source), quotes)
        acts.note(connection, imported_by, Deed.RATES_IMPORTED, source, after={"rates": added})
    return added


def note_options(connection: Connection, options: Options, noted_by: str) -> bool:
    """Gives the settings of deciding a place in the log unless they are in force; answers whether it did.

    What is received from then on is decided by them, by every processor, whenever it is decided.
    """
    told = ", ".join(f"{name} {value}" for name, value in asdict(options).items())
    with connection.transaction():
        reference.lock_log(connection)
        is_new = stored_options.note(connection, event(Channel.SETTINGS, noted_by, told), options)
        if is_new:
            acts.note(connection, noted_by, Deed.SETTINGS_NOTED, "deciding", after=asdict(options))
    return is_new


def extend_order(connection: Connection, key: OrderKey, asked_by: str) -> UUID:
    """Sends an extension of a live order into the log; answers its submission id. The outcome comes later."""
    batch = SubmissionBatch(
        batch_id=new_batch_id(),
        mode=Mode.LIVE,
        channel=Channel.PAGE,
        kind=Kind.EXTEND,
        sender=asked_by,
        orders=(
            Extension(
                enterprise_id=str(key.enterprise_id),
                action_tracker_id=key.action_tracker_id,
                order_id=key.order_id,
            ),
        ),
    )
    with connection.transaction():
        log.insert(connection, prepared(batch))
        asked = submission_id(batch.batch_id, 1)
        acts.note(connection, asked_by, Deed.ORDER_EXTENDED, _told(key), after={"submission_id": asked})
    return asked


def _told(key: OrderKey) -> str:
    return f"{key.enterprise_id}/{key.action_tracker_id}/{key.order_id}"


def create_token(
    connection: Connection,
    *,
    name: str,
    kind: TokenKind,
    scopes: Iterable[Scope],
    company_id: int | None,
    created_by: str,
    enterprises: Iterable[int] | None = None,
    address_ranges: Iterable[str] | None = None,
    life_days: int | None = TOKEN_LIFE_DAYS,
) -> str:
    """A new token, shown here once and stored as a hash. Without a company it is the operator's.

    Raises Refused for a company or enterprise that the network does not have.
    """
    wanted = frozenset(scopes)
    only = sorted(set(enterprises)) if enterprises is not None else None
    ranges = [_range(each) for each in address_ranges] if address_ranges is not None else None
    _refuse_unknown(connection, company_id, only)
    token = tokens.make_token(kind, secrets.token_bytes)
    parsed = tokens.parse(token)
    assert parsed is not None
    now = machine_now()
    rights = {
        "last4": tokens.last4(token),
        "kind": str(kind),
        "name": name,
        "scopes": sorted(str(scope) for scope in wanted),
        "company_id": company_id,
        "enterprises": only,
        "address_ranges": ranges,
        "expires_at": now + timedelta(days=life_days) if life_days is not None else None,
    }
    kept = {
        "token_id": parsed.id,
        "token_hash": tokens.token_hash(token),
        "created_at": now,
        "created_by": created_by,
    }
    with connection.transaction():
        access.insert_token(connection, {**rights, **kept})
        acts.note(connection, created_by, Deed.TOKEN_CREATED, parsed.id, after=rights)
    return token


def _range(text: str) -> str:
    try:
        return str(ip_network(text))
    except ValueError as error:
        raise Refused(
            f"{text!r} is no range of addresses: {error}.",
            "Write it as 10.0.0.0/8, 2001:db8::/32 or 192.0.2.7.",
        ) from error


def revoke_token(connection: Connection, token_id: str, revoked_by: str) -> None:
    """Ends a token at once. Raises Refused if there is none with this id."""
    with connection.transaction():
        if not access.revoke_token(connection, token_id, machine_now()):
            raise Refused(f"There is no token with the id {token_id}.", "See: counterfoil token list")
        acts.note(connection, revoked_by, Deed.TOKEN_REVOKED, token_id)


def release_submission(connection: Connection, submission: UUID, released_by: str) -> list[UUID] | None:
    """Lets a held submission be tried again; answers which wait behind it, in order.

    `None` if nothing was released: it is not held, or waits behind another.
    """
    with connection.transaction():
        behind = lookups.waiting_behind(connection, submission)
        if not lanes.release(connection, submission):
            return None
        acts.note(connection, released_by, Deed.SUBMISSION_RELEASED, str(submission))
    return behind


def make_sandbox(connection: Connection, at: datetime) -> None:
    """Makes a new data directory a sandbox for good. Raises Refused if it is in use already."""
    if not reference.make_sandbox(connection, at):
        now, is_sandbox = reference.read_clock(connection)
        if is_sandbox:
            raise Refused(
                f"This sandbox's clock stands at {now.isoformat()} already.",
                "Leave --clock out, or move it: counterfoil clock set TIME",
            )
        raise Refused(
            "This data directory has been used without a settable clock.",
            "Name a new one: --data-dir DIR",
        )


def _refuse_unknown(connection: Connection, company_id: int | None, enterprises: list[int] | None) -> None:
    version, entries = reference.in_force(connection)
    known = network.build(version, 0, [(*key, body) for key, body in entries.items()])
    if company_id is not None and company_id not in known.advertisers and company_id not in known.publishers:
        raise Refused(f"The network has no company {company_id}.", "See: counterfoil network export")
    for enterprise in enterprises or ():
        owner = known.enterprises.get(enterprise)
        if owner is None or owner.advertiser != company_id:
            raise Refused(
                f"Company {company_id} has no enterprise {enterprise}.", "See: counterfoil network export"
            )
