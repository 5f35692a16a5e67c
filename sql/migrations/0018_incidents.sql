-- sql/migrations/0018_incidents.sql
-- Why: what many people write of one cause is one matter: an incident, a ticket that others belong to.
-- Locks: ticket, for a moment, and while its indexes are made (both are partial and begin empty). Rewrites: none. Old
-- daemon beside it: yes; what it takes in is compared with nothing.
ALTER TABLE ticket ADD terms text COLLATE "C", -- what it is about, for its likes; null: nobody looks for them
                   ADD incident text COLLATE "C", -- null: it is none
                   ADD incident_of bigint;
ALTER TABLE ticket ADD CONSTRAINT ticket_incident_is_known CHECK (incident IN ('made', 'dissolved')),
                   ADD CONSTRAINT ticket_incident_belongs_to_no_other CHECK (incident IS NULL OR incident_of IS NULL);
CREATE INDEX ticket_like_idx ON ticket (desk_id, created_at, ticket_id) WHERE terms IS NOT NULL;
CREATE INDEX ticket_of_incident_idx ON ticket (desk_id, incident_of, ticket_id) WHERE incident_of IS NOT NULL;
CREATE INDEX ticket_incident_idx ON ticket (desk_id, ticket_id) WHERE incident IS NOT NULL;

CREATE SEQUENCE incident_look_mark;
CREATE TABLE incident_look ( -- tickets that are to hear what there is of incidents, as soon as can be
    desk_id       integer NOT NULL,
    ticket_id     bigint NOT NULL,
    mark          bigint NOT NULL DEFAULT nextval('incident_look_mark'), -- a look is over if it is still the same
    claimed_until timestamptz,
    claimed_by    text,
    PRIMARY KEY (desk_id, ticket_id),
    FOREIGN KEY (desk_id, ticket_id) REFERENCES ticket
) WITH (fillfactor = 70);

CREATE TABLE incident_spread ( -- incidents all of whose tickets are to hear how they stand
    desk_id     integer NOT NULL,
    incident_id bigint NOT NULL,
    after_id    bigint NOT NULL, -- up to this ticket they are on their way to hear it
    PRIMARY KEY (desk_id, incident_id),
    FOREIGN KEY (desk_id, incident_id) REFERENCES ticket
);
