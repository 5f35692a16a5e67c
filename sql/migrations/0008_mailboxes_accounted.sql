-- sql/migrations/0008_mailboxes_accounted.sql
-- Why: each mailbox is compared with what is stored, mail by mail, and a mail in no account is seen by whoever looks;
-- and so is how far a channel is behind, and what will fail one day: a client secret that runs out.
-- Locks: channel (the reference) and channel_health, for a moment. Rewrites: none. Old daemon beside it: yes.
CREATE TABLE reconciliation (
    desk_id     integer NOT NULL,
    channel_id  bigint NOT NULL,
    part        text NOT NULL COLLATE "C", -- as in channel_cursor
    uidvalidity bigint NOT NULL,           -- 0: it could not be read, error says why
    started_at  timestamptz NOT NULL,      -- of the last comparison
    since_at    timestamptz NOT NULL,      -- of the one before it
    ended_at    timestamptz NOT NULL,
    mails       bigint NOT NULL,           -- in the mailbox; the sum of the following
    messages    bigint NOT NULL,
    duplicates  bigint NOT NULL,
    ignored     bigint NOT NULL,
    quarantined bigint NOT NULL,
    others      bigint NOT NULL,           -- receipts and edits
    pending     bigint NOT NULL,           -- above the cursor
    gaps        bigint NOT NULL,           -- in no account
    gap_uids    bigint[] NOT NULL,         -- the first of them
    error       text,
    CONSTRAINT reconciliation_one_a_mailbox PRIMARY KEY (desk_id, channel_id, part),
    CONSTRAINT reconciliation_sum_is_whole
        CHECK (mails = messages + duplicates + ignored + quarantined + others + pending + gaps),
    FOREIGN KEY (desk_id, channel_id) REFERENCES channel ON DELETE CASCADE
);
ALTER TABLE channel_health ADD COLUMN behind bigint;       -- mails that are known and not stored yet; null: none
ALTER TABLE channel_health ADD COLUMN behind_per_s bigint; -- how fast they become fewer
ALTER TABLE channel_health ADD COLUMN behind_at timestamptz;
ALTER TABLE channel_health ADD COLUMN warning text; -- what will fail one day unless somebody does something
