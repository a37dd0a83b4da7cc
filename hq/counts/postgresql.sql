-- Counts baskets, items and pairs in PostgreSQL, for `xsell-hq mine --counts counts.csv`:
--
--   psql --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --set=until='2026-06-01' \
--        --file=postgresql.sql DATABASE > counts.csv
--
-- It reads a table or view `sales`, one line a sold item:
--   store text, basket text, sold_at timestamp (the till's own time), item text,
--   quantity numeric (negative: a return), customer text ('' when unknown)
-- and counts the baskets before `until`. Returns are netted as `xsell-hq import` and `mine` do it:
-- within the basket by item, and a later return of a known customer against that customer's latest
-- earlier basket with the item. docs/counts.md explains the columns.
-- Leave no pair out ("HAVING count(*) > 1") unless minimum counts may be a little off.
COPY (
WITH returned AS (
  SELECT bought.store, bought.basket, back.item, sum(-back.quantity) AS quantity
  FROM sales back
  CROSS JOIN LATERAL (
    SELECT earlier.store, earlier.basket
    FROM sales earlier
    WHERE earlier.customer = back.customer AND earlier.item = back.item AND earlier.quantity > 0
      AND earlier.sold_at <= back.sold_at
      AND (earlier.store, earlier.basket) <> (back.store, back.basket)
    ORDER BY earlier.sold_at DESC
    LIMIT 1) bought
  WHERE back.quantity < 0 AND back.customer <> ''
  GROUP BY bought.store, bought.basket, back.item
), net AS (
  SELECT store, basket, item, sum(quantity) AS quantity
  FROM sales
  GROUP BY store, basket, item
), times AS (
  SELECT store, basket, min(sold_at) AS sold_at
  FROM sales
  GROUP BY store, basket
), kept AS (
  SELECT store, basket, item, sold_at
  FROM net
  JOIN times USING (store, basket)
  LEFT JOIN returned USING (store, basket, item)
  WHERE net.quantity - coalesce(returned.quantity, 0) > 0 AND sold_at < timestamp :'until'
), span AS (
  SELECT min(sold_at) AS first, max(sold_at) AS last FROM kept
), worth AS MATERIALIZED (  -- a basket 120 days older than the last is worth half
  SELECT store, basket, item,
         power(2::float8, -extract(epoch FROM last - sold_at)::float8 / 86400 / 120) AS recent
  FROM kept, span
)
SELECT '' AS item, '' AS other_item, count(*) AS baskets, sum(recent) AS recent,
       to_char(min(first), 'YYYY-MM-DD HH24:MI:SS') AS "from",
       to_char(max(last), 'YYYY-MM-DD HH24:MI:SS') AS "until"
FROM (SELECT DISTINCT store, basket, recent FROM worth) baskets, span
UNION ALL
SELECT item, '', count(*), sum(recent), '', ''
FROM worth
GROUP BY item
UNION ALL
SELECT a.item, b.item, count(*), sum(a.recent), '', ''
FROM worth a
JOIN worth b ON a.store = b.store AND a.basket = b.basket AND a.item < b.item
GROUP BY a.item, b.item
) TO STDOUT WITH (FORMAT csv, HEADER);
