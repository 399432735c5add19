"""`counterfoil send` as a process: against a server on a real socket, with what it prints.

Owns exit codes, output and where the token comes from. Leaves the sending to tests/sending.
"""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest
from aiohttp import web

from counterfoil.cli import main
from tests.sending.compatible_server import CompatibleServer, refusing, refusing_at_the_top, running

ENTRY = [sys.executable, "-c", "import sys; from counterfoil.cli import main; sys.exit(main())"]
ORDERS = "id,sum\nA-1,1.50\nA-2,2.50\nA-3,3.50\n"
COMMON = [
    "--enterprise-id",
    "1500001",
    "--action-tracker-id",
    "401",
    "--map",
    "order_id=id",
    "--map",
    "amount=sum",
]


class Ended(NamedTuple):
    """What a process left."""

    code: int
    out: str
    err: str


@pytest.fixture
async def server() -> AsyncIterator[CompatibleServer]:
    """A server that accepts everything unless told otherwise."""
    async with running() as up:
        yield up


@pytest.fixture(autouse=True)
def at_a_place_with_orders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three orders in a file, and a token in the environment."""
    (tmp_path / "orders.csv").write_text(ORDERS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COUNTERFOIL_TOKEN", "from-environment")


def left_in(folder: Path) -> list[str]:
    """The files of the folder."""
    return sorted(path.name for path in folder.iterdir())


async def started(server: CompatibleServer, *words: str) -> asyncio.subprocess.Process:
    """Starts `counterfoil send orders.csv`."""
    return await asyncio.create_subprocess_exec(
        *ENTRY, "send", "orders.csv", *COMMON, "--url", server.url, *words,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def send(server: CompatibleServer, *words: str) -> Ended:
    """Runs it to its end."""
    process = await started(server, *words)
    out, err = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


async def test_a_program_gets_one_object_with_the_counts(server: CompatibleServer, tmp_path: Path) -> None:
    """With `--json` stdout is one object, stderr is empty, and the state lies in the folder."""
    ended = await send(server, "--json", "--batch-size", "2")
    counts = json.loads(ended.out)

    assert (0, "") == (ended.code, ended.err)
    assert (3, 0, 0, 0) == tuple(
        counts[key] for key in ("accepted", "accepted_before", "refused", "bad_rows")
    )
    assert ["orders.csv", counts["state"]] == left_in(tmp_path)
    assert "Bearer from-environment" == server.headers[0]["Authorization"]


async def test_a_person_is_told_where_it_goes_on(server: CompatibleServer) -> None:
    """The second run names the row; a run with nothing left says so."""
    await send(server, "--limit", "2")
    second = await send(server)
    third = await send(server)

    assert "Going on at row 3: 2 orders were accepted before" in second.err
    assert "Nothing left to send: 3 orders" in third.err
    assert 0 == second.code == third.code
    assert ["A-1", "A-2", "A-3"] == [order["orderId"] for order in server.accepted]


async def test_an_interrupted_run_says_how_to_go_on_and_does(server: CompatibleServer) -> None:
    """Ctrl-C ends it with 130, and the next run sends what was not accepted."""
    stopping, gone = asyncio.Event(), asyncio.Event()

    async def accept_no_more(_request: web.Request, _orders: list[dict[str, str]]) -> web.StreamResponse:
        stopping.set()
        await gone.wait()
        return web.Response(status=504)

    server.answers = [server.accept, accept_no_more]
    process = await started(server, "--batch-size", "1")
    await asyncio.wait_for(stopping.wait(), 30)
    process.send_signal(signal.SIGINT)
    _, err = await asyncio.wait_for(process.communicate(), 30)
    gone.set()
    await send(server, "--batch-size", "1")

    assert 130 == process.returncode
    assert "run the same again to go on" in err.decode()
    assert ["A-1", "A-2", "A-3"] == [order["orderId"] for order in server.accepted]


async def test_a_refusal_is_told_with_its_rows_and_ends_with_1(server: CompatibleServer) -> None:
    """The server's message, the rows of the batch and the remedy stand on stderr."""
    server.answers = [refusing("Unauthorized", "enterpriseId")]
    ended = await send(server, "--batch-size", "2")

    assert 1 == ended.code
    assert "error: Rows 1 to 2 were refused, 2 orders: Unauthorized (enterpriseId)" in ended.err
    assert ["A-3"] == [order["orderId"] for order in server.accepted]


async def test_a_wrong_token_ends_with_4(server: CompatibleServer) -> None:
    """Not allowed: nothing else is tried, and the token is in no line."""
    server.answers = [refusing_at_the_top("Invalid Token")]
    ended = await send(server, "--token", "from-flag")

    assert 4 == ended.code
    assert "error: The server says: Invalid Token." == ended.err.splitlines()[0]
    assert "from-flag" not in ended.out + ended.err
    assert "Bearer from-flag" == server.headers[0]["Authorization"]


async def test_a_bad_row_is_told_with_line_and_column(server: CompatibleServer, tmp_path: Path) -> None:
    """The row is left out, the others go, exit code 1."""
    (tmp_path / "orders.csv").write_text(ORDERS + 'A-4,"4,50"\n')
    ended = await send(server, "--json")
    told, counts = json.loads(ended.err), json.loads(ended.out)

    assert 1 == ended.code
    assert ("Line 5, column sum: '4,50' is not a decimal.", "Write 4.50.") == (told["error"], told["fix"])
    assert (5, "sum", "4,50") == (told["line"], told["column"], told["value"])
    assert (3, 1) == (counts["accepted"], counts["bad_rows"])


async def test_a_dry_run_sends_nothing_and_needs_no_token(
    server: CompatibleServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It shows the first order and leaves no state."""
    monkeypatch.delenv("COUNTERFOIL_TOKEN")
    ended = await send(server, "--dry-run", "--json")

    first = {"enterpriseId": "1500001", "actionTrackerId": 401, "orderId": "A-1", "amount": "1.50"}
    assert {"dry_run": True, "orders": 3, "bad_rows": [], "first_order": first} == json.loads(ended.out)
    assert (0, []) == (ended.code, server.requests)
    assert ["orders.csv"] == left_in(tmp_path)


async def test_the_token_may_come_from_a_file(server: CompatibleServer, tmp_path: Path) -> None:
    """A line break at its end is no part of it."""
    (tmp_path / "token").write_text("from-file\n")
    await send(server, "--token-file", "token")

    assert "Bearer from-file" == server.headers[0]["Authorization"]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["--token", "two words"], "The token holds blanks or other characters that no token has."),
        (["--token-file", "none"], "The token file none cannot be read."),
        (["--map", "amont=sum"], "There is no field amont."),
        (["--map", "coupon=code"], "The file has no column 'code', which coupon is mapped to."),
        (["--batch-size", "10001"], "--batch-size is '10001', not a whole number from 1 to 10000."),
        (["--kind", "restate"], "restate cannot be sent from a CSV file."),
        (["--url", "nowhere"], "--url is 'nowhere', not the address of a server."),
        (["--state", "orders.csv"], "The state file orders.csv cannot be read."),
    ],
)
def test_wrong_usage_sends_nothing(capsys: pytest.CaptureFixture[str], words: list[str], error: str) -> None:
    """What is wrong with the call is said before any connection: exit code 2."""
    code = main(["send", "orders.csv", *COMMON, *words])
    heard = capsys.readouterr()

    assert (2, "") == (code, heard.out)
    assert f"error: {error}" == heard.err.splitlines()[0]


def test_without_a_token_nothing_is_sent(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that cannot be asked is told where to put it."""
    monkeypatch.delenv("COUNTERFOIL_TOKEN")
    code = main(["send", "orders.csv", *COMMON])

    assert 2 == code
    assert ["error: There is no token.", "fix: Give --token-file FILE, or set COUNTERFOIL_TOKEN."] == (
        capsys.readouterr().err.splitlines()
    )
