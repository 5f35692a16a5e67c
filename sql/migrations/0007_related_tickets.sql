-- sql/migrations/0007_related_tickets.sql
-- Why: a message that names a ticket and yet opens its own (a stranger quotes a number, a forward, a reply about another
-- matter) says so, and whoever reads the new ticket finds the old one.
-- Locks: ticket, for the moment of adding a column. Rewrites: none.
-- Old daemon beside it: yes; the tickets that it opens name none.
ALTER TABLE ticket ADD COLUMN related_to bigint;
