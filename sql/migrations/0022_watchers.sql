-- sql/migrations/0022_watchers.sql
-- Why: agents and teams may watch a ticket, and hear of it whoever has it.
-- Locks: ticket, briefly. Rewrites: none. Old daemon beside it: not for long; it tells nobody who watches, and what it
-- opens nobody watches.
ALTER TABLE ticket ADD COLUMN watchers text[] NOT NULL DEFAULT '{}'; -- names of agents and teams
