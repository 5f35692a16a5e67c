-- sql/migrations/0003_dead_deliveries.sql
-- Why: operators ask how many deliveries are dead and have them tried again; few of many are.
-- Locks: writes to delivery while the index is made. Rewrites: none. Old daemon beside it: yes.
CREATE INDEX delivery_dead_idx ON delivery (ended_at) WHERE state = 'dead';
