-- sql/migrations/0006_originals_once.sql
-- Why: an original is one row by its content already, but the same attachment in a hundred mails was kept a hundred times,
-- and in base64, a third larger than it is. Long texts in base64 are taken out of originals (core/original.h): the bytes
-- that they stand for are rows of raw too, by their own digest, which is the attachment's. What is in quarantine
-- is kept the same way. Nobody deletes an original yet; who will cannot take from another what it refers to.
-- Compression stays PostgreSQL's own lz4: once base64 is off, what makes originals large is files that are compressed already.
-- Of headers and texts lz4 leaves 0.6 where zstd would leave 0.4 (tests/data/mail, 1.5 KiB each): some hundred bytes a mail,
-- for a library in the daemon and its time on the loop.
-- Locks: raw, quarantine and message for the moment of adding a column, message while its index is made, which reads it once
-- and is a few pages. Rewrites: what is in quarantine. Old daemon beside it: yes; it keeps originals whole, and those that
-- go aside with their bytes in their row.
ALTER TABLE raw ADD COLUMN size bigint; -- bytes of the whole original; null: all of it is here

CREATE TABLE raw_part ( -- where a text in base64 was taken out of an original
    desk_id     integer NOT NULL,
    sha256      bytea NOT NULL,   -- of the original
    position    integer NOT NULL, -- from 1
    at          bigint NOT NULL,  -- before this byte of raw.bytes it comes back
    part_sha256 bytea NOT NULL,   -- of the bytes that it stands for
    line        integer NOT NULL, -- characters of each line but the last
    crlf        boolean NOT NULL, -- how its lines end: CR LF, or LF alone
    PRIMARY KEY (desk_id, sha256, position),
    CONSTRAINT raw_part_has_its_original FOREIGN KEY (desk_id, sha256) REFERENCES raw,
    CONSTRAINT raw_part_has_its_bytes FOREIGN KEY (desk_id, part_sha256) REFERENCES raw
);

ALTER TABLE quarantine ADD COLUMN raw_sha256 bytea, ALTER COLUMN raw DROP NOT NULL;
INSERT INTO raw (desk_id, sha256, type, bytes)
SELECT desk_id, sha256(raw), raw_type, raw FROM quarantine ON CONFLICT DO NOTHING;
UPDATE quarantine SET raw_sha256 = sha256(raw), raw = NULL;
ALTER TABLE quarantine
    ADD CONSTRAINT quarantine_keeps_its_bytes CHECK (raw IS NOT NULL OR raw_sha256 IS NOT NULL),
    ADD CONSTRAINT quarantine_has_its_original FOREIGN KEY (desk_id, raw_sha256) REFERENCES raw;

-- Operators name a message by its number alone. Numbers grow with the table, so a summary of its pages finds them, and costs
-- the store nothing.
CREATE INDEX message_by_id_idx ON message USING brin (message_id);
