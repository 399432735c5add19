"""Plain pages: the form that pages without script share.

Owns the frame, the style sheet and the policy under which they are shown. Works offline and loads nothing
from elsewhere. Next: start_page.py, error_pages.py, which say what stands on them.
"""

from __future__ import annotations

from hashlib import sha256
from html import escape

from counterfoil.api.answers import Answer

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'none'; frame-ancestors 'none'; "
    "base-uri 'none'"
)

_STYLE = """\
:root { color-scheme: light dark; }
body { font: 1rem/1.6 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font: 600 1.5rem/1.3 ui-monospace, monospace; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 1.5rem 0 0; }
p { margin: .25rem 0 0; }
.said { font-size: 1.15rem; }
pre { background: color-mix(in srgb, currentColor 8%, transparent); padding: .75rem; margin: .25rem 0;
  white-space: pre-wrap; overflow-wrap: anywhere; }
dt { margin-top: .75rem; font-family: ui-monospace, monospace; }
dd { margin: 0; }
"""

STYLE_PATH = f"/help/style.{sha256(_STYLE.encode()).hexdigest()[:16]}.css"
"""Another content has another path, so that a browser may keep it."""


def style_sheet() -> dict[str, Answer]:
    """What the pages load, by path."""
    headers = {
        "Content-Type": "text/css; charset=utf-8",
        "Cache-Control": "public, max-age=31536000, immutable",
    }
    return {STYLE_PATH: Answer(200, _STYLE.encode(), headers)}


def page(content: str, title: str) -> Answer:
    """A page with this content, which is HTML, and this title, which is not."""
    text = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(title)} – Counterfoil</title>\n"
        f'<link rel="stylesheet" href="{STYLE_PATH}">\n</head>\n'
        f"<body>\n<main>\n{content}\n</main>\n</body>\n</html>\n"
    )
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": POLICY,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Referrer-Policy": "same-origin",
    }
    return Answer(200, text.encode(), headers)


def with_code(text: str) -> str:
    """Escaped text in which what stands between back-quotes is code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if n % 2 else part for n, part in enumerate(parts))
