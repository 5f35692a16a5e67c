-- sql/migrations/0027_notice_budgets.sql
-- Why: a person gets so many receipts an hour and no more (B-04), and may want to hear of what is urgent at night too (B-06).
-- Locks: contact, for a moment. Rewrites: none. Old daemon beside it: yes, it counts no receipts.
ALTER TABLE contact ADD COLUMN receipts_at bigint[] NOT NULL DEFAULT '{}', -- UTC seconds, newest first
                    ADD COLUMN any_hour boolean NOT NULL DEFAULT false;
