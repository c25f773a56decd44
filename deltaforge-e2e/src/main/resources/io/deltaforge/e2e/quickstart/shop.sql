CREATE TABLE customers (
    id            bigint PRIMARY KEY,
    name          text NOT NULL,
    email         text NOT NULL UNIQUE,
    city          text,
    registered_at timestamptz NOT NULL,
    version       integer NOT NULL
);

CREATE TABLE products (
    id      bigint PRIMARY KEY,
    sku     text NOT NULL UNIQUE,
    name    text NOT NULL,
    price   numeric(10, 2) NOT NULL,
    stock   integer NOT NULL,
    version integer NOT NULL
);

CREATE TABLE orders (
    id          bigint PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customers,
    status      text NOT NULL,
    total       numeric(10, 2) NOT NULL,
    note        text,
    placed_at   timestamptz NOT NULL,
    version     integer NOT NULL
);

CREATE TABLE order_items (
    id         bigint PRIMARY KEY,
    order_id   bigint NOT NULL REFERENCES orders,
    product_id bigint NOT NULL REFERENCES products,
    quantity   integer NOT NULL,
    price      numeric(10, 2) NOT NULL,
    version    integer NOT NULL
);

CREATE INDEX ON order_items (order_id);

-- Events of updates and deletes carry the whole row before the change.
ALTER TABLE customers REPLICA IDENTITY FULL;
ALTER TABLE products REPLICA IDENTITY FULL;
ALTER TABLE orders REPLICA IDENTITY FULL;
ALTER TABLE order_items REPLICA IDENTITY FULL;
