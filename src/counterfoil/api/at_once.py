"""At once: a small request whose every byte is there is judged and kept without a task of its own.

Owns the short way of single orders, which make up most requests. Whatever is unusual is not taken, and goes
the way of all others, where every check is the same. Next: passing.py, which asks; http.py.
"""

from __future__ import annotations

from asyncio import Future
from collections.abc import MutableMapping
from functools import partial
from typing import Any

import structlog

from counterfoil import tracing
from counterfoil.api.answers import Answer
from counterfoil.api.auth import Door
from counterfoil.api.failing import failed
from counterfoil.api.heads import Head, Whole
from counterfoil.api.passing import PassingProtocol
from counterfoil.api.telling import tell_accepted, tell_refused
from counterfoil.api.timing import APPEND, CHECK, READ
from counterfoil.api.tracking import Accepted, Again, Asked, Lookup, TrackingApi
from counterfoil.api.wire import DETAILS, Call
from counterfoil.clock import Clock
from counterfoil.crashpoint import crashpoint
from counterfoil.intake import Intake, Unknown, prepared
from counterfoil.model.orders import Mode, Receipt
from counterfoil.tokens import Caller

BYTES_MAX = 16 * 1024
"""Of a body: some hundred orders, which take no more of the event loop than a few requests do."""

_log = structlog.get_logger("counterfoil")

MODES = {"/graphql": Mode.LIVE, "/graphqltest": Mode.TEST}
"""The endpoints to which orders are sent."""


class AtOnce:
    """The short way; called on the event loop alone."""

    def __init__(
        self, *, clock: Clock, door: Door, intake: Intake, tracking: TrackingApi, bytes_max: int
    ) -> None:
        """`clock` is asked on the event loop, so it must not wait for anything.

        Bodies of more than `bytes_max` go elsewhere, and those of more than BYTES_MAX.
        """
        self._bytes_max = min(bytes_max, BYTES_MAX)
        self._clock = clock
        self._door = door
        self._intake = intake
        self._tracking = tracking

    def may_take(self, head: Head, size: int) -> bool:
        """Whether it is a small request of the kind that most are."""
        return size <= self._bytes_max and head.path in MODES and DETAILS not in head.headers

    def take(self, request: Whole, connection: PassingProtocol) -> bool:
        """Whether it takes the request; if so the connection gets the answer, now or when it is durable."""
        if tracing.is_on():
            return False
        head, body = request
        authorization = head.headers.get(b"authorization")
        caller = self._door.known(authorization, connection.address)
        if not isinstance(caller, Caller):
            return False
        call = Call(head, connection.address, _nothing_more)
        crashpoint("intake.body_read")
        call.spent.on(READ)
        asked = Asked(
            mode=MODES[head.path],
            caller=caller,
            body=body,
            content_type=head.headers.get(b"content-type"),
            detailed=False,
            now=self._clock.now(),
            is_fresh=False,
            authorization=authorization,
            address=call.address,
            progress=call.progress,
        )
        try:
            judged = self._tracking.judge(asked)
            if isinstance(judged, (Again, Lookup)):
                return False
            if isinstance(judged, Answer):
                _reply(call, judged, connection)
            else:
                self._keep(call, judged, len(body), connection)
        except Exception as error:
            # The edge: a bug must not leave the caller without an answer, nor show it what went wrong.
            _reply(call, failed(error, call.progress.field, call.request_id, detailed=False), connection)
        return True

    def _keep(self, call: Call, accepted: Accepted, size: int, connection: PassingProtocol) -> None:
        crashpoint("intake.validated")
        entries = [prepared(batch) for batch in accepted.batches]
        call.spent.on(CHECK)
        promise = self._intake.awaited(entries)
        promise.add_done_callback(partial(_answer, call, accepted, size, connection))


def _answer(
    call: Call,
    accepted: Accepted,
    size: int,
    connection: PassingProtocol,
    promise: Future[list[Receipt]],
) -> None:
    try:
        answer = _told(call, accepted, size, promise)
        if answer is None:
            connection.cut()
        else:
            _reply(call, answer, connection)
    except Exception:
        # Nobody else looks after this caller, who would wait without end.
        connection.cut()
        raise


def _told(call: Call, accepted: Accepted, size: int, promise: Future[list[Receipt]]) -> Answer | None:
    """What the caller is told, `None` where no answer would be true."""
    try:
        receipts = promise.result()
        call.spent.on(APPEND)
        tell_accepted(call.request_id, accepted.batches, size, call.spent)
        crashpoint("intake.committed_unanswered")
        return accepted.answer(receipts)
    except Unknown:
        # Nobody knows whether it was kept (C1, D18).
        _log.warning("outcome_unknown", request_id=call.request_id)
        return None
    except Exception as error:
        # The edge, as above.
        return failed(error, call.progress.field, call.request_id, detailed=False)


def _reply(call: Call, answer: Answer, connection: PassingProtocol) -> None:
    if answer.codes:
        tell_refused(call.request_id, answer)
    answer = call.fitting(answer)
    connection.reply(answer.status, call.header_lines(answer), answer.body)


async def _nothing_more() -> MutableMapping[str, Any]:
    raise AssertionError("the whole request is there")
