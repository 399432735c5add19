# Extensions: an order locks a cycle later, once (D106, D107; spec/processing.md, section 15).

story An order is extended once, by one month; no record is posted
create   A-1  tracker 401  click click-a  amount 100
create   A-2  tracker 404  click click-a  item S 1 x 10
process
status   A-2  new AUTOMATED  locking-date 2026-03-31 07:00  late-from 2026-04-01 09:00
extend   A-1
extend   A-2
process  applied applied
status   A-1  extended AUTOMATED  locking-date 2026-05-10 07:00  late-from 2026-05-11 09:00
status   A-2  extended AUTOMATED  locking-date 2026-04-30 07:00  late-from 2026-05-01 09:00
ledger   A-1  original  100  8
extend   A-1
process  EXTENSION_NOT_ALLOWED
told     A-1  EXTENSION_NOT_ALLOWED
  says   The order cannot be extended: extended already, locked, cancelled, or another locking method.
  fix    None.

story An extended order can be changed for a month more, and stays extended
create   A-1  tracker 401  click click-a  amount 100
extend   A-1
process  posted applied
at 2026-04-20
restate  A-1  amount 50
process
status   A-1  extended AUTOMATED
at 2026-05-11 08:59:59
restate  A-1  amount 40
process
at 2026-05-11 09:00
restate  A-1  amount 30
process  ORDER_LOCKED
standing A-1  standing  sale 40

story EXTENSION_NOT_ALLOWED: another locking method, cancelled, or too late by a second
create   A-1  tracker 403  click click-a
create   A-2  tracker 405  click click-a  amount 100
create   A-3  tracker 401  click click-a  amount 100
cancel   A-3
create   A-4  tracker 401  click click-a  amount 100
create   A-5  tracker 401  click click-a  amount 100
process
extend   A-1
extend   A-2
extend   A-3
process  EXTENSION_NOT_ALLOWED EXTENSION_NOT_ALLOWED EXTENSION_NOT_ALLOWED
at 2026-04-11 08:59:59
extend   A-4
process  applied
at 2026-04-11 09:00
extend   A-5
process  EXTENSION_NOT_ALLOWED
status   A-4  extended AUTOMATED  late-from 2026-05-11 09:00
status   A-5  locked AUTOMATED

story There is nothing to extend
create   A-1  tracker 401  amount 100
process  UNATTRIBUTED
extend   A-1
extend   A-9  tracker 401
process  ORDER_NOT_COMMISSIONABLE ORDER_NOT_FOUND
