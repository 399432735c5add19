"""The sandbox's endpoint: `POST /sandbox/clock`, for integrators who play a month in seconds.

Owns its form. Leaves the moving to counterfoil/sandbox.py. Next: http.py, which calls it.
"""

from __future__ import annotations

from secrets import token_hex
from typing import Any

import msgspec

from counterfoil.administration import Refused
from counterfoil.api.answers import Answer, encoded, own_error
from counterfoil.api.tracking import Asked
from counterfoil.capture.instants import canonical_instant
from counterfoil.errors import OwnCode, Refusal
from counterfoil.model.orders import instant
from counterfoil.sandbox import SandboxTime, duration
from counterfoil.tokens import Caller, Scope

BODY_BYTES_MAX = 4096


class _Move(msgspec.Struct, forbid_unknown_fields=True):
    advance: str | None = None
    set: str | None = None


def move_clock(asked: Asked, clock: SandboxTime) -> Answer:
    """Moves the clock as the body says, `{"advance": "10d"}` or `{"set": "…"}`, and answers where it stands.

    Needs a token with the scope admin. What was received before has been decided, and what falls due has
    happened, when this answers.
    """
    caller = asked.caller
    if isinstance(caller, Refusal):
        return _told(401, str(caller.code), caller.message, caller.hint)
    if not caller.may(Scope.ADMIN):
        return _told(403, "UNAUTHORIZED", "Unauthorized", "Use a token with the scope admin.")
    move = _read(asked.body)
    if isinstance(move, Answer):
        return move
    try:
        now = _moved(move, clock, caller)
    except Refused as refused:
        return _told(409, OwnCode.CLOCK_REFUSED, refused.sentence, refused.fix)
    return Answer(200, encoded({"clock": now.isoformat().replace("+00:00", "Z")}))


def _read(body: bytes) -> _Move | Answer:
    hint = 'Send {"advance": "10d"} or {"set": "2026-04-11T09:00:00Z"}.'
    try:
        move = msgspec.json.decode(body[: BODY_BYTES_MAX + 1], type=_Move)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return _told(400, OwnCode.BODY_UNREADABLE, f"The body cannot be read: {error}.", hint)
    if (move.advance is None) == (move.set is None):
        return _told(400, OwnCode.BODY_UNREADABLE, "The body has to hold either advance or set.", hint)
    return move


def _moved(move: _Move, clock: SandboxTime, caller: Caller) -> Any:
    by = f"token {caller.token_id}"
    if move.advance is not None:
        return clock.advance(duration(move.advance), by)
    to = canonical_instant(str(move.set))
    if to is None:
        raise Refused(f"{move.set!r} is not a point in time.", "Write it as 2026-03-01T10:00:00Z.")
    return clock.set(instant(to), by)


def _told(status: int, code: str, message: str, hint: str) -> Answer:
    return own_error(status, code, message, hint, token_hex(8), param=None)
