-- sql/migrations/0029_what_notices_speak_of.sql
-- Why: a notice that waits for its reader's hours is dropped when it is no longer so (B-15): what it says of a clock, once that
-- has ended, and what was told to whose case it was, once it is another's.
-- Locks: delivery, for a moment. Rewrites: none. Old daemon beside it: yes.
ALTER TABLE delivery ADD COLUMN as_owner boolean NOT NULL DEFAULT false,    -- told because it was the agent's case, or their team's
                     ADD COLUMN clock text COLLATE "C",                      -- that it speaks of; null: of none
                     ADD COLUMN clock_instance integer NOT NULL DEFAULT 0;
