"""The command `send`: orders from a CSV file to any compatible server.

Owns its options and where the token comes from. Leaves the sending to sending/, and what is shown on the way
to send_progress.py, which is next.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from counterfoil.cli.form import EPILOG, told_by
from counterfoil.cli.frame import Frame, Wrong, frame_of, whole
from counterfoil.cli.output import note, write_json, write_line, write_table

if TYPE_CHECKING:
    from counterfoil.sending import Plan, Report, Stopped

GUIDE = "docs/how-to/send-a-csv.md"
CONCURRENCY_MAX = 32


def add_to(application: typer.Typer) -> None:
    """Names the command."""
    application.command("send", help=SEND, epilog=EPILOG)(send)


SEND = told_by(
    "Sends the orders of a CSV file to a Counterfoil or any other compatible server; run it again to go on.",
    "counterfoil send orders.csv --enterprise-id 1500001 --action-tracker-id 401 \\\n"
    "    --map order_id=id --map event_time=date --map amount=total --dry-run",
    "counterfoil send examples/cdnow_purchases.csv --enterprise-id 1500001 --action-tracker-id 401 \\\n"
    "    --ad-id 12000001 --property-id 9900001 --currency USD --map amount=amount_usd \\\n"
    "    --map event_time=date --map order_id='CDN-{customer_id}-{date}-{n}'",
)


def send(
    context: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A CSV file in UTF-8; its first line names the columns.")
    ],
    enterprise_id: Annotated[
        str, typer.Option("--enterprise-id", metavar="ID", help="The advertiser account of all orders.")
    ],
    action_tracker_id: Annotated[
        str, typer.Option("--action-tracker-id", metavar="ID", help="The action of all orders.")
    ],
    maps: Annotated[
        list[str],
        typer.Option(
            "--map",
            metavar="FIELD=SOURCE",
            help="A field of the order, and its column or 'text with {column}'; {n} counts equal results.",
        ),
    ],
    url: Annotated[
        str, typer.Option("--url", metavar="URL", help="The address of the Tracking API.", show_default=True)
    ] = "http://127.0.0.1:8080/graphql",
    token: Annotated[
        str | None,
        typer.Option(
            "--token",
            envvar="COUNTERFOIL_TOKEN",
            metavar="TOKEN",
            help="Access token (also COUNTERFOIL_TOKEN).",
        ),
    ] = None,
    token_file: Annotated[
        str | None, typer.Option("--token-file", metavar="FILE", help="A file with nothing but the token.")
    ] = None,
    ad_id: Annotated[str | None, typer.Option("--ad-id", metavar="AID", help="The ad of all orders.")] = None,
    property_id: Annotated[
        str | None,
        typer.Option("--property-id", metavar="PID", help="The publisher's property of all orders."),
    ] = None,
    currency: Annotated[
        str | None, typer.Option("--currency", metavar="CODE", help="The currency of all orders.")
    ] = None,
    kind: Annotated[
        str, typer.Option("--kind", metavar="create", help="What the rows ask for: new orders.")
    ] = "create",
    batch_size: Annotated[
        str, typer.Option("--batch-size", metavar="N", help="Orders in a request.", show_default=True)
    ] = "1000",
    concurrency: Annotated[
        str, typer.Option("--concurrency", metavar="N", help="Requests at the same time.", show_default=True)
    ] = "1",
    limit: Annotated[
        str | None, typer.Option("--limit", metavar="N", help="Only the first N rows of the file.")
    ] = None,
    state: Annotated[
        str | None,
        typer.Option(
            "--state",
            metavar="FILE",
            help="Where to remember what is done; by default a file of this folder.",
        ),
    ] = None,
    stop_on_refusal: Annotated[
        bool, typer.Option("--stop-on-refusal", help="End at the first batch that the server refuses.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read everything, show the first order, send nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Send live orders without asking.")] = False,
) -> None:
    """Sends, and says what was accepted and what was not."""
    frame = frame_of(context)
    from counterfoil import sending

    if kind != "create":
        raise Wrong(f"{kind} cannot be sent from a CSV file.", "Leave --kind out: each row is a new order.")
    sending.check_address(url)
    plan = sending.plan(
        Path(file),
        url,
        maps,
        sending.Fixed(
            enterprise_id=enterprise_id,
            action_tracker_id=whole(action_tracker_id, "--action-tracker-id"),
            ad_id=None if ad_id is None else whole(ad_id, "--ad-id"),
            property_id=None if property_id is None else whole(property_id, "--property-id"),
            currency=currency,
        ),
        batch_size=whole(batch_size, "--batch-size", least=1, most=sending.BATCH_MAX),
        concurrency=whole(concurrency, "--concurrency", least=1, most=CONCURRENCY_MAX),
        limit=None if limit is None else whole(limit, "--limit", least=1),
        stop_on_refusal=stop_on_refusal,
        state_path=None if state is None else Path(state),
    )
    if dry_run:
        _show_dry_run(frame, plan)
        return
    secret = _token(token, token_file)
    _ask(plan, yes=yes)
    _run(frame, plan, secret)


def _token(given: str | None, file: str | None) -> str:
    """The token from flag, environment, file or prompt."""
    text = given or ""
    if file is not None:
        try:
            text = Path(file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Wrong(
                f"The token file {file} cannot be read.", "Name a file with the token alone."
            ) from error
    if not text and sys.stdin.isatty():
        text = str(typer.prompt("Token", hide_input=True, err=True))
    text = text.strip()
    if not text:
        raise Wrong("There is no token.", "Give --token-file FILE, or set COUNTERFOIL_TOKEN.")
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise Wrong("The token holds blanks or other characters that no token has.", "Copy it again.")
    return text


def _ask(plan: Plan, *, yes: bool) -> None:
    is_test = plan.url.rstrip("/").endswith("graphqltest")
    if yes or is_test or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return
    typer.confirm(f"Send up to {plan.lines:,} live orders to {plan.url}?", abort=True, err=True)


def _show_dry_run(frame: Frame, plan: Plan) -> None:
    from counterfoil import sending
    from counterfoil.cli.send_progress import told_bad_row

    bad_rows: list[sending.BadRow] = []
    orders, first = 0, None
    for batch in sending.batches(
        plan, sending.State(digest=plan.digest, file=str(plan.file)), bad_rows.append
    ):
        first = first or batch.orders[0].fields
        orders += len(batch.orders)
    if frame.is_json:
        write_json({"dry_run": True, "orders": orders, "bad_rows": bad_rows, "first_order": first})
    else:
        for row in bad_rows:
            told_bad_row(frame, row)
        write_line(f"{orders:,} orders could be sent to {plan.url}; {len(bad_rows):,} rows could not.")
        if first is not None:
            write_table(frame, ("field of the first order", "value"), list(first.items()))
    if bad_rows:
        raise typer.Exit(1)


def _run(frame: Frame, plan: Plan, token: str) -> None:
    import asyncio

    from counterfoil import sending
    from counterfoil.cli.send_progress import remark, watching

    earlier = sending.load(plan.state_path, plan.digest, plan.file)
    if earlier.accepted:
        remark(
            frame,
            f"Going on at row {earlier.first_left:,}: {earlier.accepted:,} orders were accepted before,"
            f" says {plan.state_path}.",
        )
    with watching(frame, plan, earlier.accepted) as watch:
        try:
            report = asyncio.run(sending.send(plan, token, watch))
        except sending.Stopped as stopped:
            _say_how_far(plan, stopped)
            raise
        except KeyboardInterrupt:
            remark(
                frame,
                f"Interrupted. What was accepted is noted in {plan.state_path}; run the same again to go on.",
            )
            raise
    _show(frame, plan, report)
    if not report.all_accepted:
        raise typer.Exit(1)


def _say_how_far(plan: Plan, stopped: Stopped) -> None:
    from counterfoil import sending

    state = sending.load(plan.state_path, plan.digest, plan.file)
    stopped.fix += f" Accepted so far: {state.accepted:,}."


def _show(frame: Frame, plan: Plan, report: Report) -> None:
    tally = report.tally
    rate = round(tally.accepted / report.seconds) if report.seconds > 0 else 0
    if frame.is_json:
        write_json(
            {
                "accepted": tally.accepted,
                "accepted_before": tally.before,
                "refused": tally.refused,
                "bad_rows": tally.bad_rows,
                "sent_again": tally.again,
                "seconds": f"{report.seconds:.3f}",
                "orders_per_second": rate,
                "state": str(plan.state_path),
                "refused_batches": report.refusals,
                "rows_not_sent": report.bad_rows,
            }
        )
        return
    if not (tally.accepted or tally.refused):
        left = f", but {tally.bad_rows:,} rows that cannot be sent" if tally.bad_rows else ""
        note(f"Nothing left to send{left}: {tally.before:,} orders of {plan.file} were accepted before.")
    columns = ("accepted", "accepted before", "refused", "not sent", "seconds", "orders/s")
    figures = (tally.accepted, tally.before, tally.refused, tally.bad_rows)
    write_table(
        frame, columns, [(*(f"{figure:,}" for figure in figures), f"{report.seconds:.1f}", f"{rate:,}")]
    )
    if not report.all_accepted:
        note(f"fix: correct what is named above and run the same again; see: {GUIDE}")
