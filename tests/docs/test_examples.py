"""The examples of the pages are true: what they ask is answered as they say.

Owns which page is walked on which network. Leaves the walking to walk.py. Next: walk.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from counterfoil.administration import apply_network, create_token, make_sandbox
from counterfoil.network import demo_network, read
from counterfoil.seeding import TOKENS
from counterfoil.store.connection import DatabaseUrls, connect
from counterfoil.store.embedded import EmbeddedUrls
from counterfoil.store.migrate import migrate
from counterfoil.tokens import Scope, TokenKind
from tests.desk import BEGINNING, Desk
from tests.docs.pages import Page, pages
from tests.docs.walk import House, agrees, questions

WALKED = [page for page in pages() if any(questions(page))]
NETWORKS = [
    (page.path, block.text)
    for page in pages()
    for block in page.blocks
    if block.language == "toml" and "format = 1" in block.text
]
_numbers = count(1)


def _network_of(page: Page) -> str:
    """The page's own network file, else the demo's."""
    own = [block.text for block in page.blocks if block.language == "toml" and "format = 1" in block.text]
    return own[0] if own else demo_network()


@pytest.fixture
def empty(server: EmbeddedUrls, administrator: str) -> Iterator[DatabaseUrls]:
    """A database with the schema and nothing in it but a clock that stands at BEGINNING."""
    name = f"page_{next(_numbers)}"
    with psycopg.connect(administrator, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE template0 OWNER counterfoil_owner".encode())
        urls = DatabaseUrls(
            server=make_conninfo(server.server, dbname=name), owner=make_conninfo(server.owner, dbname=name)
        )
        migrate(urls.owner, urls.server_role)
        with connect(urls.server, name="page", autocommit=True) as connection:
            make_sandbox(connection, BEGINNING)
        yield urls
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _tokens(desk: Desk) -> dict[str, str]:
    """The demo's tokens by name; on a page's own network those that its commands create, by theirs."""
    tokens = {}
    shop: dict[str, tuple[int | None, TokenKind, tuple[Scope, ...]]] = {
        "shop": (100, TokenKind.LIVE, (Scope.TRACKING, Scope.REPORTING)),
    }
    is_demo = desk.connection.execute(
        "SELECT count(*) FROM reference_version WHERE kind = 'advertiser' AND id = '5500001'"
    ).fetchone()
    for name, (company, kind, scopes) in (TOKENS if is_demo == (1,) else shop).items():
        tokens[name] = create_token(
            desk.connection, name=name, kind=kind, scopes=scopes, company_id=company, created_by="docs"
        )
    return tokens


@pytest.mark.parametrize("page", WALKED, ids=lambda page: page.path)
async def test_a_page_is_answered_as_it_says(page: Page, empty: DatabaseUrls) -> None:
    """Every request of a page, sent in order on a fresh network, gets the answer that the page shows."""
    with connect(empty.server, name="page", autocommit=True) as connection:
        applied = apply_network(connection, _network_of(page), page.path, "docs")
    assert not isinstance(applied, list), applied

    told = []
    with Desk(empty) as desk:
        async with House(desk, _tokens(desk)) as house:
            for question in questions(page):
                came = await house.ask(question)
                told.append((question, came))

    assert [] == [
        f"{page.path}:{question.line}: {came}"
        for question, came in told
        if not agrees(question.answer or '{"data":…}', came)
    ]


def test_the_readme_walks_through_the_life_of_an_order() -> None:
    """The README creates, restates and cancels an order, and reads what came of it."""
    walked = [
        word
        for page in WALKED
        if page.path == "README.md"
        for question in questions(page)
        for word in ("createOrders", "restateOrders", "cancelOrders", "publisherCommissions")
        if word in question.document
    ]

    assert {"createOrders", "restateOrders", "cancelOrders", "publisherCommissions"} == set(walked)


@pytest.mark.parametrize(("path", "text"), NETWORKS, ids=[path for path, _ in NETWORKS])
def test_a_network_file_of_a_page_has_no_fault(path: str, text: str) -> None:
    """Every complete network file that a page shows can be applied."""
    file = read(text, path)

    assert not isinstance(file, list), [fault.told() for fault in file]
