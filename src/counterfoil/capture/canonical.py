"""Canonical JSON: how an order stands in the log, and how it is read back.

Owns the bytes of the log, so that the same order always gives the same bytes, whatever channel brought it.
Keeps NUL and lone surrogates as escapes (D145). Next: intake.py.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256

import msgspec

from counterfoil.model.orders import ORDER_TYPES, CustomIds, Kind, NewOrder, Order

_ENCODER = msgspec.json.Encoder()
_DECODERS = {kind: msgspec.json.Decoder(type_) for kind, type_ in ORDER_TYPES.items()}


def encode_order(order: Order) -> bytes:
    """The order as canonical JSON, in the names of the wire; absent fields are left out."""
    try:
        return _ENCODER.encode(order)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(order), separators=(",", ":")).encode()


def encode_orders(orders: Sequence[Order]) -> list[bytes]:
    """Each of the orders as `encode_order` gives it."""
    try:
        return list(map(_ENCODER.encode, orders))
    except UnicodeEncodeError:
        return list(map(encode_order, orders))


def decode_order(kind: Kind, body: bytes) -> Order:
    """The order that `encode_order` wrote."""
    try:
        return _DECODERS[kind].decode(body)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        return msgspec.convert(json.loads(body), ORDER_TYPES[kind])


def read_order(kind: Kind, body: bytes) -> Order | None:
    """The order in some bytes of the log; `None` if they say none of this kind, which is a fault of ours."""
    try:
        return decode_order(kind, body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def has_uncolumnable_text(order: Order, body: bytes) -> bool:
    """Whether a text of the order holds NUL or a lone surrogate, which a text column cannot (D145)."""
    if b"\\u" not in body:
        return False
    return any(_uncolumnable(text) for text in _texts(msgspec.to_builtins(order)))


def without_ids(order: NewOrder, salt: bytes) -> tuple[NewOrder, bytes]:
    """The order with salted digests in place of the shopper's ids, and the ids as JSON (D155).

    Without the salt, which is erased with the ids, a digest tells nothing.
    """
    ids = order.ids
    assert ids is not None
    masked = CustomIds(
        universal_tag_cj_user=_masked(ids.universal_tag_cj_user, salt),
        user_id=_masked(ids.user_id, salt),
        email_hash=_masked(ids.email_hash, salt),
    )
    try:
        plain = _ENCODER.encode(ids)
    except UnicodeEncodeError:
        plain = json.dumps(msgspec.to_builtins(ids), separators=(",", ":")).encode()
    return msgspec.structs.replace(order, ids=masked), plain


def _masked(text: str | None, salt: bytes) -> str | None:
    return None if text is None else sha256(salt + text.encode("utf-8", "surrogatepass")).hexdigest()


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in _texts(part)]
    if isinstance(value, list | tuple):
        return [text for part in value for text in _texts(part)]
    return []


def _uncolumnable(text: str) -> bool:
    return "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text)
