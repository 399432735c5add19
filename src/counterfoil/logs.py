"""Logs: one line an event on standard error, JSON for services, words for people at a terminal.

Owns their form. A line has ids, codes and numbers: never what an order says, a token, or an address; of an
exception its kind and the places it passed. Whatever is in a line, it stays one; one that cannot be written
is left out. Next: watching.py.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping, MutableMapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

from counterfoil.clock import unix_nanoseconds
from counterfoil.settings import Settings

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
FRAMES_MAX = 20

Line = MutableMapping[str, Any]


class _Requests:
    """Whether each accepted request has its line, and in which form; as it stands in this process."""

    are_told = False
    is_json = True


def start_logs(settings: Settings) -> None:
    """From now on the log has the form and the level of the settings."""
    configure_logs(form=settings.log_format, level=settings.log_level, requests=settings.log_requests == "on")


def configure_logs(*, form: str, level: str, requests: bool) -> None:
    """Sends our events, and warnings of the libraries, to standard error.

    `form` is json, text or auto: text on a terminal, else JSON. With `requests` each accepted request has a
    line, at level info.
    """
    is_json = form == "json" or (form == "auto" and not sys.stderr.isatty())
    _Requests.is_json = is_json
    _Requests.are_told = requests and LEVELS[level] <= LEVELS["info"]
    render = _as_json if is_json else _as_text
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            _stamped,
            _with_words if level == "debug" else _without_words,
            lambda _logger, _name, line: render(line),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=_Stderr,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Library(render))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def request_accepted(
    request_id: str, batch_ids: Sequence[object], submissions: int, size: int, seconds: float
) -> None:
    """The line about a request whose orders are durable: written at once, without the way of other events."""
    if not _Requests.are_told:
        return
    at = _stamp()
    batches = ",".join(map(str, batch_ids))
    milliseconds = round(seconds * 1000, 1)
    if _Requests.is_json:
        text = (
            f'{{"timestamp":"{at}","level":"info","event":"accepted","request_id":"{request_id}",'
            f'"batch_id":"{batches}","submissions":{submissions},"bytes":{size},"ms":{milliseconds}}}\n'
        )
    else:
        text = (
            f"{at} info     accepted request_id={request_id} batch_id={batches} submissions={submissions}"
            f" bytes={size} ms={milliseconds}\n"
        )
    _write(text)


def _write(text: str) -> None:
    # A full disk or a reader that is gone must cost no order its answer, and no processor its life.
    with suppress(OSError, ValueError):
        sys.stderr.write(text)


class _Stderr:
    """Where lines go: standard error as it is at that moment, in one write; Python passes each line on."""

    def __init__(self, *_names: object) -> None:
        """Takes the name of a logger, which no line needs."""

    def msg(self, line: str) -> None:
        """Writes one line, if it can be written."""
        _write(f"{line}\n")

    debug = info = warning = error = exception = critical = log = msg


class _Library(logging.Formatter):
    """A line about what a library said: who and where. Its words might hold a caller's."""

    def __init__(self, render: Any) -> None:
        super().__init__()
        self._render = render

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: Line = {
            "level": record.levelname.lower(),
            "event": "library",
            "logger": record.name,
            "place": f"{record.module}:{record.lineno}",
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["exc_info"] = record.exc_info[1]
        return str(self._render(_without_words(None, "", _stamped(None, "", line))))


def _stamped(_logger: object, _name: str, line: Line) -> Line:
    return {"timestamp": _stamp(), **line}


def _stamp() -> str:
    second, rest = divmod(unix_nanoseconds(), 1_000_000_000)
    return f"{_second(second)}.{rest // 1000:06}Z"


@lru_cache(maxsize=4)
def _second(second: int) -> str:
    """A second since 1970 as lines have it. Many lines share one."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _without_words(_logger: object, _name: str, line: Line) -> Line:
    """An exception by its kind and the places it passed; its words may hold what a caller sent."""
    error = _exception(line)
    if error is None:
        return line
    return {**line, "exception": type(error).__qualname__, "places": _places(error.__traceback__)}


def _with_words(_logger: object, _name: str, line: Line) -> Line:
    error = _exception(line)
    if error is None:
        return line
    said = {"exception": type(error).__qualname__, "said": str(error), "places": _places(error.__traceback__)}
    return {**line, **said}


def _exception(line: Line) -> BaseException | None:
    found = line.pop("exc_info", None)
    if isinstance(found, tuple):
        found = found[1]
    if found is True:
        found = sys.exc_info()[1]
    return found if isinstance(found, BaseException) else None


def _places(traceback: TracebackType | None) -> list[str]:
    places = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        places.append(f"{Path(code.co_filename).name}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return places[-FRAMES_MAX:]


def _as_json(line: Mapping[str, Any]) -> str:
    # Escapes whatever is not ASCII, so that no character can end the line or move a cursor.
    return json.dumps(_ordered(line), default=str, separators=(",", ":"))


def _as_text(line: Mapping[str, Any]) -> str:
    told = dict(_ordered(line))
    head = f"{told.pop('timestamp')} {told.pop('level'):<8} {told.pop('event')}"
    return " ".join([head, *(f"{name}={_printable(value)}" for name, value in told.items())])


def _ordered(line: Mapping[str, Any]) -> dict[str, Any]:
    first = ("timestamp", "level", "event")
    return {name: line[name] for name in first if name in line} | dict(line)


def _printable(value: object) -> str:
    text = str(value)
    text = text if text.isprintable() else text.encode("unicode_escape").decode()
    return f'"{text}"' if " " in text else text
