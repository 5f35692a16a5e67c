-- sql/migrations/0010_replies_first.sql
-- Why: what a person wrote leaves before what is automatic, and each sink is asked for as much as it may take: a sender with a
-- rate has a backlog all day, which the others' claims must not walk over.
-- Locks: writes to delivery while the index is made. Rewrites: none.
-- Old daemon beside it: yes; its claims sort what is due.
DROP INDEX delivery_owed_idx;
CREATE INDEX delivery_owed_idx ON delivery (channel_id, automatic, due_at) WHERE state = 'owed';
