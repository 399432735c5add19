"""What an order says is kept as a text column can hold it, and else as it was sent (D145)."""

from __future__ import annotations

from counterfoil.ledger import cleaned
from counterfoil.model.ledger import Stated
from counterfoil.model.orders import BypassChannel, NameValuePair, OrderItem

HALF = "a\ud800b\x00"
WHOLE = "a\ufffdb\ufffd"


def test_every_text_of_an_order_is_cleaned() -> None:
    """Half characters and NUL become U+FFFD, wherever they stand."""
    item = OrderItem(sku=HALF, quantity=1, unit_price="1")
    stated = Stated(
        coupon=HALF,
        vertical_parameters={"x": HALF},
        custom_parameters=(NameValuePair(name=HALF, value=HALF),),
        items=(item,),
        bypass_channel=BypassChannel(name=HALF, timestamp="2026-03-01T00:00:00Z"),
    )
    after = cleaned(stated)

    assert (WHOLE, {"x": WHOLE}) == (after.coupon, after.vertical_parameters)
    assert (NameValuePair(name=WHOLE, value=WHOLE),) == after.custom_parameters
    assert [WHOLE] == [each.sku for each in after.items]
    assert after.bypass_channel is not None
    assert WHOLE == after.bypass_channel.name


def test_what_is_not_there_stays_away() -> None:
    """An order without texts is the same afterwards."""
    assert Stated() == cleaned(Stated())
