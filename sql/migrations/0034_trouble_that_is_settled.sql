-- sql/migrations/0034_trouble_that_is_settled.sql
-- Why: what an operator has seen to is trouble no more: a message in quarantine that he settled keeps its bytes and no longer
-- counts, and neither does a channel that no living node has in its configuration.
-- Locks: quarantine and node, for a moment. Rewrites: none. Old daemon beside it: yes.
ALTER TABLE quarantine ADD COLUMN settled_at timestamptz; -- null: nobody has seen to it yet
ALTER TABLE quarantine ADD COLUMN settled_by text;        -- whose login
ALTER TABLE quarantine ADD COLUMN settled_because text;
ALTER TABLE quarantine ADD CONSTRAINT quarantine_is_settled_by_somebody CHECK ((settled_at IS NULL) = (settled_by IS NULL));
CREATE INDEX quarantine_unsettled ON quarantine (desk_id, quarantine_id) WHERE settled_at IS NULL;

ALTER TABLE node ADD COLUMN channels bigint[]; -- of its configuration; null: not known, it may have any
CREATE VIEW node_alive AS
SELECT name, channels FROM node WHERE seen_at > now() - interval '30 seconds';
CREATE VIEW channel_configured AS -- by some node that is alive; while none is, nobody knows better, and all are
SELECT c.desk_id, c.channel_id FROM channel c
WHERE NOT EXISTS (SELECT FROM node_alive)
   OR EXISTS (SELECT FROM node_alive n WHERE n.channels IS NULL OR c.channel_id = ANY (n.channels));
