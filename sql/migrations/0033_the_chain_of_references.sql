-- sql/migrations/0033_the_chain_of_references.sql
-- Why: a letter's References hold those of the mail that it answers (RFC 5322 3.6.4), so that programs which have not seen all
-- of a conversation keep it together.
-- Locks: ticket, for a moment. Rewrites: none. Old daemon beside it: yes.
ALTER TABLE ticket ADD COLUMN last_references text; -- of last_message_id, that one last: "<a> <b>"
