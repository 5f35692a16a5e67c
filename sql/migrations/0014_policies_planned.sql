-- sql/migrations/0014_policies_planned.sql
-- Why: which version of the policy is in force is said in one place, under a lock that every decision shares, so that no two go
-- by different ones; and a version may be planned for later, with the clocks that run or without.
-- Locks: desk and policy_version, for a moment. Rewrites: none. Old daemon beside it: not for long; it goes by the newest version
-- there is, and so takes a planned one at once.
ALTER TABLE policy_version
    ADD COLUMN from_at timestamptz NOT NULL DEFAULT now(), -- when it is to come in force
    ADD COLUMN open boolean NOT NULL DEFAULT false,        -- and clocks that run then follow it
    ADD COLUMN in_force_at timestamptz,                    -- when it came; null: it did not yet
    ADD COLUMN cancelled_at timestamptz,
    ADD COLUMN cancelled_by text,
    ADD CONSTRAINT policy_version_is_cancelled_before_it_comes CHECK (cancelled_at IS NULL OR in_force_at IS NULL);
UPDATE policy_version SET from_at = applied_at, in_force_at = applied_at;
CREATE INDEX policy_version_planned_idx ON policy_version (from_at) WHERE in_force_at IS NULL AND cancelled_at IS NULL;
ALTER TABLE desk
    ADD COLUMN policy_version integer, -- in force; null: none is yet
    ADD CONSTRAINT desk_policy_version_is_there FOREIGN KEY (desk_id, policy_version) REFERENCES policy_version (desk_id, version);
UPDATE desk d SET policy_version = (SELECT max(version) FROM policy_version v WHERE v.desk_id = d.desk_id);
