"""The counter: the reading side of a desk over real HTTP, with a token for everyone of the tenant matrix.

Owns tokens by name and the short hand of asking. Leaves serving to tests/api/serving.py.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from counterfoil.administration import create_token
from counterfoil.clock import machine_now
from counterfoil.seeding import TOKENS
from counterfoil.tokens import Scope, TokenKind, make_token, parse
from tests.api.serving import Reply, Served
from tests.desk import Desk

EXPORT = "/export/commissions"
ADVERTISER = "advertiser"


class Counter:
    """A server on the desk's database, and tokens for those who ask there."""

    def __init__(self, desk: Desk, **settings: Any) -> None:
        self.desk = desk
        self.served = Served(desk.urls, **settings)
        self.tokens = {
            name: self._token(kind, scopes, company) for name, (company, kind, scopes) in TOKENS.items()
        }
        self.tokens["tracking"] = self._token(TokenKind.LIVE, (Scope.TRACKING,), 5500001)
        self.tokens["test_reporting"] = self._token(TokenKind.TEST, (Scope.REPORTING,), 5500001)
        self.tokens["revoked"] = self._ended("revoked_at")
        self.tokens["expired"] = self._ended("expires_at")
        self.tokens["unknown"] = make_token(TokenKind.LIVE, bytes)

    def close(self) -> None:
        """Stops serving."""
        self.served.close()

    def ask(
        self,
        path: str,
        body: str | bytes | None = None,
        *,
        token: str | None = ADVERTISER,
        method: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """One request: a POST if it has a body; with a token by name, `None` for none."""
        given = dict(headers or {})
        if token is not None:
            given["Authorization"] = f"Bearer {self.tokens[token]}"
        raw = body.encode() if isinstance(body, str) else body
        return self.served.ask(method or ("GET" if body is None else "POST"), path, raw, given)

    def query(
        self, document: str, token: str | None = ADVERTISER, path: str = "/query", **variables: Any
    ) -> Reply:
        """A report in an envelope."""
        return self.ask(path, json.dumps({"query": document, "variables": variables}), token=token)

    def export(self, token: str | None = ADVERTISER, **parameters: Any) -> Reply:
        """An export by address."""
        return self.ask(f"{EXPORT}?{urlencode(parameters, doseq=True)}", token=token)

    def rows(self, token: str = ADVERTISER, **parameters: Any) -> list[dict[str, str]]:
        """The rows of an export as CSV."""
        reply = self.export(token, **parameters)
        assert reply.status == 200, reply.body
        return list(csv.DictReader(io.StringIO(reply.body.decode(), newline="")))

    def objects(self, token: str = ADVERTISER, **parameters: Any) -> list[dict[str, Any]]:
        """The objects of an export as JSON lines."""
        reply = self.export(token, format="jsonl", **parameters)
        assert reply.status == 200, reply.body
        return [json.loads(line) for line in reply.body.splitlines()]

    def _token(self, kind: TokenKind, scopes: tuple[Scope, ...], company: int | None) -> str:
        return create_token(
            self.desk.connection,
            name="tests",
            kind=kind,
            scopes=scopes,
            company_id=company,
            created_by="tests",
        )

    def _ended(self, column: str) -> str:
        token = self._token(TokenKind.LIVE, (Scope.REPORTING,), 5500001)
        parsed = parse(token)
        assert parsed is not None
        self.desk.connection.execute(
            f"UPDATE token SET {column} = %s WHERE token_id = %s".encode(),  # noqa: S608 - a column of ours
            (machine_now() - timedelta(minutes=1), parsed.id),
        )
        return token
