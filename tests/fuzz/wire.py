"""What holds for every answer, whatever was asked.

Owns the promises: never a bug's answer, JSON always, soon. Next: test_requests.py.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from hypothesis import HealthCheck, settings

from tests.api.serving import House, Reply

SOON_S = 2.0
"""Of this process's own time: client and server share it, a busy machine does not count."""
STATUSES = frozenset({200, 404, 405, 429, 431, 504})

bounded = settings(
    max_examples=60,
    deadline=None,
    # The server is the same for all examples on purpose: what one leaves behind must not harm the next.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    database=None,
    derandomize=True,
)
"""Few examples, the same on every run: the quick tests look for what is new in the code, not for luck."""


def keeps_the_promises(house: House, body: bytes, path: str, headers: Mapping[str, str]) -> Reply:
    """Sends it with a token unless the headers have one, and checks what holds for every answer."""
    given = {"Authorization": f"Bearer {house.tokens['live']}"} | dict(headers)
    begin = time.process_time()
    reply = house.served().ask("POST", path, body, given)
    took = time.process_time() - begin

    assert took < SOON_S, f"{took:.1f} s"
    assert reply.status in STATUSES
    answer = reply.json
    assert "x-request-id" in reply.headers
    assert_is_an_envelope(answer)
    return reply


def assert_is_an_envelope(answer: Any) -> None:
    """Success has `data` alone; failure a non-empty list of errors and null data; a bug is neither."""
    if "errors" not in answer:
        assert ["data"] == list(answer)
        assert isinstance(answer["data"], dict)
        return
    assert {"errors": answer["errors"], "data": None} == answer
    assert 0 < len(answer["errors"]) <= 100
    for error in answer["errors"]:
        assert isinstance(error["message"], str)
        assert error["message"]
        classification = error.get("extensions", {}).get("classification")
        assert "DataFetchingException" != classification, json.dumps(answer)
