# The rows "Worked through" of the demo network, and the worked amounts of spec/processing.md, sections 8 and 9.

story 402, a new customer, an item on list 77 and one that is not
create   A-1  tracker 402  click click-a  item LP-1001 2 x 40.00  item CD-5 1 x 15.55  customerStatus=New
process
ledger   A-1  original  95.55  10.533  quantity 3  fee 1.053  cost -11.586
item     A-1  LP-1001 2 x 40.00  earns 9.6    list 77    situation 31  rule 1
item     A-1  CD-5    1 x 15.55  earns 0.933  list none  situation 31  rule 3
restate  A-1  item LP-1001 2 x 40.00  item CD-5 1 x 15.55  customerStatus=Return
process
ledger   A-1  reversal   -95.55 -10.533
ledger   A-1  correction  95.55   7.977
item     A-1  LP-1001 2 x 40.00  earns 7.2    list 77    situation none  rule 2
item     A-1  CD-5    1 x 15.55  earns 0.777  list none  situation none  rule 4
standing A-1  standing  situation none

story 401, B's click, 100.00 USD: 6 USD are 5.455 EUR for B
create   A-1  tracker 401  click click-b  amount 100.00 USD
process
ledger   A-1  original  90.909  5.455  EUR  fee 0.545
also                    100     6      USD  fee 0.6  cost -6.6

story 401, A's click, coupon STAFF50: recorded, no record
create   A-1  tracker 401  click click-a  amount 100  coupon STAFF50
process  COUPON_EXCLUDED
standing A-1  recorded  code COUPON_EXCLUDED
ledger   A-1  nothing

story 401, A's click, currency CHF: held
create   A-1  tracker 401  click click-a  amount 100 CHF
process  held RATE_MISSING

story 403, a sign-up: flat 3.00 for A, 2.00 EUR for B, no amount needed
create   A-1  tracker 403  click click-a
create   A-2  tracker 403  click click-b
process
ledger   A-1  original  0  3  fee 0.3  cost -3.3
ledger   A-2  original  0  2  EUR  fee 0.2
also                    0  2.2  USD  fee 0.22
status   A-1  locked AUTOMATED  locking-date 2026-03-01 10:00  late-from 2026-03-01 10:00
cancel   A-1
process  ORDER_LOCKED

story 451, a stay of a week or more earns 6 %, a shorter one 4 %
create   A-1  tracker 451  click click-b-alpine  amount 100  duration=7
create   A-2  tracker 451  click click-b-alpine  amount 100  duration=6.99
create   A-3  tracker 451  click click-b-alpine  amount 100  duration=week
create   A-4  tracker 451  click click-b-alpine  amount 100
process
standing A-1  standing  commission 6  situation 32  rule 1
standing A-2  standing  commission 4  situation none  rule 2
standing A-3  standing  commission 4
standing A-4  standing  commission 4

story Discounts of lines and of the whole order, ties toward zero, nothing below zero
create   EX-A  tracker 402  click click-a  item S-1 4 x 12.50 less 7.75
create   EX-B  tracker 402  click click-a  item S-1 1 x 19.99  item S-2 3 x 7.25  item S-3 2 x 24.50  discount 12.5
create   EX-C  tracker 402  click click-a  item S-1 3 x 15.00 less 4.50  item S-2 1 x 60.00  discount 20.1
create   EX-D  tracker 402  click click-a  item S-1 1 x 30.00 less 30.00  item S-2 2 x 8.40
create   EX-E  tracker 402  click click-a  item S-1 1 x 20.00 less 25.00  item S-2 1 x 10.00
create   EX-F  tracker 402  click click-a  item S-1 2 x 9.00  discount 20
create   EX-G  tracker 401  click click-a  amount 59.99  discount 10
process
ledger   EX-A  original  42.248  2.112  discount 7.75      # 5 % of 42.248 is 2.1124
item     EX-A  S-1 4 x 10.562  less 7.75
ledger   EX-B  original  78.239  3.912  discount 12.5      # 3.91195
item     EX-B  S-2 3 x 6.251
ledger   EX-C  original  80.4  4.02  discount 24.6
item     EX-C  S-2 1 x 48
ledger   EX-D  original  16.8  0.84  discount 30
ledger   EX-E  original  10  0.5  discount 25
ledger   EX-F  original  0  0  discount 20
ledger   EX-G  original  49.99  3.999  discount 10         # 3.9992
submission EX-E  posted with DISCOUNT_EXCEEDS_VALUE
submission EX-F  posted with DISCOUNT_EXCEEDS_VALUE

story The order's commission is rounded once, not summed of rounded items
create   A-1  tracker 402  click click-a  items 5 of 24.15
process
ledger   A-1  original  120.75  6.037  quantity 5  fee 0.604  cost -6.641
item     A-1  S-3 1 x 24.15  earns 1.207
