-- sql/migrations/0036_signs_of_life_without_a_gap.sql
-- Why: who judged whether another node is dead had to have a session that was older than the silence. A node that is killed again and
-- again, every few seconds, never had one, and what its earlier lives had claimed stood still until the claims ran out (F03).
-- Locks: node, for a moment. Rewrites: none. Old daemon beside it: yes.
ALTER TABLE node ADD COLUMN unbroken_since timestamptz; -- since when no sign of life of it came late; null: it does not say
