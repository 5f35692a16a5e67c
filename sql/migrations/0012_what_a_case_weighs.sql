-- sql/migrations/0012_what_a_case_weighs.sql
-- What a case weighs: whose customer somebody is, what that organization has bought, which product area it is about.
ALTER TABLE organization ADD vip boolean NOT NULL DEFAULT false;
ALTER TABLE organization DROP CONSTRAINT organization_domain_belongs_to_one;
ALTER TABLE organization DROP COLUMN domain;
ALTER TABLE organization ADD CONSTRAINT organization_has_a_name_of_its_own UNIQUE (desk_id, name);

CREATE TABLE organization_domain ( -- whoever writes from there belongs to it
    desk_id         integer NOT NULL,
    domain          text NOT NULL COLLATE "C", -- canonical: lower case, as DNS has it
    organization_id bigint NOT NULL,
    PRIMARY KEY (desk_id, domain),
    FOREIGN KEY (desk_id, organization_id) REFERENCES organization ON DELETE CASCADE
);

ALTER TABLE contact ADD vip boolean NOT NULL DEFAULT false;
ALTER TABLE contact ADD opened_at bigint[] NOT NULL DEFAULT '{}'; -- UTC seconds, newest first: who writes often may leave
ALTER TABLE contact ADD missed_at bigint NOT NULL DEFAULT 0;      -- when a promise to the person was last missed

ALTER TABLE ticket ADD topic text;
ALTER TABLE ticket ADD plan text; -- of the organization, as it was when the ticket was opened
