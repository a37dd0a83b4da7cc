-- The same counts in Spark SQL (3.4 or later), of a table or view `sales` as postgresql.sql has it;
-- sold_at is a TIMESTAMP_NTZ, so that no time zone comes in. Run it with
--   spark-sql -e "SET until=2026-06-01" -f spark.sql
-- or as spark.sql(...) and write the view with
--   .coalesce(1).write.option("header", True).csv("counts")
CREATE OR REPLACE TEMPORARY VIEW returns_ranked AS
SELECT bought.store, bought.basket, back.item, -back.quantity AS quantity,
       row_number() OVER (
         PARTITION BY back.store, back.basket, back.item, back.line
         ORDER BY bought.sold_at DESC) AS nearest
FROM (SELECT *, monotonically_increasing_id() AS line FROM sales
      WHERE quantity < 0 AND customer <> '') back
JOIN sales bought
  ON bought.customer = back.customer AND bought.item = back.item AND bought.quantity > 0
 AND bought.sold_at <= back.sold_at
 AND NOT (bought.store = back.store AND bought.basket = back.basket);

CREATE OR REPLACE TEMPORARY VIEW kept AS
SELECT net.store, net.basket, net.item, net.sold_at
FROM (SELECT store, basket, item, sum(quantity) AS quantity FROM sales GROUP BY ALL) sums
JOIN (SELECT store, basket, item,
             min(min(sold_at)) OVER (PARTITION BY store, basket) AS sold_at
      FROM sales GROUP BY store, basket, item) net
  ON net.store = sums.store AND net.basket = sums.basket AND net.item = sums.item
LEFT JOIN (SELECT store, basket, item, sum(quantity) AS quantity
           FROM returns_ranked WHERE nearest = 1 GROUP BY store, basket, item) returned
  ON returned.store = net.store AND returned.basket = net.basket AND returned.item = net.item
WHERE sums.quantity - coalesce(returned.quantity, 0) > 0
  AND net.sold_at < to_timestamp_ntz('${until}');

CREATE OR REPLACE TEMPORARY VIEW span AS
SELECT min(sold_at) AS first, max(sold_at) AS last FROM kept;

CREATE OR REPLACE TEMPORARY VIEW worth AS
SELECT store, basket, item,
       power(2D, -timestampdiff(SECOND, sold_at, last) / 86400D / 120D) AS recent
FROM kept CROSS JOIN span;

CREATE OR REPLACE TEMPORARY VIEW counts AS
SELECT '' AS item, '' AS other_item, count(*) AS baskets, sum(recent) AS recent,
       date_format(min(first), 'yyyy-MM-dd HH:mm:ss') AS `from`,
       date_format(max(last), 'yyyy-MM-dd HH:mm:ss') AS `until`
FROM (SELECT DISTINCT store, basket, recent FROM worth) CROSS JOIN span
UNION ALL
SELECT item, '', count(*), sum(recent), '', '' FROM worth GROUP BY item
UNION ALL
SELECT a.item, b.item, count(*), sum(a.recent), '', ''
FROM worth a
JOIN worth b ON a.store = b.store AND a.basket = b.basket AND a.item < b.item
GROUP BY a.item, b.item;
