"""The start page: what a person finds who opens the server's address in a browser.

Owns where it leads to. Shows nothing that a stranger may not see. Next: plain_pages.py for its form.
"""

from __future__ import annotations

from collections.abc import Mapping

from counterfoil import __version__
from counterfoil.api.answers import Answer
from counterfoil.api.plain_pages import page, with_code

_APIS = {
    "/graphql": "Tracking API: advertisers send, restate and cancel orders.",
    "/graphqltest": "Tracking API, test mode: the same, without effect on the live ledger.",
    "/query": "Commission Detail API: both sides read the ledger.",
}
_FILES = {
    "/schema/tracking.graphql": "Schema of the Tracking API.",
    "/schema/commission-detail.graphql": "Schema of the Commission Detail API.",
    "/help/errors": "Every error, outcome and warning: what it means, and what to do.",
    "/health/ready": "Whether orders can be taken now.",
}
_COMMANDS = """\
counterfoil doctor               # is everything as the promise needs it?
counterfoil token create --help  # a token for a client
counterfoil orders show ORDER    # what became of an order
counterfoil ledger verify        # every promise of the ledger"""


def start_page(has_explorer: bool) -> dict[str, Answer]:
    """The page by its path; without the explorer the endpoints have nothing to show to a browser."""
    how = "Open one to try it." if has_explorer else "Programs POST to them, with a token."
    content = [
        f"<h1>Counterfoil {__version__}</h1>",
        "<p>An affiliate network's order system. The server is up.</p>",
        "<h2>APIs</h2>",
        f"<p>{how}</p>",
        *_listed(_APIS, linked=has_explorer),
        "<h2>To look up</h2>",
        *_listed(_FILES, linked=True),
        "<h2>In the terminal</h2>",
        f"<pre>{_COMMANDS}</pre>",
    ]
    return {"/": page("\n".join(content), "Start")}


def _listed(entries: Mapping[str, str], *, linked: bool) -> list[str]:
    rows: list[str] = []
    for path, text in entries.items():
        name = f'<a href="{path}">{path}</a>' if linked else path
        rows.append(f"<dt>{name}</dt><dd>{with_code(text)}</dd>")
    return ["<dl>", *rows, "</dl>"]
