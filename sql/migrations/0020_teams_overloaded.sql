-- sql/migrations/0020_teams_overloaded.sql
-- Why: a team that has more than it can do is a signal: seen by one node at a time, told to its people, kept for reports.
-- Locks: due, for a moment. Rewrites: none. Old daemon beside it: yes; since when a case waits that it puts into a queue
-- is not known, and that case does not make the longest wait longer.
ALTER TABLE due ADD COLUMN queue_since timestamptz; -- null: it waits in none, or nobody knows

-- Of each team that the policy watches, as it was seen last.
CREATE TABLE team_backlog (
    desk_id    integer NOT NULL REFERENCES desk,
    team       text NOT NULL COLLATE "C",
    looked_at  timestamptz,          -- null: not yet
    waiting    integer NOT NULL DEFAULT 0,
    oldest_s   bigint NOT NULL DEFAULT 0,
    carried    integer NOT NULL DEFAULT 0, -- by those who are there, with what waits
    there      integer NOT NULL DEFAULT 0,
    over_since timestamptz,          -- null: it is not overloaded
    told       integer NOT NULL DEFAULT 0,
    PRIMARY KEY (desk_id, team)
);

-- What was told of it: only ever added to.
CREATE TABLE backlog_event (
    desk_id        integer NOT NULL REFERENCES desk,
    backlog_event_id bigint GENERATED ALWAYS AS IDENTITY,
    team           text NOT NULL COLLATE "C",
    at             timestamptz NOT NULL,
    kind           text NOT NULL COLLATE "C" CONSTRAINT backlog_event_kind_is_known CHECK (kind IN ('over', 'still', 'calm')),
    why            text,             -- the threshold that was reached; null: none is any longer
    waiting        integer NOT NULL,
    oldest_s       bigint NOT NULL,
    carried        integer NOT NULL,
    there          integer NOT NULL,
    policy_version integer NOT NULL,
    PRIMARY KEY (desk_id, backlog_event_id)
);
CREATE INDEX backlog_event_of_team_idx ON backlog_event (desk_id, team, at);

CREATE VIEW report_overload AS
SELECT desk_id, team, at AS began_at,
       (SELECT min(e.at) FROM backlog_event e
        WHERE e.desk_id = o.desk_id AND e.team = o.team AND e.kind = 'calm' AND e.at >= o.at) AS ended_at,
       why, waiting, oldest_s, carried, there, policy_version
FROM backlog_event o WHERE kind = 'over';
COMMENT ON VIEW report_overload IS 'One row for each time that a team had more than its policy says it can do.';
COMMENT ON COLUMN report_overload.desk_id IS 'the desk';
COMMENT ON COLUMN report_overload.team IS 'the team';
COMMENT ON COLUMN report_overload.began_at IS 'when it began';
COMMENT ON COLUMN report_overload.ended_at IS 'when it was over; null: it is not';
COMMENT ON COLUMN report_overload.why IS 'the threshold that was reached: tickets, oldest or per_agent';
COMMENT ON COLUMN report_overload.waiting IS 'how many cases waited for an owner as it began';
COMMENT ON COLUMN report_overload.oldest_s IS 'how long the first of them had waited, in the hours of the team''s level';
COMMENT ON COLUMN report_overload.carried IS 'how many cases those who were there had, those that waited among them';
COMMENT ON COLUMN report_overload.there IS 'how many of the team were there';
COMMENT ON COLUMN report_overload.policy_version IS 'the version of the policy by which it was decided';
