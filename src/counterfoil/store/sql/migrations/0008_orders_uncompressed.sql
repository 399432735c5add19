-- Orders of two to four kilobytes stay as they are written: to compress them took a seventh of the database's
-- time for each order posted. What is larger is compressed as before.

ALTER TABLE order_version SET (toast_tuple_target = 4080);
