"""The embedded server is made as promised, shared by those who need it, and stopped by the last.

Owns its ordinary life. Leaves strangers to test_walls.py. Next: that.
"""

from pathlib import Path

import psycopg
import pytest

from counterfoil.store import embedded
from tests.store.embedded.rooms import acquire, another_process, ask, end, tell, url_printed_by


def test_a_first_start_makes_two_roles_of_which_neither_is_a_superuser(data_dir: Path) -> None:
    """The owner makes tables; the server may do none of what makes one mighty."""
    rights = (
        "SELECT current_user::text, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls"
        " FROM pg_roles WHERE rolname = current_user"
    )
    with acquire(data_dir) as lease:
        tell(lease.urls.owner, "CREATE TABLE made_by_the_owner ()")
        tell(lease.urls.server, "CREATE TEMPORARY TABLE a_draft ()")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            tell(lease.urls.server, "CREATE TABLE made_by_the_server ()")
        powers = [ask(url, rights) for url in (lease.urls.owner, lease.urls.server)]

    assert [
        [("counterfoil_owner", False, False, False, False)],
        [("counterfoil_server", False, False, False, False)],
    ] == powers


def test_the_cluster_is_kept_as_promised(used_dir: Path) -> None:
    """Checksums and flushes are on, time is UTC, text is UTF-8 in the order of its code points."""
    names = (
        "data_checksums",
        "fsync",
        "full_page_writes",
        "synchronous_commit",
        "TimeZone",
        "server_encoding",
        "jit",
    )
    with acquire(used_dir) as lease:
        settings = [ask(lease.urls.server, f"SHOW {name}")[0][0] for name in names]
        sorting = "SELECT string_agg(name, '' ORDER BY name), lower('Ä') FROM unnest('{a,ä,B}'::text[]) name"
        text = ask(lease.urls.server, sorting)

    assert ["on", "on", "on", "on", "UTC", "UTF8", "off"] == settings
    assert [("Baä", "ä")] == text


def test_the_last_to_leave_stops_it(used_dir: Path) -> None:
    """Two processes share one server, which runs as long as one of them uses it."""
    with another_process(used_dir) as other:
        theirs = url_printed_by(other)
        ours = acquire(used_dir)
        assert theirs == ours.urls.server

        assert 0 == end(other)
        assert embedded.is_running(used_dir)

    ours.release()
    assert not embedded.is_running(used_dir)


def test_each_lease_counts_once(used_dir: Path) -> None:
    """Within one process too the server stays until the last lease is given back, even if one comes twice."""
    first, second = acquire(used_dir), acquire(used_dir)
    first.release()
    first.release()
    assert [(1,)] == ask(second.urls.server, "SELECT 1")

    second.release()
    assert not embedded.is_running(used_dir)


def test_two_first_starts_at_once_give_one_database(data_dir: Path) -> None:
    """Of two processes that find nothing one makes the database, and both use it."""
    with another_process(data_dir) as one, another_process(data_dir) as two:
        urls = {url_printed_by(one), url_printed_by(two)}
        assert 1 == len(urls)
        assert [(1,)] == ask(urls.pop(), "SELECT 1")

        assert [0, 0] == [end(one), end(two)]
    assert not embedded.is_running(data_dir)
