# Closing a month, and what can follow (spec/statements.md; spec/processing.md, section 15).

story ORDER_CLOSED: what was closed for payment cannot be changed, only settled by a bonus
create   A-1  tracker 401  click click-a  amount 100
process
at 2026-04-11 01:59:59 Pacific
close    2026-03  refused                        # March locks a second later
at 2026-04-11 02:00 Pacific
restate  A-1  amount 50
process  ORDER_LOCKED
told     A-1  ORDER_LOCKED
  says   The order was locked before the request came in.
  fix    None; settle with the publisher by a bonus.
close    2026-03  actions 1
status   A-1  closed AUTOMATED
restate  A-1  amount 50
cancel   A-1
extend   A-1
process  ORDER_CLOSED ORDER_CLOSED EXTENSION_NOT_ALLOWED
told     A-1  4  ORDER_CLOSED
  says   The order is closed for payment.
  fix    None; settle with the publisher by a bonus.
ledger   A-1  original  100  8
paper    INV-2026-000001  total 8.8
paper    ST-2026-000001   total 8  payable 8
bonus    -8.00  publisher 7700001  tracker 401  2026-03  because order A-1 came back after closing
at 2026-05-11 02:00 Pacific
close    2026-04  actions 0
paper    INV-2026-000002  total -8
paper    ST-2026-000002   total -8  payable 0  carried -8
close    2026-03  again                          # changes nothing

story A statement is paid once; its orders stay closed
create   A-1  tracker 401  click click-b  amount 100
process
at 2026-04-11 09:00
close    2026-03  actions 1
paper    ST-2026-000001  total 5.455  payable 5.455
paid     ST-2026-000001  2026-04-20  by transfer-17
paper    ST-2026-000001  total 5.455  paid transfer-17
status   A-1  closed AUTOMATED
ledger   A-1  original  90.909  5.455

story A change received before the closing is late for the lock, one received after it for the closing
create   A-1  tracker 401  click click-a  amount 100
process
at 2026-04-11 09:00
cancel   A-1
process  ORDER_LOCKED
close    2026-03  actions 1
cancel   A-1
process  ORDER_CLOSED

story Orders with something held are named and left to the next closing, new ones too
create   A-1  tracker 401  click click-a  amount 100
process
restate  A-1  amount 50 CHF
create   A-2  tracker 401  click click-a  amount 10 CHF
create   A-3  tracker 401  click click-a  amount 20
restate  A-3  test  amount 5 CHF
process  held RATE_MISSING held RATE_MISSING posted held RATE_MISSING
at 2026-04-11 09:00
close    2026-03  actions 1  leaving A-1 A-2     # what is held in the test ledger keeps no live order
status   A-1  locked AUTOMATED
status   A-3  closed AUTOMATED
rate     CHF 1.00 2026-02-01
process
cancel   A-1
process  ORDER_LOCKED                            # left by the closing: locked, not closed
at 2026-05-11 09:00
close    2026-04  actions 2
paper    ST-2026-000001  total 1.6
paper    ST-2026-000002  total 5.28  payable 5.28

story What is pending is not paid, what is declined costs nothing
create   A-1  tracker 405  click click-a  amount 100
create   A-2  tracker 405  click click-a  amount 100
create   A-3  tracker 405  click click-a  amount 100
cancel   A-2  status Declined
restate  A-3  amount 100  status Accepted
process
at 2026-04-11 09:00
close    2026-03  actions 2
status   A-1  new PENDING
status   A-2  closed DECLINED
status   A-3  closed ACCEPTED
paper    ST-2026-000001  total 7

story A month that passes a threshold earns an incentive beside its orders
network
  + [[terms]]
  + id = 701
  + contract = 601
  + name = "Northwind Records for Vinyl Digest, with an incentive"
  + valid_from = 2026-02-01
  + [[terms.actions]]
  + tracker = 401
  + locking = { method = "FIXED_DATE" }
  + referral_days = 120
  + rules = [ { rank = 1, rate = { percent = 8 } } ]
  + incentives = [ { threshold = { orders = 2 }, reward = { flat = "50.00", currency = "USD" } } ]
create   A-1  tracker 401  click click-a  amount 100
create   A-2  tracker 401  click click-a  amount 100
create   A-3  tracker 401  click click-a  amount 100
cancel   A-3                                     # does not count
process
at 2026-04-11 09:00
close    2026-03  actions 3
paper    ST-2026-000001  total 66
