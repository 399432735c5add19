"""The log: one line an event, in two forms, and nothing in it that a caller sent."""

from __future__ import annotations

import errno
import json
import logging
import re
import sys

import pytest
import structlog

from counterfoil.logs import configure_logs, request_accepted

EVIL = 'a"b\nc\x1b[2J\u202e\x00\u2028'


@pytest.fixture(autouse=True)
def _restored() -> object:
    before = structlog.get_config()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield None
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(level)


def told(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines since the last look."""
    return capsys.readouterr().err.splitlines()


def test_a_service_gets_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Where nobody sits before a terminal each event is one JSON object with time, level and name first."""
    configure_logs(form="auto", level="info", requests=True)
    structlog.get_logger("counterfoil").warning("commit_slow", requests=3, ms=1200)
    request_accepted("r-1", ["b-1", "b-2"], 3, 512, 0.0123)

    slow, accepted = (json.loads(line) for line in told(capsys))
    assert ["timestamp", "level", "event", "requests", "ms"] == list(slow)
    assert ("warning", "commit_slow", 3, 1200) == tuple(slow.values())[1:]
    assert {
        "level": "info",
        "event": "accepted",
        "request_id": "r-1",
        "batch_id": "b-1,b-2",
        "submissions": 3,
        "bytes": 512,
        "ms": 12.3,
    } == {name: value for name, value in accepted.items() if name != "timestamp"}


def test_people_get_words(capsys: pytest.CaptureFixture[str]) -> None:
    """As text both kinds of lines look alike."""
    configure_logs(form="text", level="info", requests=True)
    structlog.get_logger("counterfoil").info("chunk", submissions=5, posted=4, ms=10)
    request_accepted("r-1", ["b-1"], 3, 512, 0.0123)

    chunk, accepted = (re.sub(r"^[0-9T:.-]+Z ", "", line) for line in told(capsys))
    assert "info     chunk submissions=5 posted=4 ms=10" == chunk
    assert "info     accepted request_id=r-1 batch_id=b-1 submissions=3 bytes=512 ms=12.3" == accepted


@pytest.mark.parametrize("form", ["json", "text"])
def test_a_line_stays_one_line(capsys: pytest.CaptureFixture[str], form: str) -> None:
    """Line ends, escapes and marks that turn text around are escaped, in either form."""
    configure_logs(form=form, level="info", requests=True)
    structlog.get_logger("counterfoil").error("odd", value=EVIL, n=EVIL)
    said = capsys.readouterr().err

    assert 1 == said.count("\n")
    assert said.rstrip("\n").isprintable()


@pytest.mark.parametrize(
    ("level", "requests", "shown"),
    [("info", True, 3), ("info", False, 2), ("warning", True, 1), ("error", True, 0)],
)
def test_the_level_is_a_setting(
    capsys: pytest.CaptureFixture[str], level: str, requests: bool, shown: int
) -> None:
    """Lines below the level are left out; those about accepted requests can be left out alone."""
    configure_logs(form="json", level=level, requests=requests)
    log = structlog.get_logger("counterfoil")
    log.debug("detail")
    log.info("chunk")
    log.warning("slow")
    request_accepted("r", ["b"], 1, 1, 0.001)

    assert shown == len(told(capsys))


def test_an_exception_is_told_without_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    """What an exception says may be a caller's own: its kind and places are told; its words at debug only."""
    for level in ("info", "debug"):
        configure_logs(form="json", level=level, requests=True)
        try:
            int("cfoil_live_secret")
        except ValueError:
            structlog.get_logger("counterfoil").exception("request_failed", request_id="r")
            logging.getLogger("library").exception("cfoil_live_secret")
        first, second = (json.loads(line) for line in told(capsys))
        assert "ValueError" == first["exception"]
        assert first["places"][-1].startswith("test_lines.py:")
        assert ("said" in first) == (level == "debug")
        assert "cfoil_live_secret" not in json.dumps([second] if level == "debug" else [first, second])
        assert ("library", "library") == (second["event"], second["logger"])


class _Full:
    """A place for lines in which there is no room."""

    def isatty(self) -> bool:
        return False

    def write(self, _text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    def flush(self) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_line_that_cannot_be_written_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk under the log stops nothing that has something to tell."""
    monkeypatch.setattr(sys, "stderr", _Full())
    configure_logs(form="json", level="info", requests=True)

    request_accepted("r-1", ["b-1"], 1, 512, 0.01)
    structlog.get_logger("counterfoil").error("process_died", code=1)
