"""Traces: spans of requests and chunks, for who asks for them by a setting; OpenTelemetry is an extra.

Owns the one place that imports it, and only then. A span is told when its work is over, from the times that
were taken anyway, so that nothing is slower where nobody traces. Next: watching.py and api/telling.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from counterfoil.clock import unix_nanoseconds

NAME_MAX = 100


class NoTraces(Exception):
    """Traces cannot be sent: something is not installed; `sentence` says what, `fix` what to do."""

    def __init__(self, sentence: str, fix: str) -> None:
        """Both are whole sentences."""
        super().__init__(sentence)
        self.sentence = sentence
        self.fix = fix


class _Tracing:
    """The tracer of this process, while there is one."""

    tracer: Any = None
    context_of: Any = None


def exporter_of(name: str) -> Any:
    """The exporter of this name, `None` for `off`. Raises NoTraces when something is not installed."""
    if name == "off":
        return None
    try:
        import opentelemetry.sdk.trace  # noqa: F401, PLC0415 - an extra, imported only when asked for
    except ImportError:
        raise NoTraces(
            f"COUNTERFOIL_TRACES is {name}, and the extra `otel` is not installed.",
            "pip install 'counterfoil[otel]', or leave the setting off.",
        ) from None
    from importlib.metadata import entry_points  # noqa: PLC0415 - as above

    for offered in entry_points(group="opentelemetry_traces_exporter", name=name):
        return offered.load()()
    raise NoTraces(
        f"COUNTERFOIL_TRACES is {name}, and no package offers this exporter.",
        "pip install opentelemetry-exporter-otlp, or choose console.",
    )


def begin(exporter: Any, *, at_once: bool = False) -> None:
    """From now on spans go to this exporter, whose own variables of the environment say where to.

    In batches by a thread of its own; `at_once` is for tests.
    """
    if exporter is None:
        return
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - an extra
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - an extra
    from opentelemetry.sdk.trace.export import (  # noqa: PLC0415 - an extra
        BatchSpanProcessor,
        SimpleSpanProcessor,
    )
    from opentelemetry.trace.propagation.tracecontext import (  # noqa: PLC0415 - an extra
        TraceContextTextMapPropagator,
    )

    provider = TracerProvider(resource=Resource.create({"service.name": "counterfoil"}))
    provider.add_span_processor(SimpleSpanProcessor(exporter) if at_once else BatchSpanProcessor(exporter))
    _Tracing.tracer = provider.get_tracer("counterfoil")
    _Tracing.context_of = TraceContextTextMapPropagator().extract


def end() -> None:
    """No spans any more."""
    _Tracing.tracer = None


def is_on() -> bool:
    """Whether anybody wants spans."""
    return _Tracing.tracer is not None


def tell(
    name: str,
    steps: Mapping[str, float],
    attributes: Mapping[str, str | int],
    traceparent: str | None = None,
) -> None:
    """The span of work that is over now, and one below it for each of its steps, in seconds.

    `traceparent` is what the caller's header says: the span then belongs to the caller's trace.
    """
    if _Tracing.tracer is None:
        return
    context = _Tracing.context_of({"traceparent": traceparent}) if traceparent else None
    at = unix_nanoseconds() - _nanoseconds(sum(steps.values()))
    span = _Tracing.tracer.start_span(name, context=context, start_time=at, attributes=dict(attributes))
    from opentelemetry.trace import set_span_in_context  # noqa: PLC0415 - an extra

    inside = set_span_in_context(span)
    for step, seconds in steps.items():
        part = _Tracing.tracer.start_span(step, context=inside, start_time=at)
        at += _nanoseconds(seconds)
        part.end(at)
    span.end(at)


def _nanoseconds(seconds: float) -> int:
    return round(seconds * 1e9)
