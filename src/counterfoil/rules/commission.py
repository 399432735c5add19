"""Commission: what an order earns its publisher, costs its advertiser and brings the network.

Owns the choice of rules and the pricing of one state of an order (spec/processing.md, section 9). Decides on
no order. Next: figures.py for the formulas, situations.py for conditions, ledger.py for the records.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, localcontext

from msgspec import Struct
from msgspec.structs import replace

from counterfoil.errors import Code
from counterfoil.model.ledger import Amounts, Credit, Money3, PricedItem, Pricing, Rates, Stated
from counterfoil.model.programme import (
    ActionTerms,
    ActionTracker,
    CommissionRule,
    Fee,
    Flat,
    Network,
    Terms,
)
from counterfoil.money import EXACT, ZERO, plain, round3
from counterfoil.rules.amounts import Worth, reckon_worth
from counterfoil.rules.figures import Column
from counterfoil.rules.situations import facts_of, holds

_ZEROS = Money3(adv=ZERO, pub=ZERO, usd=ZERO)
_NO_RATES: Mapping[str, Rates] = {}
_NO_FLATS: dict[str, Decimal] = {}
_SHOWN_IN = {
    (False, False): " adv",
    (True, False): " adv pub",
    (False, True): " adv usd",
    (True, True): " adv pub usd",
}
"""The currencies that the advertiser's column is shown in: whether the publisher's and USD convert alike."""


class Priced(Struct, frozen=True, kw_only=True):
    """The reported figures of one state of an order, and what is odd about what was sent."""

    pricing: Pricing
    warnings: tuple[Code, ...]


class RateMissing(Struct, frozen=True, kw_only=True):
    """A flat amount that applies is in a currency for which no rates came in: hold the submission (D82)."""

    currency: str


def flat_currencies(terms: Terms, action_terms: ActionTerms) -> frozenset[str]:
    """The currencies of flat commissions and fees, for which `price` may need rates."""
    currencies = action_terms.flat_currencies
    return currencies | {terms.fee.currency} if isinstance(terms.fee, Flat) else currencies


def price(
    stated: Stated,
    *,
    tracker: ActionTracker,
    terms: Terms,
    action_terms: ActionTerms,
    network: Network,
    event_time: datetime,
    currency: str,
    rates: Rates,
    credit: Credit,
    flat_rates: Mapping[str, Rates] = _NO_RATES,
) -> Priced | RateMissing:
    """The figures of an order as stated, by its terms; rounded exactly where a formula rounds.

    `currency` is the order's, in upper case, and `rates` are its own. `flat_rates` are those of the other
    currencies that `flat_currencies` names, as far as there are any; a missing one matters only if the
    chosen rules or the fee need it. Item lists count as of `event_time` (D66).
    """
    with localcontext(EXACT):
        worth = reckon_worth(stated, is_item_based=tracker.type.is_item_based)
        ranked = _ranked(stated, worth, action_terms, network, event_time, rates, credit)
        chosen = _chosen(ranked, worth)
        whole = _choose_whole(ranked) if not worth.lines else None
        used = chosen or (whole,)

        known: Mapping[str, Rates] = _NO_RATES
        if flat_currencies(terms, action_terms):
            known = {}
            needed = [rule.rate for rule in used if rule is not None]
            for rate in (*needed, terms.fee):
                if isinstance(rate, Flat) and rate.currency not in known:
                    own = rates if rate.currency == currency else flat_rates.get(rate.currency)
                    if own is None:
                        return RateMissing(currency=rate.currency)
                    known[rate.currency] = own

        columns = _columns(worth, chosen, whole, terms.fee, rates, known)
        pricing = Pricing(
            amounts=_amounts(columns, worth),
            items=_items(columns, worth, chosen),
            situations=_situations(used, network),
            rule=whole.rank if whole is not None else None,
            steps=_steps(columns, worth),
        )
    return Priced(pricing=pricing, warnings=worth.warnings)


def nothing(previous: Pricing) -> Pricing:
    """The zero state of a cancellation: the prior items and situations, every quantity and amount 0."""
    return Pricing(
        amounts=Amounts(
            sale=_ZEROS, commission=_ZEROS, fee=_ZEROS, order_discount=_ZEROS, order_discount_original=ZERO
        ),
        items=tuple(
            replace(item, quantity=0, per_item=_ZEROS, commission=_ZEROS, discount=_ZEROS)
            for item in previous.items
        ),
        situations=previous.situations,
        rule=previous.rule,
    )


# ── the choice of rules ──────────────────────────────────────────────────────────────────────────────

_Ranked = list[tuple[CommissionRule, frozenset[str] | None]]
"""Rules whose conditions hold, by rank, with the SKUs of their list; after one without list none counts."""


def _ranked(
    stated: Stated,
    worth: Worth,
    action_terms: ActionTerms,
    network: Network,
    event_time: datetime,
    rates: Rates,
    credit: Credit,
) -> _Ranked:
    facts = None
    judged: dict[int, bool] = {}
    ranked: _Ranked = []
    for rule in action_terms.rules_by_rank:
        if rule.properties and credit.property_id not in rule.properties:
            continue
        if rule.situation is not None:
            if facts is None:
                facts = facts_of(stated, credit, worth.net * rates.adv.value)
            if rule.situation not in judged:
                judged[rule.situation] = holds(network.situations[rule.situation], facts)
            if not judged[rule.situation]:
                continue
        if rule.item_list is None:
            ranked.append((rule, None))
            break
        listed = network.item_list_at(rule.item_list, event_time)
        ranked.append((rule, listed.skus if listed is not None else frozenset()))
    return ranked


def _chosen(ranked: _Ranked, worth: Worth) -> tuple[CommissionRule | None, ...]:
    """The rule of each item."""
    if ranked and ranked[0][1] is None:
        return (ranked[0][0],) * len(worth.lines)
    return tuple([_choose(ranked, line.sku) for line in worth.lines])


def _choose(ranked: _Ranked, sku: str) -> CommissionRule | None:
    """The rule of one item: the first whose list, if any, contains its SKU, exactly."""
    for rule, skus in ranked:
        if skus is None or sku in skus:
            return rule
    return None


def _choose_whole(ranked: _Ranked) -> CommissionRule | None:
    """The rule of an order that counts as one sum: the first without item list."""
    for rule, skus in ranked:
        if skus is None:
            return rule
    return None


def _situations(used: tuple[CommissionRule | None, ...], network: Network) -> tuple[tuple[int, str], ...]:
    ids = {rule.situation: None for rule in used if rule is not None and rule.situation is not None}
    return tuple([(situation, network.situations[situation].name) for situation in ids])


# ── the three currencies side by side ────────────────────────────────────────────────────────────────

_Columns = tuple[Column, Column, Column]
"""Of the advertiser, the publisher, and in USD; one and the same where they convert alike."""


def _columns(
    worth: Worth,
    chosen: tuple[CommissionRule | None, ...],
    whole: CommissionRule | None,
    fee: Fee | None,
    rates: Rates,
    flat_rates: Mapping[str, Rates],
) -> _Columns:
    by_adv, by_pub, by_usd = rates.adv.value, rates.pub.value, rates.usd.value
    if not flat_rates:
        adv_flats = pub_flats = usd_flats = _NO_FLATS
    else:
        adv_flats = {code: own.adv.value for code, own in flat_rates.items()}
        pub_flats = {code: own.pub.value for code, own in flat_rates.items()}
        usd_flats = {code: own.usd.value for code, own in flat_rates.items()}
    adv_is_pub = by_adv == by_pub and adv_flats == pub_flats
    adv_is_usd = by_adv == by_usd and adv_flats == usd_flats
    pub_is_usd = not adv_is_usd and by_pub == by_usd and pub_flats == usd_flats

    adv = Column(by_adv, adv_flats, _SHOWN_IN[adv_is_pub, adv_is_usd])
    adv.reckon(worth, chosen, whole, fee)
    pub = usd = adv
    if not adv_is_pub:
        pub = Column(by_pub, pub_flats, " pub usd" if pub_is_usd else " pub")
        pub.reckon(worth, chosen, whole, fee)
    if pub_is_usd:
        usd = pub
    elif not adv_is_usd:
        usd = Column(by_usd, usd_flats, " usd")
        usd.reckon(worth, chosen, whole, fee)
    return adv, pub, usd


def _amounts(columns: _Columns, worth: Worth) -> Amounts:
    adv, pub, usd = columns
    nothing_off = not worth.discounts
    return Amounts(
        sale=Money3(adv=adv.sale, pub=pub.sale, usd=usd.sale),
        commission=Money3(adv=adv.commission, pub=pub.commission, usd=usd.commission),
        fee=Money3(adv=adv.fee, pub=pub.fee, usd=usd.fee),
        order_discount=_ZEROS
        if nothing_off
        else Money3(adv=adv.discount, pub=pub.discount, usd=usd.discount),
        order_discount_original=ZERO if nothing_off else round3(worth.discounts),
    )


def _items(
    columns: _Columns, worth: Worth, chosen: tuple[CommissionRule | None, ...]
) -> tuple[PricedItem, ...]:
    adv, pub, usd = columns
    items = []
    for line, rule, in_adv, in_pub, in_usd in zip(
        worth.lines, chosen, adv.items, pub.items, usd.items, strict=True
    ):
        adv_item, adv_commission, adv_discount = in_adv
        pub_item, pub_commission, pub_discount = in_pub
        usd_item, usd_commission, usd_discount = in_usd
        items.append(
            PricedItem(
                sku=line.sku,
                quantity=line.quantity,
                per_item=Money3(adv=adv_item, pub=pub_item, usd=usd_item),
                commission=Money3(adv=adv_commission, pub=pub_commission, usd=usd_commission),
                discount=Money3(adv=adv_discount, pub=pub_discount, usd=usd_discount)
                if line.discount
                else _ZEROS,
                rule=rule.rank if rule is not None else None,
                item_list=rule.item_list if rule is not None else None,
                situation=rule.situation if rule is not None else None,
            )
        )
    return tuple(items)


def _steps(columns: _Columns, worth: Worth) -> tuple[tuple[str, str], ...]:
    """What rounding changed: the figure with the currencies it is shown in, and its exact value."""
    adv, pub, usd = columns
    steps = adv.steps
    if pub is not adv:
        steps = steps + pub.steps
    if usd is not adv and usd is not pub:
        steps = steps + usd.steps
    if worth.discounts and round3(worth.discounts) != worth.discounts:
        steps = [*steps, ("order_discount_original", plain(worth.discounts))]
    return tuple(steps)
