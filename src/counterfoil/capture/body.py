"""From the bytes of a body to what was asked: document, variables, name of the operation.

Owns D1 to D4: the envelope or the bare document, the character set, the keeping of every digit. Leaves size
and compression to api/http.py and the document's meaning to api/graphql.py. Next: shape.py.
"""

from __future__ import annotations

import codecs
import re
from json import JSONDecodeError, JSONDecoder
from typing import Any

import msgspec
from msgspec import Raw, Struct

from counterfoil.capture.scalars import NumberText
from counterfoil.errors import Refusal, RefusalCode, refuse

BYTE_ORDER_MARK = "\ufeff"

_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)

# Python calls codecs that are no character sets by the same way; a header does not choose among those.
_CHARSETS = re.compile(
    r"ascii|iso8859-\d+|cp125\d|cp437|cp850|cp932|cp949|cp1140|mac-roman|koi8-[ru]|utf-16(-[lb]e)?|utf-32(-[lb]e)?"
    r"|shift_jis|euc_jp|euc_kr|gb2312|gbk|gb18030|big5"
)

_INT_DIGITS_MAX = 1000

LIST_BYTES_MIN = 64
"""A list among the variables that is as long as this is left unread until its type is known."""


class ListText(Struct, frozen=True):
    """A long list among the variables, still as the JSON that was sent."""

    text: bytes

    def value(self) -> list[Any]:
        """The list as any other value is read."""
        value = _JSON.decode(self.text.decode())
        assert isinstance(value, list), "its first character is a bracket"
        return value


class Request(Struct, frozen=True, kw_only=True):
    """What a body asks for.

    Numbers among the variables are `int` or `NumberText`, never a float; long lists may be a `ListText`.
    """

    document: str
    variables: dict[str, Any]
    operation_name: str | None = None


def read_request(body: bytes, content_type: str | None = None) -> Request | Refusal:
    """The request in a body; `Invalid Syntax` for a body that cannot be used (D1 to D4).

    `content_type` is asked for one thing only: the character set of bytes that are not UTF-8.
    """
    text = _decoded(body, content_type)
    if text is None:
        return _unusable()
    text = text.removeprefix(BYTE_ORDER_MARK)
    opening = text.lstrip()[:1]
    if not opening:
        return _unusable()
    if opening not in "{[":
        return Request(document=text, variables={})
    if (request := _of_usual_envelope(body)) is not None:
        return request
    try:
        value = _JSON.decode(text)
    except (JSONDecodeError, _NoNumberError):
        return Request(document=text, variables={})
    except RecursionError:
        return _unusable()
    return _from_envelope(value)


def _unusable() -> Refusal:
    return refuse(RefusalCode.INVALID_SYNTAX, classification="InvalidSyntax")


def _decoded(body: bytes, content_type: str | None) -> str | None:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    named = _CHARSET.search(content_type or "")
    if named is None:
        return None
    try:
        charset = codecs.lookup(named[1]).name
        return body.decode(charset) if _CHARSETS.fullmatch(charset) else None
    except (LookupError, UnicodeDecodeError, ValueError):
        return None


class _Envelope(Struct, forbid_unknown_fields=True):
    query: str
    variables: dict[str, Raw] | None = None
    operationName: str | None = None  # noqa: N815, a name of the wire
    extensions: Raw = Raw()


def _of_usual_envelope(body: bytes) -> Request | Refusal | None:
    """The request of a usual envelope, its long lists unread; None for anything else.

    The decoder knows the same JSON as the standard one, but for what it refuses: lone surrogates, mostly.
    """
    try:
        envelope = _ENVELOPE.decode(body)
        variables = {name: _variable(bytes(text)) for name, text in (envelope.variables or {}).items()}
    except (msgspec.MsgspecError, UnicodeDecodeError, JSONDecodeError, _NoNumberError, RecursionError):
        return None
    return _from_envelope(
        {"query": envelope.query, "variables": variables, "operationName": envelope.operationName}
    )


def _variable(text: bytes) -> object:
    if len(text) >= LIST_BYTES_MIN and text[:1] == b"[":
        return ListText(text)
    # What else there is, is read as always.
    return _JSON.decode(text.decode())


def _from_envelope(value: object) -> Request | Refusal:
    """The request of a JSON object with a string member `query`; nothing else will do (D3)."""
    if not isinstance(value, dict):
        return _unusable()
    document, variables, name = value.get("query"), value.get("variables"), value.get("operationName")
    if type(document) is not str or not document.strip(" \t\r\n,\ufeff"):
        return _unusable()
    # Some languages print an empty map as a list; an empty text stands for nothing as well.
    if not isinstance(variables, dict):
        if variables not in (None, [], ""):
            return _unusable()
        variables = {}
    return Request(
        document=document.removeprefix(BYTE_ORDER_MARK),
        variables=variables,
        operation_name=name if type(name) is str and name else None,
    )


class _NoNumberError(ValueError):
    """NaN and the infinities are no JSON, so a body with one is no envelope."""


def _no_number(constant: str) -> object:
    raise _NoNumberError(constant)


def _whole(digits: str) -> int | NumberText:
    # Python refuses to read more than some thousand digits, and an int forgets the sign of a zero.
    if len(digits) > _INT_DIGITS_MAX or digits == "-0":
        return NumberText(digits)
    return int(digits)


_ENVELOPE = msgspec.json.Decoder(_Envelope)

# The standard decoder, as it alone keeps lone surrogates (D145) and every digit.
_JSON = JSONDecoder(parse_float=NumberText, parse_int=_whole, parse_constant=_no_number)
