"""Three ways through one document: with its orders taken out, whole, and by the library's parser alone.

Owns the comparison: what was accepted, order by order, and every byte of the answer. Next:
literal_documents.py.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any, NamedTuple

from graphql.language.parser import Parser
from hypothesis import HealthCheck, settings

from counterfoil.api.answers import Answer
from counterfoil.api.graphql import Operation, operation_of, read_operation, read_whole_operation
from counterfoil.api.known_documents import read_document
from counterfoil.api.lookups import Lookups
from counterfoil.api.syntax import EngineParser
from counterfoil.api.tracking import Accepted, Asked, TrackingApi
from counterfoil.capture.body import Request
from counterfoil.capture.canonical import encode_order
from counterfoil.capture.shape import ShapeLimits
from counterfoil.errors import Refusal
from counterfoil.model.orders import Mode, Receipt
from counterfoil.settings import Settings
from counterfoil.store.facts import Networks
from counterfoil.store.pool import Pool
from counterfoil.tokens import Caller, Scope, TokenKind

quick = settings(
    max_examples=120,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
thorough = settings(
    max_examples=12_000, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
"""How many documents are drawn, in `make test` and beyond it."""

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)
LIMITS = ShapeLimits()
CALLER = Caller(
    token_id="t", kind=TokenKind.LIVE, scopes=frozenset(Scope), company_id=1, enterprises=frozenset({1500001})
)
_UUID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-([0-9a-f]{12})")


class _LibraryParser(EngineParser):
    parse_list = Parser.parse_list
    parse_object = Parser.parse_object


class _Taking(TrackingApi):
    """As requests are judged."""

    def _operation(self, request: Request | Refusal) -> Operation | Refusal:
        return request if isinstance(request, Refusal) else read_operation(self._schema, request, LIMITS)


class _Whole(TrackingApi):
    """With every order left in the document."""

    def _operation(self, request: Request | Refusal) -> Operation | Refusal:
        return (
            request if isinstance(request, Refusal) else read_whole_operation(self._schema, request, LIMITS)
        )


class _Library(TrackingApi):
    """With the document parsed by the library alone."""

    def _operation(self, request: Request | Refusal) -> Operation | Refusal:
        if isinstance(request, Refusal):
            return request
        known = read_document(request.document, LIMITS, _LibraryParser)
        if isinstance(known, Refusal):
            return known
        return operation_of(self._schema, request, LIMITS, known)


class Told(NamedTuple):
    """What came of a document: the orders by kind as they are kept, and what the caller reads."""

    kept: tuple[tuple[str, tuple[bytes, ...]], ...]
    status: int
    answer: bytes


def _judging(way: type[TrackingApi]) -> TrackingApi:
    lookups = Lookups(Pool("", name="tests", size_max=1), Networks())
    return way(Settings(), LIMITS, "build", lookups)


TAKING, WHOLE, LIBRARY = map(_judging, (_Taking, _Whole, _Library))


def told(api: TrackingApi, document: str, variables: Any = None) -> Told:
    """What one way makes of a document; ids are blanked, the places of the orders in their batch are not."""
    body = json.dumps({"query": document, "variables": variables}).encode()
    judged = api.judge(
        Asked(mode=Mode.LIVE, caller=CALLER, body=body, content_type=None, detailed=True, now=NOW)
    )
    if isinstance(judged, Answer):
        return Told((), judged.status, judged.body)
    assert isinstance(judged, Accepted), document
    receipts = [
        Receipt(batch_id=batch.batch_id, position=1, received_at=NOW, first_number=1)
        for batch in judged.batches
    ]
    answer = judged.answer(receipts)
    kept = tuple((batch.kind.value, tuple(map(encode_order, batch.orders))) for batch in judged.batches)
    return Told(kept, answer.status, _UUID.sub(_blanked, answer.body))


def _blanked(found: re.Match[bytes]) -> bytes:
    return found[1][-6:]


def agree(document: str, variables: Any = None) -> Told:
    """What all three ways make of a document."""
    expected = told(LIBRARY, document, variables)
    # Once for the first time, once with the short document or the whole one known.
    assert expected == told(TAKING, document, variables)
    assert expected == told(WHOLE, document, variables)
    assert expected == told(TAKING, document, variables)
    return expected
