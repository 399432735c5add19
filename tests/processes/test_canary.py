"""Canaries: marked secrets sent through every door are found nowhere afterwards. Item 13; invariant I19.

Owns the marks and the places that are searched: logs, metrics, every column, a backup.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg

from counterfoil.backups import DUMP
from counterfoil.store.embedded import acquire, programs
from tests.processes.conftest import StartServer
from tests.processes.documents import create
from tests.processes.running_server import RunningServer, counterfoil, until

MARKS = {
    "an id": "canaryuserk7q2",
    "an e-mail": "canary.shopper@mail.example",
    "a wrong token": "cfoil_live_canarywrongtokenxyz",
    "a cookie": "canarycookie55",
    "a password": "canarypass77",
    "a key in the address": "canarykey31",
    "a header": "canaryheader12",
    "a form": "canaryform90",
}
KEPT_APART = "personal_data"
"""The one place where a shopper's ids may stand: beside the log, erasable (D155)."""


def _knock(server: RunningServer, seeded: dict[str, Any]) -> None:
    """Sends every mark through every door that it fits."""
    token = seeded["tokens"]["advertiser"]
    shopper, mail = MARKS["an id"], MARKS["an e-mail"]
    ids = f'ids: {{userId: "{shopper}", emailHash: "{mail}"}},'
    order = create(seeded, "C-1").replace("{enterpriseId", "{" + ids + " enterpriseId")
    said = {
        "Cookie": f"session={MARKS['a cookie']}",
        "X-Api-Key": MARKS["a header"],
        "User-Agent": f"shop/{MARKS['a header']}",
        "Referer": f"https://shop.example/?email={mail}",
        "X-Request-Id": f"{MARKS['a header']}\\nforged",
    }
    accepted = server.ask("POST", "/graphql", order.encode(), {"Authorization": f"Bearer {token}", **said})
    assert 1 == len(accepted.submission_ids), accepted.body
    for path in ("/graphql", "/graphqltest", "/query", "/export/commissions", "/sandbox/clock", "/nowhere"):
        for authorization in (
            f"Bearer {MARKS['a wrong token']}",
            f"Basic canary:{MARKS['a password']}",
            f"Bearer {token}",
        ):
            for method, body in (
                ("POST", f'{{"query": "{MARKS["a form"]}"'),
                ("PUT", MARKS["a form"]),
                ("GET", ""),
            ):
                server.ask(
                    method,
                    f"{path}?apiKey={MARKS['a key in the address']}",
                    body.encode(),
                    {"Authorization": authorization, **said},
                )


def _columns(database: str, administrator: str) -> dict[str, list[str]]:
    """Every value of every column as text, by table and column; the ledger is small."""
    found: dict[str, list[str]] = {}
    with psycopg.connect(administrator, dbname=database) as connection:
        names = connection.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        ).fetchall()
        for table, column in names:
            rows = connection.execute(f'SELECT "{column}" FROM "{table}"'.encode())  # noqa: S608 - names of the catalogue
            found[f"{table}.{column}"] = [_text(value) for (value,) in rows]
    return found


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def found_in(places: Mapping[str, str], marks: Mapping[str, str]) -> list[str]:
    """Which mark is said where."""
    return [
        f"{what} in {place}" for place, said in places.items() for what, mark in marks.items() if mark in said
    ]


def _is_decided(server: RunningServer, token: str) -> bool:
    key = 'enterpriseId: "1500001", actionTrackerId: 401, orderId: "C-1"'
    asked = f"{{ order({key}) {{ submissions {{ state }} }} }}"
    found = server.post("/graphql", token, asked).json["data"]["order"]
    return bool(found) and found["submissions"][0]["state"] == "posted"


def test_no_mark_is_found_anywhere(
    start: StartServer, seeded: dict[str, Any], data_dir: Path, home: Path
) -> None:
    """Neither in what the server said, nor in its metrics, the database's log, a text column or a backup."""
    server = start()
    _knock(server, seeded)
    token = seeded["tokens"]["advertiser"]
    secret = token.rpartition("_")[2][8:40]
    marks = {**MARKS, "a live token": secret}
    until(lambda: _is_decided(server, token), "the order is decided")
    metrics = server.ask("GET", "/metrics").body.decode()
    backup = home / f"canary-{data_dir.name}"
    taken = counterfoil("backup", backup, "--data-dir", data_dir)
    assert taken.returncode == 0, taken.stderr
    server.stop()
    text = subprocess.run(
        [programs() / "pg_restore", "--file=-", backup / DUMP], capture_output=True, check=True
    ).stdout.decode(errors="replace")
    with acquire(data_dir, purpose="canary") as lease:
        columns = _columns("counterfoil", lease.urls.owner)

    places = {
        "the server's log": server.output,
        "the metrics": metrics,
        "the database's log": (data_dir / "postgresql.log").read_text(errors="replace"),
        "a backup": _without(text, KEPT_APART),
        **{name: "\n".join(values) for name, values in columns.items() if not name.startswith(KEPT_APART)},
    }
    assert [] == found_in(places, marks)
    assert any(MARKS["an id"] in value for value in columns[f"{KEPT_APART}.body"]), "nothing was sent"


def _without(dump: str, table: str) -> str:
    """A dump without the rows of one table."""
    before, _, rest = dump.partition(f"COPY public.{table} ")
    _, _, after = rest.partition("\n\\.\n")
    return before + after
