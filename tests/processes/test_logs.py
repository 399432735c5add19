"""The log of a running server: what happens to requests and chunks, and nothing of what they say."""

from __future__ import annotations

import json
from typing import Any

from tests.processes.conftest import StartServer
from tests.processes.documents import create
from tests.processes.running_server import until


def test_the_log_of_an_order(start: StartServer, seeded: dict[str, Any]) -> None:
    """Processes start, a request is accepted, a chunk decided, others are refused, rejected and held."""
    token = seeded["tokens"]["advertiser"]
    server = start()
    accepted = server.post("/graphql", token, create(seeded, "Canary-Order"))
    server.post("/graphql", f"{token[:-1]}x", create(seeded, "Canary-Refused"))
    unknown = create(seeded, "Canary-Rejected").replace("401", "999")
    server.post("/graphql", token, unknown)
    until(lambda: '"rejected"' in server.output or "rejected=" in server.output, "a rejection")
    server.stop()
    lines = [json.loads(line) for line in server.output.splitlines() if line.startswith("{")]

    def of(event: str) -> list[dict[str, Any]]:
        return [line for line in lines if line["event"] == event]

    submission = accepted.submission_ids[0]
    assert submission[:30] == of("accepted")[0]["batch_id"][:30]
    assert (1, "info") == (of("accepted")[0]["submissions"], of("accepted")[0]["level"])
    assert [["INVALID_TOKEN"]] == [line["codes"] for line in of("refused")]
    assert ["ACTION_NOT_OWNED"] == [line["code"] for line in of("rejected")]
    assert 2 == sum(line["submissions"] for line in of("chunk"))
    assert {"api 1", "processor 1"} <= {line["process"] for line in of("process_started")}
    # These two have worked; the reader may be asked to stop before it has begun, and ends at once.
    ended = {line["process"]: line["code"] for line in of("process_ended")}
    assert (0, 0) == (ended["api 1"], ended["processor 1"])
    for canary in ("Canary", token[-20:], seeded["publishers"]["a"]["cjevent"]):
        assert canary not in server.output
