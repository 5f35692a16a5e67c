-- sql/migrations/0015_policies_in_trial.sql
-- Why: a policy may run in the shadow of the one in force: nothing of it counts, and each day's difference is mailed.
-- Locks: none (new). Rewrites: none. Old daemon beside it: yes; it sends no such mails.
CREATE TABLE policy_shadow (
    desk_id       integer PRIMARY KEY REFERENCES desk,
    source        text NOT NULL,
    mail_to       text[] NOT NULL,
    began_at      timestamptz NOT NULL DEFAULT now(),
    began_by      text NOT NULL,
    told_until    timestamptz NOT NULL, -- what happened before that was told, or was before it began
    due_at        timestamptz NOT NULL, -- when what happened since is told
    claimed_until timestamptz,          -- null: nobody counts
    claimed_by    text,
    CONSTRAINT policy_shadow_is_mailed_to_somebody CHECK (cardinality(mail_to) > 0)
);
