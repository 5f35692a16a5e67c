-- sql/migrations/0001_first_whole.sql
-- Why: the first whole. desk_id leads every key, so that tables can be distributed by it.
-- Locks: none, the tables are new. Rewrites: none. Old daemon beside it: there is none.
--
-- Key columns that hold ids of the outside world are COLLATE "C": they are bytes to us, and cheaper so.

CREATE TABLE desk (
    desk_id    integer PRIMARY KEY,
    name       text NOT NULL CONSTRAINT desk_named_once UNIQUE,
    token_key  bytea NOT NULL CONSTRAINT desk_token_key_has_32_bytes CHECK (octet_length(token_key) = 32),
    created_at timestamptz NOT NULL DEFAULT now()
);

-- Ids are taken in blocks by the daemons: one nextval() is 100 ids, from (value - 1) * 100 + 1 on.
CREATE SEQUENCE ticket_id_block;
CREATE SEQUENCE message_id_block;
CREATE SEQUENCE delivery_id_block;
CREATE SEQUENCE contact_id_block;

CREATE TABLE channel (
    desk_id    integer NOT NULL REFERENCES desk,
    channel_id bigint GENERATED ALWAYS AS IDENTITY,
    name       text NOT NULL,
    kind       text NOT NULL,
    PRIMARY KEY (desk_id, channel_id),
    CONSTRAINT channel_named_once UNIQUE (desk_id, name)
);

-- What operators ask first (T-15); apart from channel, for it changes all the time.
CREATE TABLE channel_health (
    desk_id       integer NOT NULL,
    channel_id    bigint NOT NULL,
    last_ok_at    timestamptz,
    last_error_at timestamptz,
    last_error    text,
    failing_since timestamptz,
    node          text,
    PRIMARY KEY (desk_id, channel_id),
    FOREIGN KEY (desk_id, channel_id) REFERENCES channel ON DELETE CASCADE
);

-- Where a pulled channel goes on: part is the IMAP folder, '' elsewhere.
CREATE TABLE channel_cursor (
    desk_id    integer NOT NULL,
    channel_id bigint NOT NULL,
    part       text NOT NULL COLLATE "C",
    cursor     text NOT NULL,
    stored_at  timestamptz NOT NULL,
    PRIMARY KEY (desk_id, channel_id, part),
    FOREIGN KEY (desk_id, channel_id) REFERENCES channel ON DELETE CASCADE
);

-- fence grows with each new holder: what an old holder still wants to store is refused by it.
CREATE TABLE channel_lease (
    desk_id    integer NOT NULL,
    channel_id bigint NOT NULL,
    holder     text NOT NULL,
    fence      bigint NOT NULL,
    held_until timestamptz NOT NULL,
    PRIMARY KEY (desk_id, channel_id),
    FOREIGN KEY (desk_id, channel_id) REFERENCES channel ON DELETE CASCADE
);

CREATE TABLE policy_version (
    desk_id    integer NOT NULL REFERENCES desk,
    version    integer NOT NULL,
    source     text NOT NULL, -- the whole file, includes resolved
    sha256     bytea NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    applied_by text NOT NULL,
    PRIMARY KEY (desk_id, version)
);

CREATE TABLE organization (
    desk_id         integer NOT NULL REFERENCES desk,
    organization_id bigint GENERATED ALWAYS AS IDENTITY,
    name            text NOT NULL,
    domain          text,
    plan            text,
    PRIMARY KEY (desk_id, organization_id),
    CONSTRAINT organization_domain_belongs_to_one UNIQUE (desk_id, domain)
);

CREATE TABLE contact (
    desk_id         integer NOT NULL REFERENCES desk,
    contact_id      bigint NOT NULL,
    name            text,
    language        text,
    zone            text,
    organization_id bigint,
    notices_at      bigint[] NOT NULL DEFAULT '{}', -- UTC seconds, newest first: budgets look here
    received_at     bigint NOT NULL DEFAULT 0,      -- the newest E-01 or E-02
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (desk_id, contact_id),
    FOREIGN KEY (desk_id, organization_id) REFERENCES organization
) WITH (fillfactor = 85);

CREATE TABLE address (
    desk_id     integer NOT NULL,
    kind        text NOT NULL COLLATE "C",
    value       text NOT NULL COLLATE "C",
    contact_id  bigint NOT NULL,
    source      text NOT NULL, -- the channel's name that first brought it, or 'operator'
    verified_at timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (desk_id, kind, value),
    FOREIGN KEY (desk_id, contact_id) REFERENCES contact
);
CREATE INDEX address_of_contact_idx ON address (desk_id, contact_id);

CREATE TABLE ticket (
    desk_id         integer NOT NULL REFERENCES desk,
    ticket_id       bigint NOT NULL,
    version         bigint NOT NULL,
    status          text NOT NULL COLLATE "C" CONSTRAINT ticket_status_is_known
                    CHECK (status IN ('new', 'open', 'pending', 'on_hold', 'solved', 'closed')),
    priority        text NOT NULL COLLATE "C" CONSTRAINT ticket_priority_is_known
                    CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
    level           integer NOT NULL,
    top_level       integer NOT NULL,
    team            text,
    agent           text,
    subject         text NOT NULL,
    language        text,
    tags            text[] NOT NULL DEFAULT '{}',
    contact_id      bigint NOT NULL,
    channel_id      bigint NOT NULL, -- it came in by: its targets are resolved by this one (C-22)
    -- Where the customer wrote last: answers and notices go there.
    last_channel_id     bigint NOT NULL,
    last_address_kind   text NOT NULL,
    last_address        text NOT NULL,
    last_conversation   text,
    last_external_id    text,
    last_message_id     text, -- RFC 5322, of the last message in the thread
    created_at      timestamptz NOT NULL,
    solved_at       timestamptz,
    closed_at       timestamptz,
    last_customer_at timestamptz,
    last_public_at  timestamptz,
    merged_into     bigint,
    follow_up_of    bigint,
    event_seq       bigint NOT NULL,
    event_hash      bytea NOT NULL,
    policy_version  integer NOT NULL,
    memory          text NOT NULL, -- the planner's own: core/ticket.h
    PRIMARY KEY (desk_id, ticket_id),
    CONSTRAINT ticket_level_never_above_its_top CHECK (level <= top_level),
    CONSTRAINT ticket_merges_into_another CHECK (merged_into <> ticket_id),
    FOREIGN KEY (desk_id, contact_id) REFERENCES contact,
    FOREIGN KEY (desk_id, channel_id) REFERENCES channel
) WITH (fillfactor = 70);
CREATE INDEX ticket_of_contact_idx ON ticket (desk_id, contact_id);

CREATE TABLE target_clock (
    desk_id        integer NOT NULL,
    ticket_id      bigint NOT NULL,
    kind           text NOT NULL COLLATE "C",
    instance       integer NOT NULL,
    level          integer NOT NULL,
    target_s       bigint NOT NULL,
    calendar       text,      -- a name in the policy; null: wall time
    warn_percent   integer[] NOT NULL,
    started_at     timestamptz NOT NULL,
    ended_at       timestamptz,
    ended          text NOT NULL DEFAULT '', -- met, waived, void, merged, left
    due_at         timestamptz,
    breached_at    timestamptz,
    warned         integer NOT NULL,
    policy_version integer NOT NULL,
    edges          bigint[] NOT NULL, -- the ledger: at, runs, event; at, runs, event; …
    PRIMARY KEY (desk_id, ticket_id, kind, instance),
    FOREIGN KEY (desk_id, ticket_id) REFERENCES ticket,
    CONSTRAINT target_clock_ended_has_a_reason CHECK ((ended_at IS NULL) = (ended = ''))
) WITH (fillfactor = 85);

-- The one due index (C-19): when the planner wants FACT_TIME_CAME, and which tickets wait for an owner.
CREATE TABLE due (
    desk_id       integer NOT NULL,
    ticket_id     bigint NOT NULL,
    wake_at       timestamptz NOT NULL,
    wants_queue   boolean NOT NULL,
    claimed_until timestamptz,
    PRIMARY KEY (desk_id, ticket_id),
    FOREIGN KEY (desk_id, ticket_id) REFERENCES ticket
) WITH (fillfactor = 70);
CREATE INDEX due_next_idx ON due (wake_at);

-- What each agent carries; kept by the store as tickets move, so assignment needs no count over ticket.
CREATE TABLE agent_load (
    desk_id     integer NOT NULL REFERENCES desk,
    agent       text NOT NULL COLLATE "C",
    open        integer NOT NULL,
    assigned_at timestamptz,
    PRIMARY KEY (desk_id, agent)
) WITH (fillfactor = 70);

-- All by which a message can find its ticket: kind m: a Message-ID seen or referenced; c: channel_id and
-- conversation; x: channel_id and external id; k: a copy_key. First come, it stands.
CREATE TABLE thread_key (
    desk_id   integer NOT NULL,
    kind      "char" NOT NULL,
    key       text NOT NULL COLLATE "C",
    ticket_id bigint NOT NULL,
    PRIMARY KEY (desk_id, kind, key)
) WITH (fillfactor = 90);

CREATE TABLE message (
    desk_id      integer NOT NULL,
    ticket_id    bigint NOT NULL,
    message_id   bigint NOT NULL,
    direction    text NOT NULL COLLATE "C" CONSTRAINT message_direction_is_known
                 CHECK (direction IN ('in', 'out', 'note')),
    author       text NOT NULL COLLATE "C" CONSTRAINT message_author_is_known
                 CHECK (author IN ('customer', 'agent', 'system')),
    agent        text,
    contact_id   bigint,
    channel_id   bigint,
    external_id  text COLLATE "C",
    address_kind text,
    address      text,
    conversation text,
    recipients   jsonb, -- to, cc: as they came
    subject      text NOT NULL,
    text         text NOT NULL,
    reply_text   text,  -- null: equal to text
    html         text,
    language     text,
    sent_at      timestamptz,
    received_at  timestamptz NOT NULL,
    mail_id      text,  -- RFC 5322 Message-ID without brackets
    mail_in_reply_to text,
    flags        text[] NOT NULL DEFAULT '{}', -- automatic, bounce, spam, body_unparsed, edited
    raw_sha256   bytea,
    PRIMARY KEY (desk_id, ticket_id, message_id)
);
ALTER TABLE message ALTER text SET COMPRESSION lz4, ALTER html SET COMPRESSION lz4,
                    ALTER reply_text SET COMPRESSION lz4;

CREATE TABLE attachment (
    desk_id      integer NOT NULL,
    ticket_id    bigint NOT NULL,
    message_id   bigint NOT NULL,
    position     integer NOT NULL,
    filename     text,
    content_type text NOT NULL,
    size         bigint NOT NULL,
    sha256       text,
    url          text, -- to be fetched; null: it lies in the raw original
    fetched_at   timestamptz,
    fetch_tries  integer NOT NULL DEFAULT 0,
    fetch_error  text,
    PRIMARY KEY (desk_id, ticket_id, message_id, position)
);
CREATE INDEX attachment_to_fetch_idx ON attachment (desk_id, message_id)
    WHERE url IS NOT NULL AND fetched_at IS NULL AND fetch_error IS NULL;

-- Originals and fetched files, once each, by their content.
CREATE TABLE raw (
    desk_id   integer NOT NULL,
    sha256    bytea NOT NULL,
    type      text NOT NULL,
    bytes     bytea NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (desk_id, sha256)
);
ALTER TABLE raw ALTER bytes SET COMPRESSION lz4;

-- The intake ledger: one message of the outside world is one row, for ever.
CREATE TABLE intake (
    desk_id     integer NOT NULL,
    channel_id  bigint NOT NULL,
    external_id text NOT NULL COLLATE "C",
    outcome     text NOT NULL COLLATE "C" CONSTRAINT intake_outcome_is_known
                CHECK (outcome IN ('message', 'duplicate', 'ignored', 'quarantined', 'receipt', 'edit')),
    ticket_id   bigint,
    message_id  bigint,
    reason      text,
    stored_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT intake_taken_once PRIMARY KEY (desk_id, channel_id, external_id)
);

-- Where pulled messages lay: every UID of every watched folder is here once.
CREATE TABLE source (
    desk_id     integer NOT NULL,
    channel_id  bigint NOT NULL,
    locator     text NOT NULL COLLATE "C",
    external_id text NOT NULL COLLATE "C",
    outcome     text NOT NULL,
    stored_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT source_accounted_once PRIMARY KEY (desk_id, channel_id, locator)
);

CREATE TABLE quarantine (
    desk_id       integer NOT NULL,
    quarantine_id bigint GENERATED ALWAYS AS IDENTITY,
    channel_id    bigint NOT NULL,
    external_id   text NOT NULL,
    locator       text,
    reason        text NOT NULL,
    raw_type      text NOT NULL,
    raw           bytea NOT NULL,
    stored_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (desk_id, quarantine_id)
);

-- A ticket's history: only ever added to. Each line holds the hash of the one before in its own.
CREATE TABLE event (
    desk_id        integer NOT NULL,
    ticket_id      bigint NOT NULL,
    seq            bigint NOT NULL,
    at             timestamptz NOT NULL,
    kind           text NOT NULL COLLATE "C",
    actor_kind     text NOT NULL COLLATE "C",
    actor          text,
    cause          bigint NOT NULL,
    rule           text,
    why            text NOT NULL,
    policy_version integer NOT NULL,
    detail         text NOT NULL, -- canonical JSON: the hash is over its bytes
    fact           text,          -- the fact verbatim, on its first event
    hash           bytea NOT NULL,
    CONSTRAINT event_numbered_once PRIMARY KEY (desk_id, ticket_id, seq)
);

CREATE TABLE delivery (
    desk_id       integer NOT NULL,
    delivery_id   bigint NOT NULL,
    ticket_id     bigint NOT NULL,
    notice        text NOT NULL COLLATE "C", -- E-01 …, A-01 …
    step_key      text NOT NULL COLLATE "C",
    recipient     text NOT NULL COLLATE "C" CONSTRAINT delivery_recipient_is_known
                  CHECK (recipient IN ('customer', 'agent', 'hook')),
    agent         text,
    contact_id    bigint,
    channel_id    bigint,          -- the sink; null: the desk's mail to agents is not configured
    address       text NOT NULL,
    address_name  text,
    conversation  text,
    reply_to_external_id text,
    subject       text NOT NULL,
    text          text NOT NULL,   -- worded when it was planned: every copy says the same (O5 to O7)
    automatic     boolean NOT NULL,
    level         integer NOT NULL,
    rule          text,
    message_id    bigint,          -- whose words it carries
    mail_id       text,            -- fixed when it was planned
    mail_reply_to text,
    mail_in_reply_to text,
    mail_references  text,
    state         text NOT NULL COLLATE "C" DEFAULT 'owed' CONSTRAINT delivery_state_is_known
                  CHECK (state IN ('owed', 'sent', 'dead', 'suppressed')),
    due_at        timestamptz NOT NULL,
    attempts      integer NOT NULL DEFAULT 0,
    claimed_until timestamptz,     -- null: nobody is sending it
    claimed_by    text,
    last_words    text,            -- the peer's
    external_id   text,            -- the provider's id of it
    receipt       text,            -- delivered, read, failed
    created_at    timestamptz NOT NULL DEFAULT now(),
    ended_at      timestamptz,
    PRIMARY KEY (desk_id, delivery_id),
    CONSTRAINT delivery_made_once UNIQUE (desk_id, step_key)
) WITH (fillfactor = 70);
CREATE INDEX delivery_owed_idx ON delivery (due_at) WHERE state = 'owed';
CREATE INDEX delivery_of_ticket_idx ON delivery (desk_id, ticket_id);
CREATE INDEX delivery_by_external_id_idx ON delivery (desk_id, channel_id, external_id)
    WHERE external_id IS NOT NULL;

-- Every node that lives, for `relevoctl status`; a lease is only as good as its holder's line here.
CREATE TABLE node (
    name       text PRIMARY KEY,
    version    text NOT NULL,
    started_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL
);
