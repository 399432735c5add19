"""Seeding: puts the demo network, fresh clicks and fresh tokens into a data directory.

Owns the fixture of spec/demo-network.md; ids never change, secrets are new each time. Next: demo.py.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from psycopg import Connection

from counterfoil.administration import Refused, apply_network, create_token
from counterfoil.model.ledger import Click
from counterfoil.network import demo_network
from counterfoil.store import reference
from counterfoil.store.facts import insert_click
from counterfoil.tokens import Scope, TokenKind

NORTHWIND, ALPINE, PUBLISHER_A, PUBLISHER_B, STRANGER = 5500001, 5500002, 7700001, 7700002, 7700009
_ADVERTISER = (Scope.TRACKING, Scope.REPORTING, Scope.FILES)
_PUBLISHER = (Scope.REPORTING, Scope.LINKS)
TOKENS: dict[str, tuple[int | None, TokenKind, tuple[Scope, ...]]] = {
    "advertiser": (NORTHWIND, TokenKind.LIVE, _ADVERTISER),
    "advertiser_test": (NORTHWIND, TokenKind.TEST, (Scope.TEST,)),
    "alpine": (ALPINE, TokenKind.LIVE, _ADVERTISER),
    "publisher_a": (PUBLISHER_A, TokenKind.LIVE, _PUBLISHER),
    "publisher_b": (PUBLISHER_B, TokenKind.LIVE, _PUBLISHER),
    "stranger": (STRANGER, TokenKind.LIVE, _PUBLISHER),
    "operator": (None, TokenKind.LIVE, (Scope.ADMIN,)),
}


def seed_demo(connection: Connection) -> dict[str, Any]:
    """Seeds the demo and answers the object that `counterfoil seed-demo --json` prints.

    May be repeated: earlier secrets stay valid. Raises Refused if another network is in force.
    """
    _apply_demo_network(connection)
    a = _click(connection, PUBLISHER_A, 9900001, NORTHWIND, 12000001)
    b = _click(connection, PUBLISHER_B, 9900002, NORTHWIND, 12000001)
    stay = _click(connection, PUBLISHER_B, 9900002, ALPINE, 12000002)
    tokens = {
        key: create_token(
            connection,
            name=f"demo {key}",
            kind=kind,
            scopes=scopes,
            company_id=company,
            created_by="seed-demo",
        )
        for key, (company, kind, scopes) in TOKENS.items()
    }
    return {
        "enterprise_id": "1500001",
        "advertiser_id": str(NORTHWIND),
        "tokens": tokens,
        "action_trackers": {
            "simple_sale": 401,
            "item_sale": 402,
            "lead": 403,
            "fixed_duration": 404,
            "open_ended": 405,
        },
        "publishers": {
            "a": {"company_id": str(PUBLISHER_A), "website_id": 9900001, "ad_id": 12000001, "cjevent": a},
            "b": {"company_id": str(PUBLISHER_B), "website_id": 9900002, "ad_id": 12000001, "cjevent": b},
        },
        "alpine": {
            "enterprise_id": "1500002",
            "advertiser_id": str(ALPINE),
            "action_tracker": 451,
            "ad_id": 12000002,
            "cjevent": stay,
        },
    }


def _apply_demo_network(connection: Connection) -> None:
    version, entries = reference.in_force(connection)
    if version and ("advertiser", str(NORTHWIND)) in entries:
        return
    if version:
        raise Refused(
            "This data directory holds another network than the demo's.",
            "Name a new one: --data-dir DIR",
        )
    applied = apply_network(connection, demo_network(), "demo_network.toml", "seed-demo")
    assert not isinstance(applied, list), applied


def _click(connection: Connection, publisher: int, property_id: int, advertiser: int, ad: int) -> str:
    click_id = secrets.token_hex(16)
    now, _ = reference.read_clock(connection)
    insert_click(
        connection,
        Click(
            click_id=click_id,
            clicked_at=now - timedelta(hours=1),
            publisher_id=publisher,
            property_id=property_id,
            advertiser_id=advertiser,
            ad_id=ad,
        ),
    )
    return click_id
