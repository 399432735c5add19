# Submissions that change nothing, code by code (spec/processing.md, sections 16.2 and 17).

story ACTION_NOT_OWNED comes before everything else
create   A-1  tracker 451  enterprise 1500001  click click-a  amount 100
create   ""   tracker 499  enterprise 1500001  amount 100  currency nonsense
restate  A-2  tracker 451  enterprise 1500003  amount 100
cancel   A-3  tracker 499
process  ACTION_NOT_OWNED ACTION_NOT_OWNED ACTION_NOT_OWNED ACTION_NOT_OWNED
told     A-2  ACTION_NOT_OWNED
  says   The action does not belong to this advertiser account.
  fix    Use an action of the account in `enterpriseId`.

story ORDER_ID_EMPTY and ORDER_ID_TOO_LONG: 96 characters are the most
create   ""  tracker 401  click click-a  amount 100  currency nonsense
create   a23456789-b23456789-c23456789-d23456789-e23456789-f23456789-g23456789-h23456789-i23456789-j23456  tracker 401  click click-a  amount 1
create   a23456789-b23456789-c23456789-d23456789-e23456789-f23456789-g23456789-h23456789-i23456789-j234567  tracker 401  click click-a  amount 1
process  ORDER_ID_EMPTY posted ORDER_ID_TOO_LONG
told     a23456789-b23456789-c23456789-d23456789-e23456789-f23456789-g23456789-h23456789-i23456789-j234567  ORDER_ID_TOO_LONG
  says   The order id has more than 96 characters.
  fix    Shorten it.
told     ""  tracker 401  ORDER_ID_EMPTY
  says   The order id is empty.
  fix    Send the shop's order id.

story CURRENCY_UNKNOWN: empty or no ISO code; lower case is read; it comes before attribution and after the duplicate
create   A-1  tracker 401  click click-a  amount 100  currency ""
create   A-2  tracker 401  amount 100  currency XYZ
create   A-3  tracker 401  click click-a  amount 100  currency usd
create   A-3  click click-a  amount 100  currency XYZ
restate  A-3  amount 50  currency dollars
restate  A-3  amount 50  currency Usd
process  CURRENCY_UNKNOWN CURRENCY_UNKNOWN posted DUPLICATE_ORDER CURRENCY_UNKNOWN posted
told     A-2  CURRENCY_UNKNOWN
  says   The currency is empty or not a known ISO 4217 code.
  fix    Send a code, or omit the field.
ledger   A-3  original    100  8
ledger   A-3  reversal   -100 -8
ledger   A-3  correction   50  4
create   A-1  click click-a  amount 100      # a rejected create left no order behind
process

story EVENT_TIME_IN_FUTURE: for channels whose sender cannot be told; a postback may be two hours ahead
create   A-1  channel tag  tracker 401  click click-a  amount 100  event 2026-03-01 10:00:00
create   A-2  channel tag  tracker 401  click click-a  amount 100  event 2026-03-01 10:00:01
create   A-3  channel file  tracker 401  click click-a  amount 100  event 2026-03-01 10:00:01
create   A-4  channel postback  tracker 401  click click-a  amount 100  event 2026-03-01 12:00:00
create   A-5  channel postback  tracker 401  click click-a  amount 100  event 2026-03-01 12:00:01
process  posted EVENT_TIME_IN_FUTURE EVENT_TIME_IN_FUTURE posted EVENT_TIME_IN_FUTURE
told     A-2  EVENT_TIME_IN_FUTURE
  says   The event time is in the future.
  fix    Correct the clock or zone.
create   A-1  channel tag  event 2026-03-02 10:00  amount 1
process  DUPLICATE_ORDER

story UPDATE_TIME_IN_FUTURE and TOO_MANY_ITEMS: checked here for data files
create   A-1  channel file  tracker 402  click click-a  items 100 of 1.00
create   A-2  channel file  tracker 402  click click-a  items 101 of 1.00
create   A-3  channel file  tracker 402  click click-a  items 101 of 1.00  event 2026-04-01  currency XYZ
restate  A-1  channel file  items 101 of 1.00
restate  A-1  channel file  items 101 of 1.00  update 2026-03-01 10:00:01
cancel   A-1  channel file  update 2026-03-01 10:00:01
cancel   A-9  channel file  tracker 402  update 2026-03-01 10:00:01
process  posted TOO_MANY_ITEMS EVENT_TIME_IN_FUTURE TOO_MANY_ITEMS UPDATE_TIME_IN_FUTURE UPDATE_TIME_IN_FUTURE ORDER_NOT_FOUND
told     A-9  ORDER_NOT_FOUND
  says   No order has this key.
  fix    Check the three key fields; send changes after the create.
told     A-1  UPDATE_TIME_IN_FUTURE
  says   The update time is in the future.
  fix    Correct the clock or zone.
told     A-2  TOO_MANY_ITEMS
  says   The order has more than 100 items.
  fix    Merge items or use several orders.
ledger   A-1  original  100  5

story CHANGES_COMMISSIONABILITY and CHANGES_PUBLISHER: a coupon cannot take an order from its publisher later
create   A-1  tracker 401  click click-b  amount 100
restate  A-1  amount 50  coupon STAFF50
restate  A-1  amount 50  coupon VINYL10
restate  A-1  amount 50  coupon "vinyl10, staff50"  currency XYZ
restate  A-1  amount 50  coupon VINYL10  currency XYZ
process  posted CHANGES_COMMISSIONABILITY CHANGES_PUBLISHER CHANGES_COMMISSIONABILITY CHANGES_PUBLISHER
told     A-1  3  CHANGES_PUBLISHER
  says   The change would credit another publisher.
  fix    Remove the other publisher's coupon.
told     A-1  2  CHANGES_COMMISSIONABILITY
  says   The change would make the order non-commissionable.
  fix    Remove the excluded coupon or channel, or cancel.
ledger   A-1  original  90.909  5.455
create   A-2  tracker 401  click click-a  amount 100
restate  A-2  amount 50  coupon VINYL10
process
ledger   A-2  original    100  8
ledger   A-2  reversal   -100 -8
ledger   A-2  correction   50  4

story STATUS_NOT_APPLICABLE: Declined on an order that is not open-ended; a setting lets it pass
create   A-1  tracker 401  click click-a  amount 100
cancel   A-1  status Declined
process  posted STATUS_NOT_APPLICABLE
told     A-1  STATUS_NOT_APPLICABLE
  says   `Declined` applies to open-ended orders only.
  fix    Cancel without `status`.
setting  COUNTERFOIL_DECLINED_NOT_OPEN_ENDED ignore
cancel   A-1  status Declined
process
submission A-1  posted with STATUS_IGNORED
ledger   A-1  original    100  8
ledger   A-1  reversal   -100 -8
ledger   A-1  correction    0  0
status   A-1  new AUTOMATED

story STALE_CHANGE: changes out of order by their update time are applied; a setting rejects them
create   A-1  tracker 401  click click-a  amount 100
restate  A-1  amount 90  update 2026-03-01 09:50
restate  A-1  amount 80  update 2026-03-01 09:40
restate  A-1  amount 70  update 2026-03-01 09:50
process
submission A-1  2 posted
submission A-1  3 posted with UPDATE_TIME_BEHIND
submission A-1  4 posted
standing A-1  standing  sale 70
setting  COUNTERFOIL_UPDATE_TIME_BEHIND reject
restate  A-1  amount 60  update 2026-03-01 09:49
cancel   A-1  update 2026-03-01 09:49:59
restate  A-1  amount 60  update 2026-03-01 09:50
process  STALE_CHANGE STALE_CHANGE posted
standing A-1  standing  sale 60

story Two faults at once: the first of the list is told
create   A-1  tracker 401  amount 100
restate  A-1  amount 50  coupon STAFF50  currency XYZ
create   B-1  tracker 401  click click-a  amount 100
cancel   B-1
restate  B-1  amount 50  coupon STAFF50
process  UNATTRIBUTED ORDER_NOT_COMMISSIONABLE posted posted ORDER_CANCELLED
told     B-1  ORDER_CANCELLED
  says   The order is already cancelled.
  fix    Send a new order; the same id may be used with a later `eventTime`.
at 2026-05-01
restate  B-1  amount 50
create   C-1  tracker 401  click click-a  amount 100  event 2026-03-02
restate  C-1  amount 50  coupon STAFF50
cancel   C-1  status Declined
process  ORDER_CANCELLED posted ORDER_LOCKED ORDER_LOCKED
create   D-1  tracker 405  click click-a  amount 100
restate  D-1  amount 50  coupon STAFF50
restate  D-1  amount 50  currency XYZ
process  posted CHANGES_COMMISSIONABILITY CURRENCY_UNKNOWN
