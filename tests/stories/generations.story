# When a key may live again, and what stays a duplicate (D53 to D56).

story Walk 2: after a cancellation the same event time is a duplicate, a later one opens the next generation
create   A-1  tracker 401  click click-a  amount 100  event 2026-03-01 09:30
cancel   A-1
process
ledger   A-1  original    100  8  generation 1
ledger   A-1  reversal   -100 -8  generation 1
ledger   A-1  correction    0  0  generation 1
create   A-1  click click-a  amount 60  event 2026-03-01 09:30
create   A-1  click click-a  amount 60
create   A-1  click click-a  amount 60  event 2026-03-01 09:29
process  DUPLICATE_ORDER DUPLICATE_ORDER DUPLICATE_ORDER
told     A-1  DUPLICATE_ORDER
  says   An order with this key exists.
  fix    Use a restatement to change it.
standing A-1  cancelled  generation 1
create   A-1  click click-a  amount 60  event 2026-03-01 09:31
process
ledger   A-1  original     60  4.8  generation 2
standing A-1  standing  generation 2  version 1
create   A-1  click click-a  amount 60  event 2026-03-01 09:45
process  DUPLICATE_ORDER
cancel   A-1
create   A-1  click click-a  amount 20  event 2026-03-01 09:50
process
ledger   A-1  reversal    -60 -4.8  generation 2
ledger   A-1  correction    0  0    generation 2
ledger   A-1  original     20  1.6  generation 3

story A data file can open the next generation as well
create   A-1  tracker 401  click click-a  amount 100  event 2026-03-01 09:30
cancel   A-1
create   A-1  channel file  click click-b  amount 60  event 2026-03-01 09:40
process
standing A-1  standing  generation 2  publisher 7700002

story A tag or a postback never revives an order, whatever it says
create   A-1  tracker 401  click click-a  amount 100  event 2026-03-01 09:00
cancel   A-1
create   A-1  channel tag  click click-a  amount 60  event 2026-03-01 09:45
create   A-1  channel postback  click click-a  amount 60  event 2026-03-01 09:45
process  posted posted DUPLICATE_ORDER DUPLICATE_ORDER
standing A-1  cancelled  generation 1
create   B-1  tracker 401  amount 100  event 2026-03-01 09:00
create   B-1  channel tag  click click-a  amount 100  event 2026-03-01 09:00
create   B-1  channel postback  click click-a  amount 100  event 2026-03-01 09:45
process  UNATTRIBUTED DUPLICATE_ORDER DUPLICATE_ORDER
standing B-1  recorded  generation 1

story A declined reservation may be booked again under its id
create   A-1  tracker 405  click click-a  amount 100  event 2026-03-01 09:30
cancel   A-1  status Declined
create   A-1  click click-a  amount 80  event 2026-03-01 09:40
process
standing A-1  standing  generation 2  sale 80
status   A-1  new PENDING

story A corrected create of a non-commissionable order is judged afresh; an equal one is a duplicate
create   A-1  tracker 401  amount 100  event 2026-03-01 09:30
create   A-1  amount 100  event 2026-03-01 09:30
create   A-1  amount 70  event 2026-03-01 09:30
create   A-1  amount 100  event 2026-03-01 09:30  sid shopper-7
create   A-1  amount 100  event 2026-03-01 09:30  click click-a
create   A-1  amount 100  event 2026-03-01 09:30  click click-b
process  UNATTRIBUTED DUPLICATE_ORDER DUPLICATE_ORDER UNATTRIBUTED posted DUPLICATE_ORDER
standing A-1  standing  generation 3  publisher 7700001
ledger   A-1  original  100  8  generation 3

story Each of the fields that decide on commission makes another create, and so does a later event time
create   A-1  tracker 401  click click-a  amount 10  coupon STAFF50  event 2026-03-01 09:30
create   A-1  click click-a  amount 10  event 2026-03-01 09:30
process  COUPON_EXCLUDED posted
create   B-1  tracker 401  ad 12000001  amount 10  event 2026-03-01 09:30
create   B-1  ad 12000001  property 9900001  amount 10  event 2026-03-01 09:30
process  UNATTRIBUTED posted
create   C-1  tracker 401  amount 10  event 2026-03-01 09:30
create   C-1  amount 10  event 2026-03-01 09:29
create   C-1  amount 10  event 2026-03-01 09:31
process  UNATTRIBUTED DUPLICATE_ORDER UNATTRIBUTED
standing C-1  recorded  generation 2  code UNATTRIBUTED
create   D-1  tracker 401  amount 10  event 2026-03-01 09:30
create   D-1  amount 10  event 2026-03-01 09:30  bypass Email 2026-03-01 09:00
process  UNATTRIBUTED UNATTRIBUTED
standing D-1  recorded  generation 2

story A non-commissionable order that was sent without event time is corrected without one, and not repeated
create   A-1  tracker 401  amount 100
at 2026-03-02 10:00
create   A-1  amount 100
create   A-1  amount 100  click click-a
process  UNATTRIBUTED DUPLICATE_ORDER posted
standing A-1  standing  generation 2  event 2026-03-02 10:00

story A locked order is a duplicate; a cancelled or non-commissionable one opens again even then
create   A-1  tracker 401  click click-a  amount 100  event 2026-03-01 09:30
create   B-1  tracker 401  click click-a  amount 100  event 2026-03-01 09:30
cancel   B-1
create   C-1  tracker 401  amount 100  event 2026-03-01 09:30
process  posted posted posted UNATTRIBUTED
at 2026-04-20 10:00
create   A-1  click click-a  amount 60  event 2026-04-20 09:00
create   B-1  click click-a  amount 60  event 2026-04-20 09:00
create   C-1  click click-a  amount 60  event 2026-04-20 09:00
process  DUPLICATE_ORDER posted posted
status   A-1  locked AUTOMATED
status   B-1  new AUTOMATED  locking-date 2026-05-10 00:00 Pacific

story The next generation is judged by the terms of its own event time, and locks on its own
create   A-1  tracker 401  click click-a  amount 100  event 2026-03-01 09:30
cancel   A-1
process
network
  + [[terms]]
  + id = 701
  + contract = 601
  + name = "Northwind Records for Vinyl Digest, spring"
  + valid_from = 2026-03-10
  + [[terms.actions]]
  + tracker = 401
  + locking = { method = "FIXED_DURATION", days = 60 }
  + referral_days = 120
  + rules = [ { rank = 1, rate = { percent = 9 } } ]
at 2026-03-15 10:00
create   A-1  click click-a  amount 100  event 2026-03-15 09:00
process
standing A-1  standing  generation 2  commission 9  fee 0
status   A-1  new AUTOMATED  locking-date 2026-05-14 00:00 Pacific  late-from 2026-05-15 02:00 Pacific
