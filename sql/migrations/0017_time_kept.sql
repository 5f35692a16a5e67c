-- sql/migrations/0017_time_kept.sql
-- A clock that goes on by another calendar keeps what it has counted (C-13).
ALTER TABLE target_clock ADD COLUMN kept_s bigint NOT NULL DEFAULT 0, ADD COLUMN kept_at timestamptz;
