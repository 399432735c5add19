"""The entry of the processes that `serve` and `worker` start.

`python -m counterfoil.child api FD | processor`. Owns nothing but the choice. Next: app.py.
"""

from __future__ import annotations

import sys

from counterfoil import app
from counterfoil.logs import configure_logs
from counterfoil.settings import read_settings


def main(arguments: list[str]) -> None:
    """Becomes the process that the arguments name; the settings come by the environment."""
    configure_logs()
    settings = read_settings()
    match arguments:
        case ["api", descriptor]:
            app.answer_as_child(settings, int(descriptor))
        case ["processor"]:
            app.work_as_child(settings)
        case _:
            raise SystemExit("usage: python -m counterfoil.child api FD | processor")


if __name__ == "__main__":
    main(sys.argv[1:])
