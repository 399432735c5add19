"""Answers: what leaves the house, as bytes with a status and headers.

Owns the envelope of spec/tracking-api.md, section 7: success has `data` alone, failure `errors` and null
data; and that of our own endpoints. Leaves what is inside `data` to projection.py. Next: http.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from counterfoil import metrics
from counterfoil.errors import REFUSALS, Refusal, RefusalCode, Stage, refuse

DETAILED = "detailed"
_NO_HEADERS: Mapping[str, str] = {}
_encode = msgspec.json.Encoder(decimal_format="string").encode


class Answer(NamedTuple):
    """One answer: HTTP status, body, and the headers beyond those that every answer has."""

    status: int
    body: bytes
    headers: Mapping[str, str] = _NO_HEADERS
    codes: tuple[str, ...] = ()
    """Codes of what it refuses, for the log."""


def encoded(value: object) -> bytes:
    """A plain value as JSON."""
    return _encode(value)


def success(members: Iterable[tuple[str, bytes]]) -> Answer:
    """The selected root fields, in their order, each already JSON."""
    inside = b",".join(_encode(key) + b":" + value for key, value in members)
    return Answer(200, b'{"data":{' + inside + b"}}")


def failure(refusals: Sequence[Refusal], *, token_error_status: int = 200, detailed: bool = False) -> Answer:
    """Top-level errors; the status is that of the first (D7, D18)."""
    body = _encode({"errors": [_error(refusal, detailed=detailed) for refusal in refusals], "data": None})
    first = refusals[0]
    count(refusals)
    codes = tuple(str(refusal.code) for refusal in refusals)
    if _is_overload(first):
        return Answer(504, body, codes=codes)
    if first.code is RefusalCode.NOT_FOUND:
        return Answer(404, body, codes=codes)
    if first.code is RefusalCode.TOO_MANY_CALLS:
        return Answer(429, body, codes=codes)
    if first.code is RefusalCode.METHOD_NOT_ALLOWED:
        return Answer(405, body, {"Allow": "POST"}, codes)
    if first.code in (RefusalCode.MISSING_TOKEN, RefusalCode.INVALID_TOKEN) and token_error_status == 401:
        return Answer(401, body, {"WWW-Authenticate": "Bearer"}, codes)
    return Answer(200, body, codes=codes)


def unexpected(field: str | None, request_id: str, *, detailed: bool = False) -> Answer:
    """What a bug looks like from outside: the engine's sentence (9.6), and the id of the log's line.

    `field` is the root field that was at work, where one was.
    """
    refusal = refuse(
        RefusalCode.UNEXPECTED_FAILURE,
        classification="DataFetchingException",
        field=field or "",
        request_id=request_id,
    )
    count((refusal,))
    error = _error(refusal, detailed=detailed)
    if field is not None:
        error["path"] = [field]
    return Answer(200, _encode({"errors": [error], "data": None}), codes=(str(refusal.code),))


class _OwnError(msgspec.Struct, kw_only=True, rename="camel"):
    code: str
    message: str
    param: str | msgspec.UnsetType | None = msgspec.UNSET
    hint: str
    doc_url: str
    request_id: str


def own_error(
    status: int,
    code: str,
    message: str,
    hint: str,
    request_id: str,
    *,
    param: str | msgspec.UnsetType | None = msgspec.UNSET,
    headers: Mapping[str, str] = _NO_HEADERS,
) -> Answer:
    """The error of an endpoint that is no GraphQL; `param` names the parameter at fault, if any."""
    metrics.refused(code)
    error = _OwnError(
        code=code,
        message=message,
        param=param,
        hint=hint,
        doc_url=f"/help/errors/{code}",
        request_id=request_id,
    )
    return Answer(status, _encode({"error": error}), headers)


def count(refusals: Iterable[Refusal]) -> None:
    """Counts what was refused, once for each answer that says so."""
    for refusal in refusals:
        metrics.refused(refusal.code)


def _is_overload(refusal: Refusal) -> bool:
    return refusal.message == "504" and REFUSALS[refusal.code].stage in (Stage.SIZE, Stage.COUNT, Stage.LOAD)


def _error(refusal: Refusal, *, detailed: bool) -> dict[str, Any]:
    error: dict[str, Any] = {"message": refusal.message}
    if refusal.line is not None:
        error["locations"] = [{"line": refusal.line, "column": refusal.column}]
    extensions: dict[str, Any] = {}
    if refusal.classification is not None:
        extensions["classification"] = refusal.classification
    if detailed:
        extensions |= {
            "code": str(refusal.code),
            "hint": refusal.hint,
            "docUrl": f"/help/errors/{refusal.code}",
        }
        if refusal.engine_message is not None:
            extensions["engineMessage"] = refusal.engine_message
    if extensions:
        error["extensions"] = extensions
    return error
