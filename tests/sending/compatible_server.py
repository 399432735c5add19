"""A server that speaks the Tracking API as far as a sender needs it, on a real socket.

Owns its answers, which a test sets in their order. Keeps what it accepted. Next: test_sender.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

Answer = Callable[[web.Request, list[dict[str, Any]]], Awaitable[web.StreamResponse]]


class CompatibleServer:
    """Accepts every request for which no other answer was set."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.requests: list[list[dict[str, Any]]] = []
        self.accepted: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.most_at_once = 0
        self.at_once = 0
        self.url = ""

    async def track(self, request: web.Request) -> web.StreamResponse:
        """One request: the next answer that was set, or acceptance."""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            orders = (await request.json())["variables"]["newOrders"]
            self.requests.append(orders)
            self.headers.append(dict(request.headers))
            if self.answers:
                return await self.answers.pop(0)(request, orders)
            return await self.accept(request, orders)
        finally:
            self.at_once -= 1

    async def accept(self, _request: web.Request, orders: list[dict[str, Any]]) -> web.StreamResponse:
        """Keeps the orders and answers as the specification has it."""
        await asyncio.sleep(0)
        self.accepted += orders
        rows = [{"submissionId": f"s-{i}", "orderId": order["orderId"]} for i, order in enumerate(orders)]
        return web.json_response({"data": {"createOrders": {"orders": rows, "errors": None}}})

    async def accept_and_hang_up(
        self, request: web.Request, orders: list[dict[str, Any]]
    ) -> web.StreamResponse:
        """Keeps the orders, but the sender never hears of it."""
        self.accepted += orders
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    async def accept_slowly(self, request: web.Request, orders: list[dict[str, Any]]) -> web.StreamResponse:
        """Accepts after a moment in which other requests can arrive."""
        await asyncio.sleep(0.1)
        return await self.accept(request, orders)


def refusing(message: str, *fields: str) -> Answer:
    """The payload's own errors."""
    payload = {"orders": None, "errors": [{"message": message, "fields": list(fields)}]}
    return saying({"data": {"createOrders": payload}})


def refusing_at_the_top(message: str) -> Answer:
    """Errors of the token, the syntax or the schema."""
    return saying({"errors": [{"message": message}], "data": None})


def saying(answer: object) -> Answer:
    """Any JSON, status 200."""

    async def answered(_request: web.Request, _orders: list[dict[str, Any]]) -> web.StreamResponse:
        return web.json_response(answer)

    return answered


def with_status(status: int, text: str = "", **headers: str) -> Answer:
    """Any status."""

    async def answered(_request: web.Request, _orders: list[dict[str, Any]]) -> web.StreamResponse:
        return web.Response(status=status, text=text, headers=headers)

    return answered


@asynccontextmanager
async def running() -> AsyncIterator[CompatibleServer]:
    """A server on a free port of this machine."""
    server = CompatibleServer()
    application = web.Application(client_max_size=1 << 24)
    application.router.add_post("/graphql", server.track)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/graphql"
    try:
        yield server
    finally:
        await runner.cleanup()
