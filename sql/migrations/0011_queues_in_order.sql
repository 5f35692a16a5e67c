-- sql/migrations/0011_queues_in_order.sql
-- Why: a ticket that waits for an owner is looked at when somebody of its team gets free, the first of the queue first;
-- until now each was looked at every minute, in no order.
-- Locks: due, for a moment. Rewrites: none. Old daemon beside it: yes; it goes on looking every minute.
ALTER TABLE due ADD COLUMN queue_team text COLLATE "C"; -- null: it waits in none
ALTER TABLE due ADD COLUMN queue_rank bigint;
CREATE INDEX due_queue_idx ON due (desk_id, queue_team, queue_rank) WHERE queue_team IS NOT NULL;
