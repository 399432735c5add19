# Which terms, lists and coupons count: those of the event time, for the life of the order (D66, D151).

story Terms change on a day: the event time decides, and an order keeps its terms for life
create   A-1  tracker 401  click click-a  amount 100  event 2026-03-01 09:30
process
at 2026-03-05 10:00
network
  + [[terms]]
  + id = 701
  + contract = 601
  + name = "Northwind Records for Vinyl Digest, raised"
  + valid_from = 2026-03-10
  + fee = { percent_of_sale = 2 }
  + [[terms.actions]]
  + tracker = 401
  + locking = { method = "FIXED_DATE" }
  + referral_days = 120
  + rules = [ { rank = 1, rate = { percent = 9 } } ]
at 2026-03-15 10:00
create   A-2  tracker 401  click click-a  amount 100  event 2026-03-09 23:59:59
create   A-3  tracker 401  click click-a  amount 100  event 2026-03-10 00:00:00
restate  A-1  amount 50                          # received under the new terms, priced by its own
process
ledger   A-1  original   100  8  fee 0.8
ledger   A-1  reversal  -100 -8  fee -0.8
ledger   A-1  correction  50  4  fee 0.4
ledger   A-2  original   100  8  fee 0.8
ledger   A-3  original   100  9  fee 2

story Only what was known when an order came in counts, whenever it is decided
at 2026-03-12 10:00
create   A-1  tracker 401  click click-a  amount 100  event 2026-03-12 09:00
network
  + [[terms]]
  + id = 701
  + contract = 601
  + name = "Northwind Records for Vinyl Digest, raised after the fact"
  + valid_from = 2026-03-10
  + [[terms.actions]]
  + tracker = 401
  + locking = { method = "FIXED_DATE" }
  + referral_days = 120
  + rules = [ { rank = 1, rate = { percent = 9 } } ]
create   A-2  tracker 401  click click-a  amount 100  event 2026-03-12 09:00
process
standing A-1  standing  commission 8  network 1
standing A-2  standing  commission 9  network 2
restate  A-1  amount 200
process
standing A-1  standing  commission 16  network 1

story An item list counts as of the event time, also when the order is restated
create   A-1  tracker 402  click click-a  item CD-5 1 x 100  item LP-1001 1 x 100  event 2026-03-01 09:30
process
network
  + [[item_lists]]
  + id = 77
  + advertiser = 5500001
  + valid_from = 2026-03-10
  + skus = ["CD-5"]
at 2026-03-12 10:00
create   A-2  tracker 402  click click-a  item CD-5 1 x 100  item LP-1001 1 x 100  event 2026-03-09
create   A-3  tracker 402  click click-a  item CD-5 1 x 100  item LP-1001 1 x 100
restate  A-1  item CD-5 1 x 100  item LP-1001 1 x 100
create   A-4  tracker 402  click click-a  item lp-1001 1 x 100  event 2026-03-01 09:30
process
item     A-1  CD-5 1 x 100  earns 5  list none
item     A-1  LP-1001 1 x 100  earns 9  list 77
item     A-2  LP-1001 1 x 100  earns 9  list 77
item     A-3  CD-5 1 x 100  earns 9  list 77
item     A-3  LP-1001 1 x 100  earns 5  list none
item     A-4  lp-1001 1 x 100  earns 5  list none

story A coupon that is excluded from a day on touches no order placed before it
create   A-1  tracker 401  click click-a  amount 100  event 2026-03-01 09:30  coupon SPRING
process
network
  + [[coupons]]
  + code = "SPRING"
  + advertiser = 5500001
  + valid_from = 2026-03-10
  + valid_until = 2026-03-20
  + excluded = true
at 2026-03-25 10:00
create   A-2  tracker 401  click click-a  amount 100  event 2026-03-09 23:59:59  coupon SPRING
create   A-3  tracker 401  click click-a  amount 100  event 2026-03-10  coupon spring
create   A-4  tracker 401  click click-a  amount 100  event 2026-03-20  coupon SPRING
restate  A-1  amount 50  coupon SPRING
create   A-5  tracker 401  click click-a  amount 100  event 2026-03-15
restate  A-5  amount 100  coupon SPRING
process  posted COUPON_EXCLUDED posted posted posted CHANGES_COMMISSIONABILITY

story Rules of a property, a device, a custom parameter, a channel and an amount
network
  + [[situations]]
  + id = 41
  + advertiser = 5500001
  + name = "Big basket from a desktop"
  + conditions = [ { order = "amount", at_least = 100 }, { order = "device", equals = "Desktop" } ]
  +
  + [[situations]]
  + id = 42
  + advertiser = 5500001
  + name = "Member"
  + conditions = [ { custom = "level", equals = ["gold", "silver"] } ]
  +
  + [[situations]]
  + id = 43
  + advertiser = 5500001
  + name = "Searched"
  + conditions = [ { order = "channel", equals = "Search" } ]
  +
  + [[terms]]
  + id = 702
  + contract = 602
  + name = "Northwind Records for Sparfuchs, in detail"
  + valid_from = 2026-02-01
  + [[terms.actions]]
  + tracker = 401
  + locking = { method = "FIXED_DATE" }
  + referral_days = 120
  + rules = [
  +   { rank = 1, rate = { percent = 10 }, properties = [9900003] },
  +   { rank = 2, rate = { percent = 9 }, situation = 42 },
  +   { rank = 3, rate = { percent = 1 }, situation = 43 },
  +   { rank = 4, rate = { percent = 7 }, situation = 41 },
  + ]
create   A-1  tracker 401  ad 12000001  property 9900003  amount 100  custom level=gold
create   A-2  tracker 401  click click-b  amount 100  custom level=Gold
create   A-3  tracker 401  click click-b  amount 100  bypass Search 2026-03-01
create   A-4  tracker 401  click click-b  amount 100
create   A-5  tracker 401  click click-b  amount 99.99
create   A-6  tracker 401  ad 12000001  property 9900002  amount 100
process
standing A-1  standing  commission 10  USD  rule 1  situation none
standing A-2  standing  commission 9   USD  rule 2  situation 42
standing A-3  standing  commission 1   USD  rule 3  situation 43
standing A-4  standing  commission 7   USD  rule 4  situation 41
standing A-5  standing  commission 0   USD  rule none
standing A-6  standing  commission 0   USD  rule none
restate  A-3  amount 120                          # without its channel, and big enough
process
standing A-3  standing  commission 8.4  USD  rule 4
