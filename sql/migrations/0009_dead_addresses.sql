-- sql/migrations/0009_dead_addresses.sql
-- Why: a server that says that nobody is there (5.1.x) says it again for each notice, and senders who do not listen are
-- thought to be spammers (B-12). Mail addresses alone; a person's other ways to be reached stay.
-- Locks: none. Rewrites: none. Old daemon beside it: yes; it goes on writing to them.
CREATE TABLE dead_address (
    desk_id integer NOT NULL,
    address text NOT NULL COLLATE "C", -- canonical
    dead_at timestamptz NOT NULL,
    why     text NOT NULL,             -- in the server's words
    CONSTRAINT dead_address_told_once PRIMARY KEY (desk_id, address)
);
