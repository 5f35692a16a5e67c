-- sql/migrations/0004_attachments_to_fetch.sql
-- Why: what providers keep behind a link is fetched after the message is stored, by one node at a time, again if it fails.
-- Locks: attachment, for the moment of adding a column and while its small index is made. Rewrites: none.
-- Old daemon beside it: yes, it fetches nothing.
ALTER TABLE attachment ADD COLUMN fetch_due_at timestamptz; -- null: at once; a node that claims it moves it on
DROP INDEX attachment_to_fetch_idx;
CREATE INDEX attachment_to_fetch_idx ON attachment (fetch_due_at NULLS FIRST)
    WHERE url IS NOT NULL AND fetched_at IS NULL AND fetch_error IS NULL;
