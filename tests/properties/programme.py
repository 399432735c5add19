"""The demo network in the judge's own words, and the versions that may follow it.

Owns data alone, written by hand from the specification of the demo network. Next: model.py, which applies it.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import NamedTuple

EVER = datetime(1997, 1, 1, tzinfo=UTC)
NORTHWIND, ALPINE = 5500001, 5500002
A, B, STRANGER = 7700001, 7700002, 7700009


def day(month: int, number: int) -> datetime:
    """Midnight UTC of a day of 2026."""
    return datetime(2026, month, number, tzinfo=UTC)


class Rule(NamedTuple):
    """One rank: a share in per cent or a flat amount with its currency, a situation, an item list."""

    percent: str | None = None
    flat: tuple[str, str] | None = None
    situation: int | None = None
    listed: int | None = None


class Incentive(NamedTuple):
    """A threshold of orders, sales or commission in a month; an amount for it, or per cent of sales."""

    kind: str
    threshold: str
    amount: str
    is_percent: bool = False


class Paid(NamedTuple):
    """What a contract pays for one action."""

    locking: str
    rules: tuple[Rule, ...]
    days: int = 600
    referral_days: int = 120
    limit: int | None = None
    channels: tuple[str, ...] = ()
    incentives: tuple[Incentive, ...] = ()


class Terms(NamedTuple):
    """Terms from an event time on; the fee is a form, an amount and a currency."""

    valid_from: datetime
    fee: tuple[str, str, str]
    paid: dict[int, Paid]


class Click(NamedTuple):
    """Who sent a shopper, and how many hours before the beginning."""

    publisher: int
    property: int
    ad: int
    advertiser: int
    hours_before: int = 1


CLICKS = {
    "click-a": Click(A, 9900001, 12000001, NORTHWIND),
    "click-b": Click(B, 9900002, 12000001, NORTHWIND),
    "click-b-alpine": Click(B, 9900002, 12000002, ALPINE),
    "click-a-old": Click(A, 9900001, 12000001, NORTHWIND, 119 * 24),
    "click-a-alpine": Click(A, 9900001, 12000002, ALPINE),
    "click-stranger": Click(STRANGER, 9900009, 12000001, NORTHWIND),
}

_RANKS = (Rule("12", situation=31, listed=77), Rule("9", listed=77), Rule("6", situation=31), Rule("5"))
_SHARE = ("percent", "10", "")


@dataclass
class Programme:
    """What one version of the network says."""

    enterprises: dict[int, int] = field(
        default_factory=lambda: {1500001: NORTHWIND, 1500002: ALPINE, 1500003: ALPINE}
    )
    currencies: dict[int, str] = field(
        default_factory=lambda: {NORTHWIND: "USD", ALPINE: "EUR", A: "USD", B: "EUR", STRANGER: "USD"}
    )
    properties: dict[int, int] = field(
        default_factory=lambda: {9900001: A, 9900002: B, 9900003: B, 9900009: STRANGER}
    )
    ads: dict[int, int] = field(default_factory=lambda: {12000001: NORTHWIND, 12000002: ALPINE})
    trackers: dict[int, tuple[int, bool]] = field(
        default_factory=lambda: {
            401: (1500001, False),
            402: (1500001, True),
            403: (1500001, False),
            404: (1500001, True),
            405: (1500001, False),
            451: (1500002, False),
        }
    )
    """The enterprise, and whether amounts come from items."""
    contracts: dict[tuple[int, int], datetime | None] = field(
        default_factory=lambda: {(NORTHWIND, A): None, (NORTHWIND, B): None, (ALPINE, B): None}
    )
    """When each ends."""
    terms: dict[tuple[int, int], list[Terms]] = field(
        default_factory=lambda: {
            (NORTHWIND, A): [
                Terms(
                    EVER,
                    _SHARE,
                    {
                        401: Paid("FIXED_DATE", (Rule("8"),)),
                        402: Paid("FIXED_DATE", _RANKS),
                        403: Paid("IMMEDIATE", (Rule(flat=("3.00", "USD")),)),
                        404: Paid("FIXED_DURATION", _RANKS, 30),
                        405: Paid("OPEN_ENDED", (Rule("7"),)),
                    },
                )
            ],
            (NORTHWIND, B): [
                Terms(
                    EVER,
                    _SHARE,
                    {
                        401: Paid("FIXED_DATE", (Rule("6"),)),
                        402: Paid("FIXED_DATE", (Rule("4"),)),
                        403: Paid("IMMEDIATE", (Rule(flat=("2.00", "EUR")),)),
                        404: Paid("FIXED_DURATION", (Rule("4"),), 30),
                        405: Paid("OPEN_ENDED", (Rule("5"),)),
                    },
                )
            ],
            (ALPINE, B): [
                Terms(EVER, _SHARE, {451: Paid("OPEN_ENDED", (Rule("6", situation=32), Rule("4")))})
            ],
        }
    )
    lists: dict[int, list[tuple[datetime, frozenset[str]]]] = field(
        default_factory=lambda: {77: [(EVER, frozenset({"LP-1001", "LP-1002", "BOX-9"}))]}
    )
    coupons: dict[tuple[int, str], list[tuple[datetime, datetime | None, int]]] = field(
        default_factory=lambda: {
            (NORTHWIND, "vinyl10"): [(EVER, None, A)],
            (NORTHWIND, "staff50"): [(EVER, None, 0)],
        }
    )
    """From, until, and whose it is; 0 means that it is excluded."""
    rates: list[tuple[str, date, str]] = field(
        default_factory=lambda: [("USD", EVER.date(), "1.10"), ("GBP", EVER.date(), "0.88")]
    )
    """Currency, first day, units for one euro."""


def later(programme: Programme, change: str) -> Programme:
    """The next version of the network, which knows one change more."""
    new = deepcopy(programme)
    a, b = new.terms[NORTHWIND, A], new.terms[NORTHWIND, B]
    match change:
        case "francs":
            new.rates.append(("CHF", EVER.date(), "0.95"))
        case "later francs":
            new.rates.append(("CHF", date(2026, 3, 12), "0.93"))
        case "dollar falls":
            new.rates.append(("USD", date(2026, 3, 5), "1.2345"))
        case "terms of A":
            paid = {
                401: Paid("FIXED_DATE", (Rule("10.5"),), channels=("Search",)),
                402: Paid("FIXED_DATE", (Rule("7.25", listed=77), Rule(flat=("0.333", "EUR")))),
                404: Paid("FIXED_DURATION", _RANKS, 7),
                405: Paid("OPEN_ENDED", (Rule("7"),), 500),
            }
            a.append(Terms(day(2, 20), ("percent_of_sale", "1.5", ""), paid))
            a.sort(key=lambda terms: terms.valid_from)
        case "terms of B":
            new.trackers[406] = (1500001, False)
            paid = {
                **b[0].paid,
                401: Paid("FIXED_DATE", (Rule(flat=("2.505", "GBP")),)),
                406: Paid("FIXED_DATE", (Rule("3"),), referral_days=60, limit=2),
            }
            b.append(Terms(day(2, 25), ("flat", "0.20", "USD"), paid))
        case "incentives":
            rewarded = (
                a[0]
                .paid[401]
                ._replace(
                    incentives=(
                        Incentive("orders", "2", "50.00"),
                        Incentive("orders", "1", "7.333"),
                        Incentive("sales", "150.5", "1.25", is_percent=True),
                    )
                )
            )
            percent = Incentive("commission", "5", "0.7", is_percent=True)
            items = Paid("FIXED_DATE", (Rule("5"),), incentives=(percent,))
            a.append(Terms(day(3, 2), _SHARE, {**a[0].paid, 401: rewarded, 402: items}))
            a.sort(key=lambda terms: terms.valid_from)
        case "list":
            new.lists[77].append((day(3, 3), frozenset({"LP-1001", "CD-5"})))
        case "coupons":
            new.coupons[NORTHWIND, "spring"] = [(day(2, 25), day(3, 20), B)]
            new.coupons[NORTHWIND, "staff50"] = [(EVER, day(3, 10), 0)]
        case "contract ends":
            new.contracts[NORTHWIND, A] = day(3, 25)
        case _:
            raise AssertionError(change)
    return new


_OPEN = "referral_days = 120"
_RULES = """rules = [
  { rank = 1, rate = { percent = 12 }, situation = 31, item_list = 77 },
  { rank = 2, rate = { percent = 9 }, item_list = 77 },
  { rank = 3, rate = { percent = 6 }, situation = 31 },
  { rank = 4, rate = { percent = 5 } },
]"""


def _rate(source: str, currency: str, since: str, per_euro: str) -> str:
    return (
        f'[[rates]]\nsource = "{source}"\nkind = "fixed"\nvalid_from = {since}\n'
        f'per_euro = {{ {currency} = "{per_euro}" }}\n'
    )


def _action(tracker: int, locking: str, rules: str, rest: str = _OPEN) -> str:
    return f"[[terms.actions]]\ntracker = {tracker}\nlocking = {{ {locking} }}\n{rest}\n{rules}\n"


def _one(rate: str) -> str:
    return f"rules = [ {{ rank = 1, rate = {{ {rate} }} }} ]"


ADDED = {
    "francs": _rate("treasury", "CHF", "1997-01-01", "0.95"),
    "later francs": _rate("other treasury", "CHF", "2026-03-12", "0.93"),
    "dollar falls": _rate("market", "USD", "2026-03-05", "1.2345"),
    "terms of A": (
        '[[terms]]\nid = 701\ncontract = 601\nname = "A, second"\nvalid_from = 2026-02-20\n'
        "fee = { percent_of_sale = 1.5 }\n"
        + _action(
            401, 'method = "FIXED_DATE"', _one("percent = 10.5"), _OPEN + '\nexcluded_channels = ["Search"]'
        )
        + _action(
            402,
            'method = "FIXED_DATE"',
            "rules = [ { rank = 1, rate = { percent = 7.25 }, item_list = 77 },"
            ' { rank = 2, rate = { flat = "0.333", currency = "EUR" } } ]',
        )
        + _action(404, 'method = "FIXED_DURATION", days = 7', _RULES)
        + _action(405, 'method = "OPEN_ENDED", days = 500', _one("percent = 7"))
    ),
    "terms of B": (
        '[[action_trackers]]\nid = 406\nenterprise = 1500001\nname = "Gift"\ntype = "sim_sale"\n'
        '[[terms]]\nid = 702\ncontract = 602\nname = "B, second"\nvalid_from = 2026-02-25\n'
        'fee = { flat = "0.20", currency = "USD" }\n'
        + _action(401, 'method = "FIXED_DATE"', _one('flat = "2.505", currency = "GBP"'))
        + _action(402, 'method = "FIXED_DATE"', _one("percent = 4"))
        + _action(403, 'method = "IMMEDIATE"', _one('flat = "2.00", currency = "EUR"'))
        + _action(404, 'method = "FIXED_DURATION", days = 30', _one("percent = 4"))
        + _action(405, 'method = "OPEN_ENDED"', _one("percent = 5"))
        + _action(
            406,
            'method = "FIXED_DATE"',
            _one("percent = 3"),
            "referral_days = 60\nreferral_occurrences = 2",
        )
    ),
    "incentives": (
        '[[terms]]\nid = 711\ncontract = 601\nname = "A, third"\nvalid_from = 2026-03-02\n'
        "fee = { percent = 10 }\n"
        + _action(401, 'method = "FIXED_DATE"', _one("percent = 8"))
        + "incentives = [\n"
        '  { threshold = { orders = 2 }, reward = { flat = "50.00", currency = "USD" } },\n'
        '  { threshold = { orders = 1 }, reward = { flat = "7.333", currency = "USD" } },\n'
        '  { threshold = { sales = "150.5" }, reward = { percent_of_sale = "1.25" } },\n]\n'
        + _action(402, 'method = "FIXED_DATE"', _one("percent = 5"))
        + 'incentives = [ { threshold = { commission = 5 }, reward = { percent_of_sale = "0.7" } } ]\n'
        + _action(403, 'method = "IMMEDIATE"', _one('flat = "3.00", currency = "USD"'))
        + _action(404, 'method = "FIXED_DURATION", days = 30', _RULES)
        + _action(405, 'method = "OPEN_ENDED"', _one("percent = 7"))
    ),
    "list": (
        '[[item_lists]]\nid = 77\nadvertiser = 5500001\nvalid_from = 2026-03-03\nskus = ["LP-1001", "CD-5"]\n'
    ),
    "coupons": (
        '[[coupons]]\ncode = "SPRING"\nadvertiser = 5500001\nvalid_from = 2026-02-25\n'
        "valid_until = 2026-03-20\nexclusive_to = 7700002\n"
    ),
    "contract ends": "",
}
CHANGES = tuple(ADDED)


def written(text: str, change: str, based_on: int) -> str:
    """The network file that says the change, from the file that stands."""
    lines = [f"based_on = {based_on}" if line.startswith("based_on") else line for line in text.splitlines()]
    text = "\n".join(lines) + "\n"
    if change == "contract ends":
        old = "id = 601\nadvertiser = 5500001\npublisher = 7700001\nstart = 1997-01-01\n"
        assert old in text
        text = text.replace(old, old + "end = 2026-03-25\n")
    if change == "coupons":
        old = 'code = "STAFF50"\nadvertiser = 5500001\nvalid_from = 1997-01-01\n'
        assert old in text
        text = text.replace(old, old + "valid_until = 2026-03-10\n")
    return text + "\n" + ADDED[change]
