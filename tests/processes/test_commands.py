"""Commands: the same beside a running server and without one, with the data directory in any place."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.processes.documents import ADVERTISER_REPORT
from tests.processes.running_server import RunningServer, counterfoil, environment, processes_on, until


def _read(*words: str | Path, **settings: str) -> str:
    """What a command prints that succeeds."""
    ran = counterfoil(*words, **settings)
    assert ran.returncode == 0, ran.stderr
    assert "Traceback" not in ran.stderr
    return ran.stdout


def test_a_token_s_life_beside_a_running_server(shared: RunningServer) -> None:
    """A new token is good at once, is listed without its secret, and refused soon after it is revoked."""
    here = ("--data-dir", shared.data_dir)
    made = json.loads(
        _read(
            "token",
            "create",
            *here,
            "--name",
            "shop",
            "--company",
            "5500001",
            "--scopes",
            "reporting",
            "--json",
        )
    )
    token = made["token"]
    assert "data" in shared.post("/query", token, ADVERTISER_REPORT).json
    assert "errors" not in shared.post("/query", token, ADVERTISER_REPORT).json

    listed = _read("token", f"--data-dir={shared.data_dir}", "list", "--json")
    assert token not in listed
    token_id = next(each["token_id"] for each in json.loads(listed)["tokens"] if each["name"] == "shop")

    _read("token", *here, "revoke", token_id)
    took = until(
        lambda: "errors" in shared.post("/query", token, ADVERTISER_REPORT).json, "the token is refused", 5
    )
    print(f"refused {took:.2f} s after it was revoked")  # noqa: T201 - shown by `pytest -rP`
    assert "Invalid Token" == shared.post("/query", token, ADVERTISER_REPORT).json["errors"][0]["message"]


def test_a_token_for_some_addresses_alone(shared: RunningServer) -> None:
    """From elsewhere it looks like no token at all; where it was used from is listed."""
    here = ("--data-dir", shared.data_dir, "--company", "5500001", "--scopes", "reporting")
    near, far = (
        _read("token", "create", *here, "--name", name, "--addresses", ranges).strip()
        for name, ranges in (("near", "127.0.0.0/8,192.0.2.7"), ("far", "10.0.0.0/8"))
    )
    listed = {}

    assert "errors" not in shared.post("/query", near, ADVERTISER_REPORT).json
    assert "Invalid Token" == shared.post("/query", far, ADVERTISER_REPORT).json["errors"][0]["message"]
    for each in json.loads(_read("token", "list", "--json", "--data-dir", shared.data_dir))["tokens"]:
        listed[each["name"]] = each["last_used_from"]
    assert ("127.0.0.1", None) == (listed["near"], listed["far"])


def test_commands_without_a_server(data_dir: Path) -> None:
    """The data directory may stand in any place, or in the environment; afterwards nothing runs."""
    placed = [
        _read("--data-dir", data_dir, "network", "export"),
        _read("network", "export", data_dir=str(data_dir)),
    ]
    assert placed[0] == placed[1]
    assert "5500001" in placed[0]
    assert [] == processes_on(data_dir)


def test_what_is_exported_can_be_applied(shared: RunningServer, home: Path) -> None:
    """An export applied beside the server that it came from changes nothing."""
    file = home / "exported.toml"
    file.write_text(_read("network", "export", "--data-dir", shared.data_dir))
    applied = json.loads(_read("network", "apply", file, "--data-dir", shared.data_dir, "--json"))

    assert applied["changes_nothing"] is True


def test_the_ledger_is_verified_beside_a_server(shared: RunningServer) -> None:
    """`ledger verify` runs while orders may come in, and finds that all promises hold."""
    ran = counterfoil("ledger", "verify", "--data-dir", shared.data_dir)

    assert (0, "") == (ran.returncode, ran.stderr)
    assert "violated" not in ran.stdout
    assert "I1" in ran.stdout


def test_the_module_answers_with_the_command_s_exit_code(home: Path) -> None:
    """`python -m counterfoil` ends as `counterfoil` does."""
    ran = subprocess.run(
        [sys.executable, "-m", "counterfoil", "serv"],
        env=environment(),
        cwd=home,
        capture_output=True,
        check=False,
    )

    assert 2 == ran.returncode
