"""The Tracking API: the stages of one request, in the order in which it is judged.

Owns the order of checks between token and answer (D22 to D25, D29, D32). Leaves reading to graphql.py, values
to validation.py, durability to intake.py, printing to projection.py. Next: http.py, which calls it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from msgspec import Struct, field
from msgspec.structs import replace

from counterfoil import validation
from counterfoil.api.answers import Answer, count, encoded, failure, success
from counterfoil.api.graphql import (
    INTROSPECTION_FIELDS,
    Operation,
    Unfit,
    check,
    check_shape,
    introspected,
    read_operation,
)
from counterfoil.api.lookups import LOOKUPS, Lookups, may_look_up
from counterfoil.api.messages import Fault, Say, validation_error
from counterfoil.api.order_lists import OrderList
from counterfoil.api.projection import order_payload
from counterfoil.api.schemas import tracking as tracking_schema
from counterfoil.api.selection import RootField
from counterfoil.api.undisturbed import LARGE, undisturbed
from counterfoil.capture.body import Request, read_request
from counterfoil.capture.shape import ShapeLimits
from counterfoil.capture.tracking.documents import LIST_ARGUMENTS, orders
from counterfoil.errors import Refusal, RefusalCode, refuse
from counterfoil.intake import new_batch_id
from counterfoil.model.orders import Channel, Kind, Mode, Order, Receipt, SubmissionBatch
from counterfoil.processing.creates import ORDER_ID_MAX
from counterfoil.settings import Settings
from counterfoil.tokens import Caller

ANONYMOUS_BYTES_MAX = 64 * 1024
"""What a caller without a token may have parsed where introspection is open (trust: GraphQL limits)."""

CALLERS_MAX = 512
"""Sets of enterprises that are remembered."""

WITHOUT_TOKEN = frozenset({"__schema", "__type", "__typename", "getBuildNumber"})


class Progress(Struct):
    """How far a request has come: the root field at work, once it is known."""

    field: str | None = None
    kind: str | None = None
    """What sort of operation it is, once that is known: `query` or `mutation`."""

    name: str | None = None
    """The operation's own name, where it has one."""


class Asked(Struct, frozen=True, kw_only=True):
    """One request as it arrived: `caller` says who, or why not; `now` is the business time at its start.

    `is_fresh` tells that the caller's rights were read for this request, `only_reads` that it may not write.
    """

    mode: Mode
    caller: Caller | Refusal
    body: bytes
    content_type: str | None
    detailed: bool
    now: datetime
    is_fresh: bool = True
    only_reads: bool = False
    authorization: str | None = None
    address: str | None = None
    progress: Progress = field(default_factory=Progress)


class Again(Struct, frozen=True):
    """The caller lacks a right as far as is known: to be judged again with its rights read afresh."""


class FieldAnswer(Struct):
    """One root field on its way to an answer: refused, or accepted with a batch, or a query."""

    field: RootField
    refusals: tuple[Refusal, ...] = ()
    orders: tuple[Order, ...] = ()
    batch_id: UUID | None = None
    kind: Kind | None = None


class Accepted(Struct, frozen=True):
    """A request that passed every check: the batches to make durable, and how to answer then."""

    batches: tuple[SubmissionBatch, ...]
    answer: Callable[[Sequence[Receipt]], Answer]


class Lookup(Struct, frozen=True):
    """A request that only asks: `read` gives its answer, and reads the database for it."""

    read: Callable[[], Answer]


def may_be_open(settings: Settings, refusal: Refusal, body: bytes) -> bool:
    """Whether a request without a token is looked at, because introspection is open to everyone (D9)."""
    return (
        refusal.code is RefusalCode.MISSING_TOKEN
        and settings.introspection == "open"
        and len(body) <= ANONYMOUS_BYTES_MAX
    )


def is_open_to_all(operation: Operation | Refusal, names: Collection[str]) -> bool:
    """Whether a document asks for nothing but these root fields.

    Without a token nothing else is told, not even that a document does not parse (D9).
    """
    return isinstance(operation, Operation) and all(name in names for name in operation.root_names())


def without_introspection(
    settings: Settings, operation: Operation, fields: tuple[RootField, ...] | Unfit
) -> tuple[RootField, ...] | Unfit:
    """What was checked, as an engine without introspection sees it where the setting is `off` (D9)."""
    if settings.introspection != "off" or isinstance(fields, Unfit):
        return fields
    type_name = "Mutation" if operation.is_mutation else "Query"
    hidden = tuple(
        validation_error(
            Fault.FIELD_UNDEFINED,
            Say.UNDEFINED_FIELD.format(name=each.name, type=type_name),
            path=(each.name,),
            node=each.nodes[0],
        )
        for each in fields
        if each.name in INTROSPECTION_FIELDS
    )
    return Unfit(hidden) if hidden else fields


class TrackingApi:
    """Judges requests to `/graphql` and `/graphqltest`; pure but for the ids it draws."""

    def __init__(self, settings: Settings, limits: ShapeLimits, build_number: str, lookups: Lookups) -> None:
        """`limits` are those of the settings, `build_number` what `getBuildNumber` says."""
        self._settings = settings
        self._limits = limits
        self._build_number = build_number
        self._lookups = lookups
        self._tolerance = timedelta(seconds=settings.future_tolerance_s)
        self._schema = tracking_schema()

    def judge(self, asked: Asked) -> Answer | Accepted | Again | Lookup:
        """The answer, or what has to be durable, or to be read, before there is one."""
        if len(asked.body) < LARGE:
            return self._judged(asked)
        with undisturbed():
            return self._judged(asked)

    def _judged(self, asked: Asked) -> Answer | Accepted | Again | Lookup:
        caller = asked.caller
        if isinstance(caller, Refusal) and not may_be_open(self._settings, caller, asked.body):
            return self._refused(asked, caller)
        request = read_request(asked.body, asked.content_type)
        operation = self._operation(request)
        if isinstance(caller, Refusal) and not is_open_to_all(operation, WITHOUT_TOKEN):
            return self._refused(asked, caller)
        if isinstance(operation, Refusal):
            return self._refused(asked, operation)
        asked.progress.kind = "mutation" if operation.is_mutation else "query"
        asked.progress.name = operation.name
        if asked.only_reads and operation.is_mutation:
            return self._refused(asked, refuse(RefusalCode.METHOD_NOT_ALLOWED))
        lists = operation.order_lists()
        asked.progress.field = next((each.response_key for each in lists), None)
        too_many = self._too_many(lists)
        if too_many is not None and self._settings.orders_max_answer == "504":
            return self._refused(asked, too_many)
        if fault := check_shape(operation, self._limits):
            return self._refused(asked, too_many or fault)
        strangers = {} if isinstance(caller, Refusal) else self._unauthorised(caller, asked.mode, lists)
        if strangers and not asked.is_fresh:
            return Again()
        if isinstance(caller, Caller) and not may_look_up(caller, asked.mode, operation.root_names()):
            return self._refused(asked, refuse(RefusalCode.UNAUTHORIZED))
        fields = without_introspection(self._settings, operation, check(operation))
        if isinstance(fields, Unfit):
            # Authority comes before schema; where no payload can be shaped it is told at top level (D23).
            told = (too_many,) if too_many else tuple(strangers.values())[:1] or fields.refusals
            return self._refused(asked, *told)
        answers = [self._field_answer(field, asked, too_many, strangers) for field in fields]
        return self._accepted(operation, fields, answers, asked)

    def _operation(self, request: Request | Refusal) -> Operation | Refusal:
        if isinstance(request, Refusal):
            return request
        return read_operation(self._schema, request, self._limits)

    def _too_many(self, lists: Sequence[OrderList]) -> Refusal | None:
        limit = self._settings.orders_max
        if sum(each.count for each in lists) <= limit:
            return None
        refusal = refuse(RefusalCode.TOO_MANY_ORDERS, limit=limit)
        if self._settings.orders_max_answer == "payload":
            return refusal
        return Refusal(refusal.code, "504", hint=refusal.hint)

    def _unauthorised(self, caller: Caller, mode: Mode, lists: Sequence[OrderList]) -> dict[str, Refusal]:
        """Refusals by response key: a missing scope, a test token on the live endpoint, a foreign id."""
        owned = _as_texts(caller.enterprises) if caller.may_track(mode) else None
        return {
            each.response_key: refuse(RefusalCode.UNAUTHORIZED, fields=("enterpriseId",))
            for each in lists
            if owned is None or not owned.issuperset(each.enterprise_ids)
        }

    def _field_answer(
        self, field: RootField, asked: Asked, too_many: Refusal | None, strangers: Mapping[str, Refusal]
    ) -> FieldAnswer:
        if field.name not in LIST_ARGUMENTS:
            return FieldAnswer(field)
        kind, argument = LIST_ARGUMENTS[field.name]
        if too_many is not None:
            return FieldAnswer(field, (Refusal(too_many.code, too_many.message, (argument,), too_many.hint),))
        if field.response_key in strangers:
            return FieldAnswer(field, (strangers[field.response_key],))
        asked_for = orders(kind, field.arguments[argument])
        if not _are_owned(asked_for, asked.caller):
            # The lenient look has told strangers before; what it overlooked stops here.
            return FieldAnswer(field, (refuse(RefusalCode.UNAUTHORIZED, fields=("enterpriseId",)),))
        refusals = validation.check(
            asked_for, asked.now, items_max=self._settings.items_max, tolerance=self._tolerance
        )
        if refusals:
            return FieldAnswer(field, refusals)
        return FieldAnswer(field, (), asked_for, new_batch_id(), kind)

    def _accepted(
        self,
        operation: Operation,
        fields: tuple[RootField, ...],
        answers: Sequence[FieldAnswer],
        asked: Asked,
    ) -> Answer | Accepted | Lookup:
        sender = asked.caller.token_id if isinstance(asked.caller, Caller) else ""
        batches = tuple(
            SubmissionBatch(
                batch_id=answer.batch_id,
                mode=asked.mode,
                channel=Channel.API,
                kind=answer.kind,
                sender=sender,
                orders=self._kept(answer.orders),
            )
            for answer in answers
            if answer.batch_id is not None and answer.kind is not None and answer.orders
        )
        refusals = [refusal for answer in answers for refusal in answer.refusals]
        count(refusals)
        codes = tuple(str(refusal.code) for refusal in refusals)
        introspection = introspected(operation, fields)
        type_name = "Mutation" if operation.is_mutation else "Query"
        caller, mode, now = asked.caller, asked.mode, asked.now

        def printed(answer: FieldAnswer, received: Mapping[UUID, datetime]) -> bytes:
            field = answer.field
            if field.name == "__typename":
                return encoded(type_name)
            if field.name in INTROSPECTION_FIELDS:
                return encoded(introspection[field.response_key])
            if field.name == "getBuildNumber":
                return encoded(self._build_number)
            if field.name in LOOKUPS:
                assert isinstance(caller, Caller), "nobody looks up without a token"
                return self._lookups.answer(field, caller, mode, now)
            return order_payload(field, answer.orders, answer.batch_id, received, answer.refusals)

        def answer_with(receipts: Sequence[Receipt]) -> Answer:
            # Holds neither the document nor the body, which are large while the orders are made durable.
            received = {receipt.batch_id: receipt.received_at for receipt in receipts}
            told = success((answer.field.response_key, printed(answer, received)) for answer in answers)
            return told._replace(codes=codes) if codes else told

        if batches:
            return Accepted(batches, answer_with)
        if any(field.name in LOOKUPS for field in fields):
            return Lookup(lambda: answer_with(()))
        return answer_with(())

    def _kept(self, orders: tuple[Order, ...]) -> tuple[Order, ...]:
        """The orders as they are kept: ids that are too long cut off where the setting says so (D57)."""
        if self._settings.order_id_too_long != "truncate":
            return orders
        return tuple(
            replace(order, order_id=order.order_id[:ORDER_ID_MAX])
            if len(order.order_id) > ORDER_ID_MAX
            else order
            for order in orders
        )

    def _refused(self, asked: Asked, *refusals: Refusal) -> Answer:
        return failure(
            refusals, token_error_status=int(self._settings.token_error_status), detailed=asked.detailed
        )


def _are_owned(orders: Sequence[Order], caller: Caller | Refusal) -> bool:
    if isinstance(caller, Refusal):
        return False
    return _as_texts(caller.enterprises).issuperset([order.enterprise_id for order in orders])


@lru_cache(maxsize=CALLERS_MAX)
def _as_texts(enterprises: frozenset[int]) -> frozenset[str]:
    """The ids as they stand in orders. Callers are few, and each asks again and again."""
    return frozenset(map(str, enterprises))
