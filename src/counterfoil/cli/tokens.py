"""Commands about access tokens: token create, token list, token revoke.

Owns their options. Leaves the making of tokens to administration.py. Next: send.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from counterfoil.cli.form import CONTEXT, EPILOG, told_by
from counterfoil.cli.frame import Wrong, frame_of, person, whole
from counterfoil.cli.output import note, write_json, write_line, write_table
from counterfoil.cli.told import nearest
from counterfoil.clock import machine_now
from counterfoil.tokens import Scope, TokenKind

if TYPE_CHECKING:
    from counterfoil.store.access import ListedToken

WARN_DAYS = 14


def add_to(application: typer.Typer) -> None:
    """Names the commands of this module."""
    group = typer.Typer(
        help="Access tokens: who may send orders and read reports.",
        rich_markup_mode=None,
        context_settings=CONTEXT,
    )
    group.command("create", help=CREATE, epilog=EPILOG)(create)
    group.command("list", help=LIST, epilog=EPILOG)(show)
    group.command("revoke", help=REVOKE, epilog=EPILOG)(revoke)
    application.add_typer(group, name="token", epilog=EPILOG)


CREATE = told_by(
    "Creates a token and prints it, this once.",
    "counterfoil token create --name shop --company 5500001 --scopes tracking,reporting",
    "counterfoil token create --name operations --operator --scopes admin",
)


def create(
    context: typer.Context,
    name: Annotated[str, typer.Option("--name", help="What you will know it by.")],
    scopes: Annotated[
        str, typer.Option("--scopes", help=f"What it is good for, with commas: {', '.join(Scope)}.")
    ],
    company: Annotated[
        str | None, typer.Option("--company", metavar="CID", help="The company it belongs to.")
    ] = None,
    operator: Annotated[bool, typer.Option("--operator", help="It belongs to the network itself.")] = False,
    kind: Annotated[
        str, typer.Option("--kind", metavar="live|test", help="A test token reaches the test endpoint alone.")
    ] = "live",
    expires_days: Annotated[
        str, typer.Option("--expires-days", metavar="N", help="Days until it expires; 0 for never.")
    ] = "365",
    enterprises: Annotated[
        str | None,
        typer.Option("--enterprises", help="Only these enterprise ids of the company, with commas."),
    ] = None,
    addresses: Annotated[
        str | None,
        typer.Option("--addresses", help="Only from these ranges, with commas, such as 10.0.0.0/8."),
    ] = None,
) -> None:
    """Prints the token alone on stdout, so that a script can take it."""
    if operator == (company is not None):
        raise Wrong(
            "A token belongs either to a company or to the operator.", "Give --company CID or --operator."
        )
    frame = frame_of(context)
    kinds, wanted = _kind(kind), [_scope(word) for word in _words(scopes)]
    company_id = None if company is None else whole(company, "--company")
    only = None if enterprises is None else [whole(word, "--enterprises") for word in _words(enterprises)]
    life_days = whole(expires_days, "--expires-days", most=36_500) or None
    from counterfoil import administration, app

    with app.administering(frame.settings()) as connection:
        token = administration.create_token(
            connection,
            name=name,
            kind=kinds,
            scopes=wanted,
            company_id=company_id,
            created_by=person(),
            enterprises=only,
            address_ranges=None if addresses is None else _words(addresses),
            life_days=life_days,
        )
    if frame.is_json:
        write_json({"token": token, "name": name, "kind": kinds, "scopes": wanted, "company_id": company_id})
        return
    write_line(token)
    note("Copy it now: it is stored as a hash and cannot be shown again.")


LIST = told_by("Lists all tokens, newest first.", "counterfoil token list", "counterfoil token list --json")


def show(context: typer.Context) -> None:
    """Shows what is known of each token; never the token."""
    frame = frame_of(context)
    from counterfoil import app
    from counterfoil.store import access

    with app.administering(frame.settings()) as connection:
        listed = access.list_tokens(connection)
    if frame.is_json:
        write_json({"tokens": [token._asdict() for token in listed]})
        return
    columns = ("id", "ends in", "kind", "name", "scopes", "company", "expires", "last used", "state")
    write_table(frame, columns, [_row(token) for token in listed])


REVOKE = told_by(
    "Ends a token at once.", "counterfoil token revoke 4tqJ0aZk", "counterfoil token revoke 4tqJ0aZk --json"
)


def revoke(
    context: typer.Context,
    token_id: Annotated[
        str, typer.Argument(metavar="ID", help="Its id: the first column of `counterfoil token list`.")
    ],
) -> None:
    """Says which token is over."""
    frame = frame_of(context)
    from counterfoil import administration, app

    with app.administering(frame.settings()) as connection:
        administration.revoke_token(connection, token_id, person())
    if frame.is_json:
        write_json({"revoked": token_id})
        return
    note(f"Token {token_id} is revoked.")


def _row(token: ListedToken) -> tuple[object, ...]:
    return (
        token.token_id,
        token.last4,
        token.kind,
        token.name,
        ", ".join(token.scopes),
        token.company_id or "operator",
        f"{token.expires_at:%Y-%m-%d}" if token.expires_at else "never",
        f"{token.last_used_at:%Y-%m-%d %H:%M} UTC from {token.last_used_from}"
        if token.last_used_at
        else "never",
        _state(token),
    )


def _state(token: ListedToken) -> str:
    """Active, or not any more, or not for long: warned of from a fortnight before."""
    if token.revoked_at is not None:
        return "revoked"
    if token.expires_at is None:
        return "active"
    days_left = (token.expires_at - machine_now()).days
    if days_left < 0:
        return "expired"
    return f"expires in {days_left} days" if days_left <= WARN_DAYS else "active"


def _kind(word: str) -> TokenKind:
    if word not in set(TokenKind):
        raise Wrong(f"There is no kind of token {word}.", nearest(word, TokenKind))
    return TokenKind(word)


def _scope(word: str) -> Scope:
    if word not in set(Scope):
        raise Wrong(f"There is no scope {word}.", nearest(word, Scope))
    return Scope(word)


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
