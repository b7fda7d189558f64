-- A small shop, made by its owner "demo" in database "demo". setseed makes every build the same.
SELECT setseed(0.42);

CREATE TABLE customers (
  id      int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name    text NOT NULL,
  email   text NOT NULL UNIQUE,
  city    text NOT NULL,
  since   date NOT NULL
);

INSERT INTO customers (name, email, city, since)
SELECT first || ' ' || last,
       lower(first || '.' || last || '.' || n || '@example.org'),
       (ARRAY['Jaipur', 'Mysuru', 'Kandy', 'Chiang Mai', 'Nairobi', 'Lisbon'])[1 + n % 6],
       date '2020-01-01' + (random() * 2000)::int
FROM generate_series(1, 500) AS n,
     LATERAL (SELECT (ARRAY['Asha', 'Bela', 'Chandra', 'Dilip', 'Esha', 'Farid', 'Gita'])[1 + n % 7],
                     (ARRAY['Rao', 'Perera', 'Silva', 'Mehta', 'Otieno'])[1 + n % 5]) AS who (first, last);

CREATE TABLE products (
  id     int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name   text NOT NULL UNIQUE,
  price  numeric(10, 2) NOT NULL CHECK (price > 0),
  stock  int NOT NULL CHECK (stock >= 0)
);

INSERT INTO products (name, price, stock)
SELECT material || ' ' || thing, round((5 + random() * 200)::numeric, 2), (random() * 500)::int
FROM unnest(ARRAY['Teak', 'Brass', 'Silk', 'Cotton', 'Leather', 'Bamboo']) AS material,
     unnest(ARRAY['howdah', 'cushion', 'bell', 'canopy', 'ladder', 'harness', 'lantern', 'parasol',
                  'blanket', 'tassel']) AS thing;

CREATE TABLE orders (
  id           int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id  int NOT NULL REFERENCES customers,
  placed       timestamptz NOT NULL DEFAULT now(),
  status       text NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'paid', 'sent', 'returned'))
);

INSERT INTO orders (customer_id, placed, status)
SELECT 1 + floor(random() * 500)::int,
       timestamptz '2026-01-01 00:00:00+00' - random() * interval '700 days',
       (ARRAY['new', 'paid', 'sent', 'sent', 'sent', 'returned'])[1 + n % 6]
FROM generate_series(1, 2000) AS n;

CREATE TABLE order_items (
  order_id    int NOT NULL REFERENCES orders ON DELETE CASCADE,
  product_id  int NOT NULL REFERENCES products,
  quantity    int NOT NULL CHECK (quantity > 0),
  price       numeric(10, 2) NOT NULL,
  PRIMARY KEY (order_id, product_id)
);

INSERT INTO order_items (order_id, product_id, quantity, price)
SELECT o.id, p.id, 1 + (o.id + p.id) % 4, p.price
FROM orders AS o
CROSS JOIN LATERAL generate_series(0, o.id % 4) AS i
JOIN products AS p ON p.id = 1 + (o.id * 7 + o.id / 6 + i * 13) % 60;

CREATE INDEX orders_by_customer ON orders (customer_id, placed);
CREATE INDEX order_items_by_product ON order_items (product_id);

CREATE VIEW sales AS
SELECT p.name AS product, sum(i.quantity) AS sold, sum(i.quantity * i.price) AS revenue
FROM order_items AS i
JOIN products AS p ON p.id = i.product_id
JOIN orders AS o ON o.id = i.order_id
WHERE o.status <> 'returned'
GROUP BY p.name;

-- The tables that pgbench expects at scale 1, so that it can be pointed here as it is.
CREATE TABLE pgbench_branches (bid int PRIMARY KEY, bbalance int, filler char(88));
CREATE TABLE pgbench_tellers (tid int PRIMARY KEY, bid int, tbalance int, filler char(84));
CREATE TABLE pgbench_accounts (aid int PRIMARY KEY, bid int, abalance int, filler char(84));
CREATE TABLE pgbench_history (
  tid int, bid int, aid int, delta int, mtime timestamp, filler char(22));

INSERT INTO pgbench_branches SELECT 1, 0;
INSERT INTO pgbench_tellers SELECT n, 1, 0 FROM generate_series(1, 10) AS n;
INSERT INTO pgbench_accounts SELECT n, 1, 0, '' FROM generate_series(1, 100000) AS n;

ANALYZE;
