"""The explorer: GraphiQL for a browser that opens an endpoint, from files of our own.

Owns its pages, its files with their hash in the name, and the only policy under which a page may run what it
needs. Leaves the choice between page and answer to http.py. Next: static/explorer.js.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath

from counterfoil.api.answers import Answer

PATH = "/explorer"

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "img-src 'self' data:; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
"""Wider than that of other pages by the editor's own styles, fonts and images; for the explorer alone."""

_KEPT_FOR_A_YEAR = "public, max-age=31536000, immutable"
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
_OWN = ("explorer.js", "explorer.css")

_HINT = """# Put an access token in place of
# the example under Headers, below.
# Ctrl-Enter sends.
"""
_ORDER_QUERY = f"{_HINT}{{\n  getBuildNumber\n}}\n"
_REPORT_QUERY = f"{_HINT}{{\n  __typename\n}}\n"

_ENDPOINTS = {
    "/graphql": ("Tracking API", "tracking.graphql", _ORDER_QUERY),
    "/graphqltest": ("Tracking API, test mode", "tracking.graphql", _ORDER_QUERY),
    "/query": ("Commission Detail API", "commission-detail.graphql", _REPORT_QUERY),
}


class Explorer:
    """The pages by endpoint, and the files they load by path."""

    def __init__(self) -> None:
        self.files: dict[str, Answer] = {}
        paths = {name: self._served(name, content) for name, content in _contents().items()}
        page = (_static() / "explorer.html").read_text("utf-8")
        self.pages: Mapping[str, Answer] = {
            endpoint: _page(
                page, paths | {"title": f"{title} – Counterfoil", "schema": schema, "query": query}
            )
            for endpoint, (title, schema, query) in _ENDPOINTS.items()
        }

    def _served(self, name: str, content: bytes) -> str:
        """The path at which a file is served; another content has another one."""
        file = PurePosixPath(name)
        path = f"{PATH}/{file.stem}.{sha256(content).hexdigest()[:16]}{file.suffix}"
        headers = {"Content-Type": _TYPES[file.suffix], "Cache-Control": _KEPT_FOR_A_YEAR}
        self.files[path] = Answer(200, content, headers)
        return path


def _static() -> Traversable:
    return files("counterfoil.api") / "static"


def _contents() -> dict[str, bytes]:
    contents = {name: (_static() / name).read_bytes() for name in _OWN}
    listed = tomllib.loads((files("counterfoil.api") / "assets.toml").read_text("utf-8"))
    for package in listed["package"]:
        folder = _static() / "vendor" / f"{package['name']}-{package['version']}"
        for file in package["file"]:
            name = PurePosixPath(file["source"]).name
            contents[name] = (folder / name).read_bytes()
    return contents


def _page(page: str, values: Mapping[str, str]) -> Answer:
    for name, value in values.items():
        page = page.replace("{{" + name + "}}", escape(value))
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": POLICY,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Referrer-Policy": "same-origin",
        "Vary": "Accept",
    }
    return Answer(200, page.encode(), headers)
