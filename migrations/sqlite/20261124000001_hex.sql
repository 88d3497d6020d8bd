-- SQLite has had this function always.
SELECT hex(x'00');
