"""Attribution: the conditions of spec/processing.md, sections 3 to 6, one by one and in their order.

Owns who is credited and what is recorded only. Leaves money to test_commission.py.
"""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from counterfoil.errors import Code
from counterfoil.model.ledger import Click
from counterfoil.model.orders import BypassChannel, NewOrder
from counterfoil.model.programme import Ad, Network
from counterfoil.rules.attribution import Commissionable, NotCommissionable, click_named, judge, lowest_free
from counterfoil.rules.coupons import coupons_in, judge_restated
from tests.rules.demo_network import (
    ALPINE,
    ALPINE_AD,
    CLICKED_AT,
    EVENT_TIME,
    LONELY_BLOG,
    NETWORK,
    NORTHWIND,
    NORTHWIND_AD,
    SPARFUCHS,
    VINYL_DIGEST,
    VINYL_TERMS,
    click,
)

CHANNEL = BypassChannel(name="Email", timestamp="2026-03-01T11:30:00Z")


def order(
    *,
    cj_event: str | None = "ev-1",
    tracker: int = 401,
    ad: int | None = None,
    property_id: int | None = None,
    sid: str | None = None,
    coupon: str | None = None,
    channel: BypassChannel | None = None,
) -> NewOrder:
    """A create of Northwind's."""
    return NewOrder(
        enterprise_id="1500001",
        action_tracker_id=tracker,
        order_id="A-1",
        cj_event=cj_event,
        ad_id=ad,
        promotional_property_id=property_id,
        sid=sid,
        coupon=coupon,
        bypass_channel=channel,
        amount="100",
    )


def judged(
    new: NewOrder,
    clicked: Click | None = None,
    *,
    event_time: datetime = EVENT_TIME,
    network: Network = NETWORK,
    used: frozenset[int] = frozenset(),
) -> Commissionable | NotCommissionable:
    """The judgement for Northwind."""
    return judge(
        new,
        clicked,
        advertiser_id=NORTHWIND,
        event_time=event_time,
        network=network,
        ordinals_used=used,
    )


def code(judgement: Commissionable | NotCommissionable) -> Code | None:
    """Why it is recorded only, `None` if it is commissionable."""
    return judgement.code if isinstance(judgement, NotCommissionable) else None


def limited(occurrences: int | None = None, *, channels: tuple[str, ...] = ()) -> Network:
    """The demo network with these limits for action 401."""
    first = replace(VINYL_TERMS.actions[0], referral_occurrences=occurrences, excluded_channels=channels)
    return replace(NETWORK, terms={1: (replace(VINYL_TERMS, actions=(first, *VINYL_TERMS.actions[1:])),)})


# ── who is credited ──────────────────────────────────────────────────────────────────────────────────


def test_the_click_names_publisher_property_ad_and_shopper() -> None:
    """It wins over ad, property and sid of the request."""
    clicked = click(sid="from-click")
    got = judged(order(ad=ALPINE_AD, property_id=9900002, sid="from-order"), clicked)

    assert isinstance(got, Commissionable)
    assert (VINYL_DIGEST, 9900001, NORTHWIND_AD, "from-click", clicked) == (
        got.credit.publisher_id,
        got.credit.property_id,
        got.credit.ad_id,
        got.credit.sid,
        got.credit.click,
    )
    assert () == got.warnings


def test_the_request_s_sid_counts_if_the_click_has_none() -> None:
    """D62."""
    got = judged(order(sid="from-order"), click())

    assert isinstance(got, Commissionable)
    assert got.credit.sid == "from-order"


@pytest.mark.parametrize("cj_event", [None, "", "n/a", "N/A", "  "])
def test_without_a_click_ad_and_property_name_the_publisher(cj_event: str | None) -> None:
    """Empty and `n/a` are no click, so there is nothing to warn about (D61)."""
    got = judged(order(cj_event=cj_event, ad=NORTHWIND_AD, property_id=9900002, sid="s"))

    assert isinstance(got, Commissionable)
    assert (SPARFUCHS, 9900002, NORTHWIND_AD, "s", None) == (
        got.credit.publisher_id,
        got.credit.property_id,
        got.credit.ad_id,
        got.credit.sid,
        got.credit.click,
    )
    assert () == got.warnings


def test_an_unknown_click_falls_back_to_the_pair_with_a_warning() -> None:
    """Whether it is commissionable or not."""
    new = order(cj_event="never-issued", ad=NORTHWIND_AD, property_id=9900001)
    refused = judged(replace(new, coupon="STAFF50"))

    assert (Code.FALLBACK_USED,) == judged(new).warnings
    assert (Code.COUPON_EXCLUDED, (Code.FALLBACK_USED,)) == (code(refused), refused.warnings)


@pytest.mark.parametrize(
    "new",
    [
        order(cj_event=None),
        order(cj_event="never-issued"),
        order(cj_event=None, ad=NORTHWIND_AD),
        order(cj_event=None, property_id=9900001),
    ],
)
def test_neither_click_nor_pair_is_unattributed(new: NewOrder) -> None:
    """D59 and D60; nobody is credited."""
    assert NotCommissionable(code=Code.UNATTRIBUTED) == judged(new)


def test_the_click_that_an_order_names() -> None:
    """As sent, for the look-up."""
    assert click_named("AbC") == "AbC"
    assert click_named("N/a") is None


# ── conditions in order ──────────────────────────────────────────────────────────────────────────────


def test_a_click_for_another_advertiser_credits_nobody() -> None:
    """Condition 2."""
    clicked = click(SPARFUCHS, 9900002, advertiser=ALPINE, ad=ALPINE_AD)

    assert NotCommissionable(code=Code.CLICK_OF_OTHER_ADVERTISER) == judged(order(), clicked)


@pytest.mark.parametrize(
    ("ad", "property_id"),
    [(12345, 9900001), (NORTHWIND_AD, 12345), (ALPINE_AD, 9900001)],
)
def test_an_ad_or_property_that_is_not_of_this_programme(ad: int, property_id: int) -> None:
    """Condition 2, by the pair or by the click alike."""
    unknown = NotCommissionable(code=Code.AD_OR_PROPERTY_UNKNOWN)

    assert unknown == judged(order(cj_event=None, ad=ad, property_id=property_id))
    assert unknown == judged(order(), click(property_id=property_id, ad=ad))


@pytest.mark.parametrize(("end_after", "expected"), [(0, Code.AD_OR_PROPERTY_UNKNOWN), (1, None)])
def test_an_ad_or_property_counts_until_its_end(end_after: int, expected: Code | None) -> None:
    """At the very instant of its end it no longer does."""
    end = EVENT_TIME + timedelta(microseconds=end_after)
    ad = Ad(id=NORTHWIND_AD, advertiser=NORTHWIND, destination="https://shop.northwind.example/", end=end)
    without_ad = replace(NETWORK, ads={NORTHWIND_AD: ad})
    without_property = replace(NETWORK, properties={9900001: replace(NETWORK.properties[9900001], end=end)})

    assert expected == code(judged(order(), click(), network=without_ad))
    assert expected == code(judged(order(), click(), network=without_property))


DAY = timedelta(hours=24)
INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("after_click", "expected"),
    [
        (-DAY - INSTANT, Code.EVENT_BEFORE_CLICK),
        (-DAY, None),
        (timedelta(0), None),
        (120 * DAY, None),
        (120 * DAY + INSTANT, Code.REFERRAL_PERIOD_OVER),
    ],
)
def test_the_event_lies_within_the_referral_period(after_click: timedelta, expected: Code | None) -> None:
    """Conditions 3 and 4, both edges inclusive (D63, D64)."""
    assert expected == code(judged(order(), click(), event_time=CLICKED_AT + after_click))


def test_the_pair_knows_no_referral_period() -> None:
    """Conditions 3 and 4 need a click."""
    new = order(cj_event=None, ad=NORTHWIND_AD, property_id=9900001)

    assert code(judged(new, event_time=CLICKED_AT + 500 * DAY)) is None


@pytest.mark.parametrize(
    ("used", "expected"),
    [(frozenset(), 1), (frozenset({1}), 2), (frozenset({2}), 1), (frozenset({1, 3}), 2)],
)
def test_the_lowest_free_ordinal_is_drawn(used: frozenset[int], expected: int) -> None:
    """A cancellation frees one in the middle (D65)."""
    got = judged(order(), click(), network=limited(3), used=used)

    assert isinstance(got, Commissionable)
    assert expected == got.referral_ordinal


def test_a_click_has_no_more_orders_than_the_terms_permit() -> None:
    """Condition 5."""
    got = judged(order(), click(), network=limited(3), used=frozenset({1, 2, 3}))

    assert Code.REFERRAL_LIMIT_REACHED == code(got)


def test_no_ordinal_is_drawn_without_a_limit_or_without_a_click() -> None:
    """Occurrences are counted per click, and only where they are limited."""
    pair = judged(order(cj_event=None, ad=NORTHWIND_AD, property_id=9900001), network=limited(1))
    unlimited = judged(order(), click(), used=frozenset({1}))

    assert isinstance(pair, Commissionable)
    assert isinstance(unlimited, Commissionable)
    assert (None, None) == (pair.referral_ordinal, unlimited.referral_ordinal)


def test_a_publisher_without_a_contract_earns_nothing() -> None:
    """Condition 6."""
    got = judged(order(), click(LONELY_BLOG, 9900009))

    assert Code.NO_ACTIVE_CONTRACT == code(got)
    assert isinstance(got, NotCommissionable)
    assert got.credit is not None
    assert got.credit.publisher_id == LONELY_BLOG


def test_a_contract_counts_at_the_event_time() -> None:
    """Not at the time of the click or of the receipt (D66)."""
    ended = {pair: (replace(of[0], end=EVENT_TIME),) for pair, of in NETWORK.contracts.items()}

    assert Code.NO_ACTIVE_CONTRACT == code(
        judged(order(), click(), network=replace(NETWORK, contracts=ended))
    )


@pytest.mark.parametrize("terms", [{}, {1: (replace(VINYL_TERMS, actions=VINYL_TERMS.actions[1:]),)}])
def test_an_action_that_the_terms_do_not_name(terms: dict[int, tuple[()]]) -> None:
    """Condition 7, also where the contract has no terms yet."""
    assert Code.ACTION_NOT_IN_TERMS == code(judged(order(), click(), network=replace(NETWORK, terms=terms)))


@pytest.mark.parametrize(
    ("publisher", "property_id", "coupon", "expected"),
    [
        (VINYL_DIGEST, 9900001, "STAFF50", Code.COUPON_EXCLUDED),
        (VINYL_DIGEST, 9900001, "FREE, staff50 ,X", Code.COUPON_EXCLUDED),
        (VINYL_DIGEST, 9900001, "VINYL10", None),
        (VINYL_DIGEST, 9900001, "UNLISTED", None),
        (VINYL_DIGEST, 9900001, "STAFF500", None),
        (SPARFUCHS, 9900002, "vinyl10", Code.COUPON_OF_OTHER_PUBLISHER),
        (SPARFUCHS, 9900002, "VINYL10,STAFF50", Code.COUPON_EXCLUDED),
    ],
)
def test_coupons_can_withhold_commission(
    publisher: int, property_id: int, coupon: str, expected: Code | None
) -> None:
    """Condition 8; credit is not moved (D67)."""
    assert expected == code(judged(order(coupon=coupon), click(publisher, property_id)))


def test_a_coupon_counts_while_it_is_listed() -> None:
    """By the event time (D66)."""
    listed = NETWORK.coupons[NORTHWIND, "staff50"][0]
    until = {(NORTHWIND, "staff50"): (replace(listed, valid_until=EVENT_TIME),)}

    assert code(judged(order(coupon="STAFF50"), click(), network=replace(NETWORK, coupons=until))) is None


def test_a_channel_withholds_commission_only_by_a_rule() -> None:
    """Condition 9, without case (D69)."""
    new = order(channel=CHANNEL)

    assert code(judged(new, click())) is None
    assert Code.CHANNEL_EXCLUDED == code(judged(new, click(), network=limited(channels=("Social", "EMAIL"))))
    assert code(judged(new, click(), network=limited(channels=("Social",)))) is None


def test_blanks_around_a_channel_s_name_do_not_hide_it() -> None:
    """The name is typed by people."""
    new = order(channel=replace(CHANNEL, name=" Email "))

    assert Code.CHANNEL_EXCLUDED == code(judged(new, click(), network=limited(channels=("Email",))))


def test_of_two_faults_the_first_condition_gives_the_code() -> None:
    """Faults are taken away one by one; each time the next in order decides."""
    network = replace(limited(1, channels=("Email",)), contracts={})
    new = order(coupon="STAFF50", channel=CHANNEL, tracker=401)
    early, late = CLICKED_AT - 2 * DAY, CLICKED_AT + 200 * DAY
    with_contract = replace(network, contracts=NETWORK.contracts)
    unlisted = replace(with_contract, coupons={})
    used = frozenset({1})

    assert [
        Code.UNATTRIBUTED,
        Code.CLICK_OF_OTHER_ADVERTISER,
        Code.AD_OR_PROPERTY_UNKNOWN,
        Code.EVENT_BEFORE_CLICK,
        Code.NO_ACTIVE_CONTRACT,
        Code.REFERRAL_PERIOD_OVER,
        Code.REFERRAL_LIMIT_REACHED,
        Code.COUPON_EXCLUDED,
        Code.CHANNEL_EXCLUDED,
    ] == [
        code(judged(new, None, network=network, event_time=early)),
        code(judged(new, click(advertiser=ALPINE, ad=1), network=network, event_time=early)),
        code(judged(new, click(ad=1), network=network, event_time=early)),
        code(judged(new, click(), network=network, event_time=early, used=used)),
        code(judged(new, click(), network=network, event_time=late, used=used)),
        code(judged(new, click(), network=with_contract, event_time=late, used=used)),
        code(judged(new, click(), network=with_contract, used=used)),
        code(judged(new, click(), network=with_contract)),
        code(judged(new, click(), network=unlisted)),
    ]


def test_a_commissionable_create_brings_its_contract_and_terms() -> None:
    """They price the order for life."""
    got = judged(order(tracker=402), click())

    assert isinstance(got, Commissionable)
    assert (1, VINYL_TERMS, VINYL_TERMS.actions[1]) == (got.contract.id, got.terms, got.action_terms)


# ── restatements ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("publisher", "coupon", "channel", "expected"),
    [
        (VINYL_DIGEST, None, None, None),
        (VINYL_DIGEST, "VINYL10", None, None),
        (VINYL_DIGEST, "STAFF50", None, Code.CHANGES_COMMISSIONABILITY),
        (VINYL_DIGEST, None, CHANNEL, Code.CHANGES_COMMISSIONABILITY),
        (SPARFUCHS, "VINYL10", None, Code.CHANGES_PUBLISHER),
        (SPARFUCHS, "VINYL10", CHANNEL, Code.CHANGES_COMMISSIONABILITY),
        (SPARFUCHS, "VINYL10,STAFF50", None, Code.CHANGES_COMMISSIONABILITY),
    ],
)
def test_a_restatement_cannot_take_an_order_from_its_publisher(
    publisher: int, coupon: str | None, channel: BypassChannel | None, expected: Code | None
) -> None:
    """Sections 5 and 6; commissionability is checked before the publisher."""
    assert expected == judge_restated(
        coupon,
        channel,
        publisher,
        action_terms=limited(channels=("Email",)).terms[1][0].actions[0],
        advertiser_id=NORTHWIND,
        network=NETWORK,
        event_time=EVENT_TIME,
    )


@pytest.mark.parametrize(
    ("field", "codes"),
    [(None, ()), ("", ()), (" , ,", ()), ("A", ("A",)), ("A,b , C", ("A", "b", "C"))],
)
def test_coupons_are_split_at_commas(field: str | None, codes: tuple[str, ...]) -> None:
    """D68; the field itself is reported as sent."""
    assert codes == coupons_in(field)


@pytest.mark.parametrize(("used", "free"), [((), 1), ((2, 3), 1), ((1, 2), 3)])
def test_ordinals_start_at_one(used: tuple[int, ...], free: int) -> None:
    """And are as low as possible."""
    assert free == lowest_free(used)
