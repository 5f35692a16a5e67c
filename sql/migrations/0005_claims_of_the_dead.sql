-- sql/migrations/0005_claims_of_the_dead.sql
-- Why: what a killed node had claimed moves on within seconds, so every claim says whose it is, and the nodes look after
-- each other. No index has the new columns of due: a claim stays a heap-only update.
-- Locks: due, attachment and node, for the moment of adding a column. Rewrites: none.
-- Old daemon beside it: yes; it holds no lock that stands for it and is not watched, its claims run out as before.
ALTER TABLE due ADD COLUMN claimed_by text;
ALTER TABLE attachment ADD COLUMN claimed_by text;
ALTER TABLE node ADD COLUMN watched boolean NOT NULL DEFAULT false; -- a lock stands for it; whoever misses that takes over
CREATE INDEX node_watched_idx ON node (name) WHERE watched;
