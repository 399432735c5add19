"""The Commission Detail API: the stages of one request, in the order in which it is judged.

Owns the order of checks between token and answer (spec/commission-detail-api.md, sections 10 and 11). Leaves
reading to graphql.py, records to reporting/, printing to projection.py. Next: http.py, which calls it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from psycopg import Connection

from counterfoil.api.answers import Answer, encoded, failure, success
from counterfoil.api.graphql import (
    INTROSPECTION_FIELDS,
    Unfit,
    check,
    check_shape,
    introspected,
    read_operation,
)
from counterfoil.api.projection import fields_of_records, page_payload
from counterfoil.api.schemas import commission_detail
from counterfoil.api.selection import RootField
from counterfoil.api.tracking import Asked, is_open_to_all, may_be_open, without_introspection
from counterfoil.capture.body import read_request
from counterfoil.capture.shape import ShapeLimits
from counterfoil.errors import Refusal, RefusalCode, refuse
from counterfoil.reporting import Filters, page, read_filters
from counterfoil.settings import Settings
from counterfoil.store import acts
from counterfoil.store.acts import Deed
from counterfoil.store.facts import Networks
from counterfoil.store.pool import Pool
from counterfoil.tokens import Caller, Scope, TokenKind

WITHOUT_TOKEN = frozenset({"__schema", "__type", "__typename"})


class CommissionsApi:
    """Answers requests to `/query`; reads only."""

    def __init__(self, settings: Settings, limits: ShapeLimits, pool: Pool, networks: Networks) -> None:
        """`limits` are those of the settings, `pool` has connections of the serving role."""
        self._settings = settings
        self._limits = limits
        self._pool = pool
        self._networks = networks
        self._schema = commission_detail()

    def answer(self, asked: Asked) -> Answer:
        """The page, or why there is none."""
        caller = asked.caller
        if isinstance(caller, Refusal) and not may_be_open(self._settings, caller, asked.body):
            return self._refused(asked, caller)
        request = read_request(asked.body, asked.content_type)
        operation = (
            request if isinstance(request, Refusal) else read_operation(self._schema, request, self._limits)
        )
        if isinstance(caller, Refusal) and not is_open_to_all(operation, WITHOUT_TOKEN):
            return self._refused(asked, caller)
        if isinstance(operation, Refusal):
            return self._refused(asked, operation)
        if fault := check_shape(operation, self._limits):
            return self._refused(asked, fault)
        names = set(operation.root_names())
        if isinstance(caller, Caller) and not names <= WITHOUT_TOKEN and not may_report(caller):
            return self._refused(asked, refuse(RefusalCode.UNAUTHORIZED))
        fields = without_introspection(self._settings, operation, check(operation))
        if isinstance(fields, Unfit):
            return self._refused(asked, *fields.refusals)
        filters: dict[str, Filters] = {}
        for field in fields:
            if field.name in WITHOUT_TOKEN:
                continue
            read = read_filters(field.name, field.arguments)
            if isinstance(read, Refusal):
                return self._refused(asked, read)
            filters[field.response_key] = read
        introspection = introspected(operation, fields)
        return success(
            (field.response_key, self._printed(field, asked, filters, introspection)) for field in fields
        )

    def _printed(
        self, field: RootField, asked: Asked, filters: Mapping[str, Filters], introspection: Mapping[str, Any]
    ) -> bytes:
        if field.name == "__typename":
            return encoded("Query")
        if field.name in INTROSPECTION_FIELDS:
            return encoded(introspection[field.response_key])
        assert isinstance(asked.caller, Caller)
        with self._pool.connection() as connection:
            read = filters[field.response_key]
            if asked.caller.is_operator:
                note_reading(connection, asked.caller, f"/query {field.name}", read)
            found = page(
                connection,
                asked.caller,
                read,
                asked.now,
                self._networks,
                fields_of_records(field),
                limit=self._settings.page_records_max,
            )
        return page_payload(field, found)

    def _refused(self, asked: Asked, *refusals: Refusal) -> Answer:
        return failure(
            refusals, token_error_status=int(self._settings.token_error_status), detailed=asked.detailed
        )


def note_reading(
    connection: Connection, caller: Caller, what: str, filters: Filters, request_id: str | None = None
) -> None:
    """Notes that an operator, who reads everybody's records, read some: which, and by what filters."""
    said = {name: value for name, value in msgspec.structs.asdict(filters).items() if value not in (None, ())}
    actor = f"token {caller.token_id}"
    acts.note(connection, actor, Deed.RECORDS_READ, what, after=said, request_id=request_id)


def may_report(caller: Caller) -> bool:
    """The reporting scope of a token that is no test token; the operator's admin scope reads all (D147)."""
    if caller.kind is TokenKind.TEST:
        return False
    return caller.may(Scope.REPORTING) or (caller.is_operator and caller.may(Scope.ADMIN))
