"""The entry of the processes that `serve` and `worker` start.

`python -m counterfoil.child api FD | processor`. Owns nothing but the choice. Next: app.py.
"""

from __future__ import annotations

import sys

import psycopg
import structlog

from counterfoil import app
from counterfoil.logs import configure_logs
from counterfoil.settings import Settings, read_settings
from counterfoil.store.embedded import StoreUnavailable
from counterfoil.store.migrate import SchemaError


def main(arguments: list[str]) -> None:
    """Becomes the process that the arguments name; the settings come by the environment."""
    configure_logs()
    try:
        _become(arguments, read_settings())
    except (StoreUnavailable, SchemaError, psycopg.OperationalError) as error:
        # The supervisor starts us again until the database is back: a line for each try, not a traceback.
        structlog.get_logger("counterfoil").error("process_cannot_start", error=str(error).strip())
        raise SystemExit(1) from None


def _become(arguments: list[str], settings: Settings) -> None:
    match arguments:
        case ["api", descriptor]:
            app.answer_as_child(settings, int(descriptor))
        case ["processor"]:
            app.work_as_child(settings)
        case _:
            raise SystemExit("usage: python -m counterfoil.child api FD | processor")


if __name__ == "__main__":
    main(sys.argv[1:])
