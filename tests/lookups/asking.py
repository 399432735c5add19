"""Asking the look-ups as a client does: a document, a caller, an endpoint, on the desk's database.

Owns the callers and the short hand of these tests. Judges nothing. Next: test_submissions.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from counterfoil.api.lookups import Lookups
from counterfoil.api.tracking import Accepted, Again, Asked, Lookup, TrackingApi
from counterfoil.capture.shape import ShapeLimits
from counterfoil.model.orders import Mode
from counterfoil.settings import read_settings
from counterfoil.store.facts import Networks
from counterfoil.store.pool import Pool
from counterfoil.tokens import Caller, Scope, TokenKind
from tests.desk import ALPINE, NORTHWIND, Desk


def caller(enterprise: str, *scopes: Scope, kind: TokenKind = TokenKind.LIVE) -> Caller:
    """Someone with a token for one enterprise."""
    return Caller(token_id="t", kind=kind, scopes=frozenset(scopes), enterprises=frozenset({int(enterprise)}))


OWNER = caller(NORTHWIND, Scope.TRACKING)
TESTER = caller(NORTHWIND, Scope.TEST)
TEST_TOKEN = caller(NORTHWIND, Scope.TEST, Scope.TRACKING, kind=TokenKind.TEST)
STRANGER = caller(ALPINE, Scope.TRACKING)
REPORTER = caller(NORTHWIND, Scope.REPORTING)


@contextmanager
def endpoint(desk: Desk) -> Iterator[TrackingApi]:
    """The Tracking API on the desk's database."""
    readers = Pool(desk.urls.server, name="lookups", size_max=2)
    try:
        yield tracking_api(Lookups(readers, Networks()))
    finally:
        readers.close()


def tracking_api(lookups: Lookups) -> TrackingApi:
    """The Tracking API with these look-ups."""
    return TrackingApi(read_settings({}, {}), ShapeLimits(), "1", lookups)


def judged(
    api: TrackingApi,
    desk: Desk,
    document: str,
    *,
    by: Caller = OWNER,
    mode: Mode = Mode.LIVE,
    **variables: Any,
) -> Any:
    """What the API makes of a document."""
    body = json.dumps({"query": document, "variables": variables}).encode()
    asked = Asked(mode=mode, caller=by, body=body, content_type=None, detailed=False, now=desk.now())
    return api.judge(asked)


def answered(
    desk: Desk, document: str, *, by: Caller = OWNER, mode: Mode = Mode.LIVE, **variables: Any
) -> Any:
    """The answer to a document."""
    with endpoint(desk) as api:
        found = judged(api, desk, document, by=by, mode=mode, **variables)
        assert not isinstance(found, (Accepted, Again))
        answer = found.read() if isinstance(found, Lookup) else found
    return json.loads(answer.body)


def submission(desk: Desk, identity: UUID | str, fields: str, **how: Any) -> Any:
    """These fields of a submission, or None."""
    document = f"query($id: ID!) {{ submission(submissionId: $id) {{ {fields} }} }}"
    return answered(desk, document, id=str(identity), **how)["data"]["submission"]


def submissions(desk: Desk, batch: UUID | str, fields: str, **how: Any) -> Any:
    """These fields of the submissions of a batch."""
    document = f"query($id: ID!) {{ submissions(batchId: $id) {{ {fields} }} }}"
    return answered(desk, document, id=str(batch), **how)["data"]["submissions"]


def order(
    desk: Desk, order_id: str, fields: str, *, tracker: int = 401, enterprise: str = NORTHWIND, **how: Any
) -> Any:
    """These fields of an order, or None."""
    document = (
        "query($e: ID!, $t: NonNegativeInt!, $o: String!)"
        f" {{ order(enterpriseId: $e, actionTrackerId: $t, orderId: $o) {{ {fields} }} }}"
    )
    return answered(desk, document, e=enterprise, t=tracker, o=order_id, **how)["data"]["order"]
