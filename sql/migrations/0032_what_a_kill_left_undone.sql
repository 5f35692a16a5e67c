-- sql/migrations/0032_what_a_kill_left_undone.sql
-- Why: which mails are looked at for what a kill left undone counts from the comparisons that tell it to whoever reads the mailbox.
-- One by hand, or one that failed, told nobody, and was taken for one all the same.
-- Locks: reconciliation, for a moment. Rewrites: none. Old daemon beside it: yes.
ALTER TABLE reconciliation ADD COLUMN told_at timestamptz; -- start of the last comparison that told it; null: started_at stands for it
