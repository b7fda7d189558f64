CREATE TYPE status AS ENUM ('OPEN', 'PAID', 'SENT');
CREATE SEQUENCE customer_seq INCREMENT BY 50;
CREATE TABLE customer (
  id bigint PRIMARY KEY,
  email text NOT NULL CONSTRAINT customer_email_unique UNIQUE,
  aliases text[],
  preferences jsonb,
  photo bytea,
  registered timestamptz NOT NULL,
  version int NOT NULL
);
CREATE TABLE purchase (
  id uuid PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES customer,
  status status NOT NULL,
  total numeric(12, 2) NOT NULL,
  placed timestamptz NOT NULL
);
