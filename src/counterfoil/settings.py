"""The settings: frozen, read once, each with a default and a clear error.

Owns names, defaults and origins: a flag wins over the environment, the environment over the file
`counterfoil.toml` in the data directory. The only module that reads the environment.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any

PREFIX = "COUNTERFOIL_"
FILE_NAME = "counterfoil.toml"
OF_COMMANDS = frozenset({"token"})
"""Variables that a single command takes instead of an option; no settings."""
_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,3})?", re.ASCII)


class SettingError(Exception):
    """A setting that cannot be used: says which, where it came from, and what it may be."""

    def __init__(self, sentence: str, fix: str) -> None:
        """`sentence` says what is wrong, `fix` what to do."""
        super().__init__(sentence)
        self.sentence = sentence
        self.fix = fix


def _setting(
    default: Any, meaning: str, *, choices: tuple[str, ...] = (), form: str = "", secret: bool = False
) -> Any:
    """`form` is a pattern for values beside the choices."""
    metadata = {"meaning": meaning, "choices": choices, "form": form, "secret": secret}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting. The environment's name of `port` is `COUNTERFOIL_PORT`, and so on."""

    data_dir: Path = _setting(Path(".counterfoil"), "Where the embedded database and its files are kept.")
    database_url: str = _setting(
        "", "A PostgreSQL 15 or newer to use instead of the embedded one.", secret=True
    )
    database_owner_url: str = _setting(
        "", "The same database as the role that may migrate it; by default `database_url`.", secret=True
    )
    database_account: str = _setting(
        "counterfoil", "System account that the embedded database runs under when started by root."
    )
    host: str = _setting("127.0.0.1", "Address to serve on.")
    port: int = _setting(8080, "Port to serve on.")
    workers: int = _setting(1, "API processes.")
    readers: int = _setting(
        1, "Processes that read large orders' requests beside the API processes; 0 has these do it."
    )
    processors: int = _setting(1, "Processes that decide and post orders.")
    processor_niceness: int = _setting(
        5,
        "How far processors stand back where API processes want the same core, up to 19, as of nice(1); "
        "0 for not at all.",
    )

    explorer: str = _setting(
        "on", "Whether a browser that opens /graphql gets the explorer.", choices=("on", "off")
    )
    token_error_status: str = _setting(
        "200", "HTTP status of Missing Token and Invalid Token.", choices=("200", "401")
    )
    introspection: str = _setting(
        "token", "Who may introspect: with a token, everyone, nobody.", choices=("token", "open", "off")
    )
    body_mb_max: int = _setting(100, "Largest body in MB, before and after decompression.")
    metrics: str = _setting(
        "loopback",
        "Who sees /metrics: this machine, or an operator's `admin` token; that alone; everyone; nobody.",
        choices=("loopback", "admin", "open", "off"),
    )
    verify_every_minutes: int = _setting(
        60, "How often one processor checks the orders that were touched since; 0 for never."
    )
    traces: str = _setting(
        "off",
        "Where OpenTelemetry traces go; needs the extra `otel`, and for otlp its exporter.",
        choices=("off", "console", "otlp", "otlp_proto_http", "otlp_proto_grpc"),
    )
    log_format: str = _setting(
        "auto",
        "Form of the log: text on a terminal and JSON elsewhere, or one of the two.",
        choices=("auto", "json", "text"),
    )
    log_level: str = _setting(
        "info",
        "Least level of a line in the log; at debug, exceptions are told in their own words.",
        choices=("debug", "info", "warning", "error"),
    )
    log_requests: str = _setting(
        "on", "Whether each accepted request has a line in the log, at level info.", choices=("on", "off")
    )
    rate_limit: str = _setting(
        "off",
        "Calls that one token may make in so many seconds, such as 200/300; each API process counts its own.",
        choices=("off",),
        form=r"[1-9][0-9]{0,8}/[1-9][0-9]{0,8}",
    )
    future_tolerance_s: int = _setting(0, "How many seconds ahead of the clock a time may be.")
    orders_max: int = _setting(10_000, "Most orders in one request.")
    orders_max_answer: str = _setting("504", "Answer to more orders than that.", choices=("504", "payload"))
    items_max: int = _setting(100, "Most items in one order.")
    order_id_too_long: str = _setting(
        "reject", "What becomes of an order id over 96 characters.", choices=("reject", "truncate")
    )
    update_time_behind: str = _setting(
        "apply", "What becomes of a change older than the last one.", choices=("apply", "reject")
    )
    declined_not_open_ended: str = _setting(
        "reject", "What becomes of Declined on an order that is not open-ended.", choices=("reject", "ignore")
    )
    accepted_lock: str = _setting("cycle", "When an accepted order locks.", choices=("cycle", "immediate"))
    rate_age_days_max: int = _setting(5, "Oldest daily conversion rate that still serves, in days.")
    shape_selections_max: int = _setting(500, "Most selections in a document.")
    shape_expanded_max: int = _setting(1000, "Most selections with fragments expanded.")
    shape_repeats_max: int = _setting(4, "Most times one response name may stand in a selection set.")
    shape_aliases_max: int = _setting(20, "Most aliases in a document.")
    shape_root_fields_max: int = _setting(10, "Most root fields of the operation.")
    shape_fragments_max: int = _setting(20, "Most fragments in a document.")
    shape_variables_max: int = _setting(20, "Most variables of a document.")
    shape_operations_max: int = _setting(5, "Most operations in a document.")
    shape_directives_max: int = _setting(20, "Most directives in a document.")
    shape_comments_kb_max: int = _setting(64, "Most comment text in a document, in KB.")
    shape_tokens_max: int = _setting(10_000_000, "Most tokens of a document on the ordinary path.")
    shape_depth_max: int = _setting(16, "Deepest selection.")
    shape_value_depth_max: int = _setting(8, "Deepest input value.")
    shape_variables_depth_max: int = _setting(16, "Deepest JSON of the variables.")
    minimum_payment: str = _setting("0", "Least amount of a statement that is paid; less is carried over.")
    page_records_max: int = _setting(10_000, "Records on one page of a commission report.")
    large_body_kb: int = _setting(64, "From this size on a request is large, in KB.")
    large_requests_max: int = _setting(
        2, "Large requests that a reader, or an API process without one, judges at the same time; more wait."
    )
    large_waiting_max: int = _setting(16, "Large requests that may wait for their turn; beyond it 504.")
    bodies_mb_max: int = _setting(
        512, "Request bodies that an API process holds at the same time, in MB; beyond it 504."
    )
    waiting_mb_max: int = _setting(256, "Accepted work that may wait for its commit, in MB; beyond it 504.")
    connections_max: int = _setting(
        4_000, "Connections that an API process holds at the same time; beyond it 504."
    )
    connections_address_max: int = _setting(
        2_000, "Connections from one address to an API process; beyond it 504."
    )
    trusted_proxies: str = _setting(
        "",
        "Addresses of proxies that may say in X-Forwarded-For whom they speak for, separated by commas, "
        "such as 10.0.0.7,10.1.0.0/16.",
    )
    chunk_submissions_max: int = _setting(5_000, "Submissions a processor decides in one transaction.")

    crashpoint: str = _setting("", "For crash tests: name[:nth] of the point at which a process ends itself.")

    origins: Mapping[str, str] = field(default_factory=dict)
    """Where each value that is not a default came from."""

    def minimum_payment_amount(self) -> Decimal:
        """The least amount of a statement that is paid, in the publisher's currency."""
        if not _AMOUNT.fullmatch(self.minimum_payment):
            raise SettingError(
                f"minimum_payment is {self.minimum_payment!r}, not an amount.", "Use an amount such as 50.00."
            )
        return Decimal(self.minimum_payment)

    def as_environment(self) -> dict[str, str]:
        """The environment in which a process of ours reads the same settings."""
        ours = {f"{PREFIX}{name.upper()}": str(getattr(self, name)) for name in self.origins}
        return {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)} | ours


NAMES = tuple(f.name for f in fields(Settings) if f.name != "origins")
FIELDS = {f.name: f for f in fields(Settings)}


def read_settings(
    flags: Mapping[str, object] | None = None, environment: Mapping[str, str] | None = None
) -> Settings:
    """The settings in force: flag, then environment, then file, then default.

    Raises SettingError for an unknown name (with the nearest one) and for a value out of its range.
    """
    environment = os.environ if environment is None else environment
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    from_environment = dict(_from_environment(environment))
    data_dir = Path(str(given.get("data_dir") or from_environment.get("data_dir") or Settings.data_dir))
    for origin, source in (
        (str(data_dir / FILE_NAME), _from_file(data_dir / FILE_NAME)),
        ("environment", from_environment),
        ("flag", given),
    ):
        for name, value in source.items():
            values[name] = _checked(name, value, origin)
            origins[name] = origin
    return Settings(**values, origins=origins)


def _from_environment(environment: Mapping[str, str]) -> list[tuple[str, str]]:
    found = []
    for variable, value in environment.items():
        if not variable.startswith(PREFIX):
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name in OF_COMMANDS:
            continue
        _known(name, variable)
        if value != "":
            found.append((name, value))
    return found


def _from_file(path: Path) -> dict[str, object]:
    if not path.exists():
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(f"{path} cannot be read: {error}.", "Write it as TOML: name = value.") from error
    for name in content:
        _known(name, f"{path}: {name}")
    return content


def _known(name: str, shown: str) -> None:
    if name in NAMES:
        return
    near = get_close_matches(name, NAMES, n=1)
    fix = f"Did you mean {near[0]}?" if near else "See docs/reference/settings.md for the names."
    raise SettingError(f"There is no setting {shown}.", fix)


def _checked(name: str, value: object, origin: str) -> object:
    default = FIELDS[name].default
    choices = FIELDS[name].metadata["choices"]
    if isinstance(default, Path):
        return Path(str(value))
    if isinstance(default, int):
        return _whole_number(name, value, origin)
    form = FIELDS[name].metadata["form"]
    if choices and str(value) not in choices and not (form and re.fullmatch(form, str(value))):
        example = " or a value such as 200/300" if form else ""
        raise SettingError(
            f"{name} (from {origin}) is {value!r}, which is not one of its values.",
            f"Use {' or '.join(choices)}{example}.",
        )
    return str(value)


def _whole_number(name: str, value: object, origin: str) -> int:
    text = str(value)
    if not (text.isascii() and text.isdigit()):
        raise SettingError(
            f"{name} (from {origin}) is {value!r}, not a whole number.",
            f"Use a number such as {FIELDS[name].default}.",
        )
    return int(text)
