"""Traces: spans of a request and of a chunk, as an exporter gets them; nothing is imported unasked."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from counterfoil import tracing
from counterfoil.settings import Settings
from counterfoil.store.connection import DatabaseUrls
from counterfoil.tracing import NoTraces
from counterfoil.watching import watch_chunk
from counterfoil.worker import Worker
from tests.api.orders_on_the_wire import an_id, creates, order
from tests.api.serving import House
from tests.desk import Desk
from tests.reporting.bookkeeping import create

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def spans() -> Iterator[Any]:
    """An exporter that keeps what it is given."""
    kept = pytest.importorskip(
        "opentelemetry.sdk.trace.export.in_memory_span_exporter", reason="the extra `otel` is not installed"
    )
    exporter = kept.InMemorySpanExporter()
    tracing.begin(exporter, at_once=True)
    yield exporter
    tracing.end()


def test_a_request_and_its_steps(spans: Any, database: DatabaseUrls) -> None:
    """Named by the type of the operation, in the caller's trace; read, check, append, answer lie below it."""
    house = House(database)
    try:
        document = f"mutation Nightly {{ {creates(order(an_id()))} }}"
        told = house.ask(document, headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"})
    finally:
        house.close()
    assert 200 == told.status
    *steps, request = sorted(
        spans.get_finished_spans(), key=lambda span: span.parent.span_id == 0xF067AA0BA902B7
    )

    assert "mutation" == request.name
    assert "Nightly" == request.attributes["graphql.operation.name"]
    assert told.headers["x-request-id"] == request.attributes["counterfoil.request_id"]
    assert int(TRACE, 16) == request.context.trace_id
    assert ["read", "check", "append", "answer"] == [step.name for step in steps]
    assert {request.context.span_id} == {step.parent.span_id for step in steps}
    assert [step.end_time for step in steps[:-1]] == [step.start_time for step in steps[1:]]
    assert (request.start_time, request.end_time) == (steps[0].start_time, steps[-1].end_time)


def test_a_chunk_and_its_steps(spans: Any, desk: Desk) -> None:
    """A committed chunk is a span with facts, decide and post below it."""
    desk.send([create("A-1"), create("A-2")])
    worker = Worker(desk.opener("worker"), chunk_max=1000, report=watch_chunk)
    worker.drain()
    worker.close()
    *steps, chunk = spans.get_finished_spans()

    assert ("chunk", 2) == (chunk.name, chunk.attributes["counterfoil.submissions"])
    assert ["facts", "decide", "post"] == [step.name for step in steps]


def test_nothing_is_imported_unasked() -> None:
    """A process without the setting never loads OpenTelemetry, installed or not."""
    program = (
        "import sys; import counterfoil.child; from counterfoil import tracing;"
        " tracing.begin(tracing.exporter_of('off')); tracing.tell('query', {'read': 1.0}, {});"
        " print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert "[]" == ran.stdout.strip()


def test_an_exporter_that_is_not_there() -> None:
    """What is missing is said with the command that brings it."""
    with pytest.raises(NoTraces, match="COUNTERFOIL_TRACES is no_such") as refused:
        tracing.exporter_of("no_such")
    assert "pip install" in refused.value.fix
    assert "off" == Settings().traces
