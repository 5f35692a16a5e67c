-- sql/schema.sql: what the migrations make, for reading. Written by tests/e2e/test_schema.py --write.
CREATE TABLE public.address (
    desk_id integer NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    value text NOT NULL COLLATE pg_catalog."C",
    contact_id bigint NOT NULL,
    source text NOT NULL,
    verified_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.agent_load (
    desk_id integer NOT NULL,
    agent text NOT NULL COLLATE pg_catalog."C",
    open integer NOT NULL,
    assigned_at timestamp with time zone
)
WITH (fillfactor='70');
CREATE TABLE public.attachment (
    desk_id integer NOT NULL,
    ticket_id bigint NOT NULL,
    message_id bigint NOT NULL,
    "position" integer NOT NULL,
    filename text,
    content_type text NOT NULL,
    size bigint NOT NULL,
    sha256 text,
    url text,
    fetched_at timestamp with time zone,
    fetch_tries integer DEFAULT 0 NOT NULL,
    fetch_error text,
    fetch_due_at timestamp with time zone,
    claimed_by text
);
CREATE TABLE public.channel (
    desk_id integer NOT NULL,
    channel_id bigint NOT NULL,
    name text NOT NULL,
    kind text NOT NULL
);
ALTER TABLE public.channel ALTER COLUMN channel_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.channel_channel_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.channel_cursor (
    desk_id integer NOT NULL,
    channel_id bigint NOT NULL,
    part text NOT NULL COLLATE pg_catalog."C",
    cursor text NOT NULL,
    stored_at timestamp with time zone NOT NULL
);
CREATE TABLE public.channel_health (
    desk_id integer NOT NULL,
    channel_id bigint NOT NULL,
    last_ok_at timestamp with time zone,
    last_error_at timestamp with time zone,
    last_error text,
    failing_since timestamp with time zone,
    node text,
    behind bigint,
    behind_per_s bigint,
    behind_at timestamp with time zone,
    warning text
);
CREATE TABLE public.channel_lease (
    desk_id integer NOT NULL,
    channel_id bigint NOT NULL,
    holder text NOT NULL,
    fence bigint NOT NULL,
    held_until timestamp with time zone NOT NULL
);
CREATE TABLE public.contact (
    desk_id integer NOT NULL,
    contact_id bigint NOT NULL,
    name text,
    language text,
    zone text,
    organization_id bigint,
    notices_at bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    received_at bigint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    vip boolean DEFAULT false NOT NULL,
    opened_at bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    missed_at bigint DEFAULT 0 NOT NULL
)
WITH (fillfactor='85');
CREATE SEQUENCE public.contact_id_block
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE TABLE public.dead_address (
    desk_id integer NOT NULL,
    address text NOT NULL COLLATE pg_catalog."C",
    dead_at timestamp with time zone NOT NULL,
    why text NOT NULL
);
CREATE TABLE public.delivery (
    desk_id integer NOT NULL,
    delivery_id bigint NOT NULL,
    ticket_id bigint NOT NULL,
    notice text NOT NULL COLLATE pg_catalog."C",
    step_key text NOT NULL COLLATE pg_catalog."C",
    recipient text NOT NULL COLLATE pg_catalog."C",
    agent text,
    contact_id bigint,
    channel_id bigint,
    address text NOT NULL,
    address_name text,
    conversation text,
    reply_to_external_id text,
    subject text NOT NULL,
    text text NOT NULL,
    automatic boolean NOT NULL,
    level integer NOT NULL,
    rule text,
    message_id bigint,
    mail_id text,
    mail_reply_to text,
    mail_in_reply_to text,
    mail_references text,
    state text DEFAULT 'owed'::text NOT NULL COLLATE pg_catalog."C",
    due_at timestamp with time zone NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    claimed_until timestamp with time zone,
    claimed_by text,
    last_words text,
    external_id text,
    receipt text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT delivery_recipient_is_known CHECK ((recipient = ANY (ARRAY['customer'::text, 'agent'::text, 'hook'::text]))),
    CONSTRAINT delivery_state_is_known CHECK ((state = ANY (ARRAY['owed'::text, 'sent'::text, 'dead'::text, 'suppressed'::text])))
)
WITH (fillfactor='70');
CREATE SEQUENCE public.delivery_id_block
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE TABLE public.desk (
    desk_id integer NOT NULL,
    name text NOT NULL,
    token_key bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    policy_version integer,
    CONSTRAINT desk_token_key_has_32_bytes CHECK ((octet_length(token_key) = 32))
);
CREATE TABLE public.due (
    desk_id integer NOT NULL,
    ticket_id bigint NOT NULL,
    wake_at timestamp with time zone NOT NULL,
    wants_queue boolean NOT NULL,
    claimed_until timestamp with time zone,
    claimed_by text,
    queue_team text COLLATE pg_catalog."C",
    queue_rank bigint
)
WITH (fillfactor='70');
CREATE TABLE public.event (
    desk_id integer NOT NULL,
    ticket_id bigint NOT NULL,
    seq bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    actor_kind text NOT NULL COLLATE pg_catalog."C",
    actor text,
    cause bigint NOT NULL,
    rule text,
    why text NOT NULL,
    policy_version integer NOT NULL,
    detail text NOT NULL,
    fact text,
    hash bytea NOT NULL
);
CREATE TABLE public.intake (
    desk_id integer NOT NULL,
    channel_id bigint NOT NULL,
    external_id text NOT NULL COLLATE pg_catalog."C",
    outcome text NOT NULL COLLATE pg_catalog."C",
    ticket_id bigint,
    message_id bigint,
    reason text,
    stored_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT intake_outcome_is_known CHECK ((outcome = ANY (ARRAY['message'::text, 'duplicate'::text, 'ignored'::text, 'quarantined'::text, 'receipt'::text, 'edit'::text])))
);
CREATE TABLE public.message (
    desk_id integer NOT NULL,
    ticket_id bigint NOT NULL,
    message_id bigint NOT NULL,
    direction text NOT NULL COLLATE pg_catalog."C",
    author text NOT NULL COLLATE pg_catalog."C",
    agent text,
    contact_id bigint,
    channel_id bigint,
    external_id text COLLATE pg_catalog."C",
    address_kind text,
    address text,
    conversation text,
    recipients jsonb,
    subject text NOT NULL,
    text text NOT NULL,
    reply_text text,
    html text,
    language text,
    sent_at timestamp with time zone,
    received_at timestamp with time zone NOT NULL,
    mail_id text,
    mail_in_reply_to text,
    flags text[] DEFAULT '{}'::text[] NOT NULL,
    raw_sha256 bytea,
    CONSTRAINT message_author_is_known CHECK ((author = ANY (ARRAY['customer'::text, 'agent'::text, 'system'::text]))),
    CONSTRAINT message_direction_is_known CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text, 'note'::text])))
);
ALTER TABLE ONLY public.message ALTER COLUMN text SET COMPRESSION lz4;
ALTER TABLE ONLY public.message ALTER COLUMN reply_text SET COMPRESSION lz4;
ALTER TABLE ONLY public.message ALTER COLUMN html SET COMPRESSION lz4;
CREATE SEQUENCE public.message_id_block
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE TABLE public.node (
    name text NOT NULL,
    version text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    watched boolean DEFAULT false NOT NULL
);
CREATE TABLE public.organization (
    desk_id integer NOT NULL,
    organization_id bigint NOT NULL,
    name text NOT NULL,
    plan text,
    vip boolean DEFAULT false NOT NULL
);
CREATE TABLE public.organization_domain (
    desk_id integer NOT NULL,
    domain text NOT NULL COLLATE pg_catalog."C",
    organization_id bigint NOT NULL
);
ALTER TABLE public.organization ALTER COLUMN organization_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.organization_organization_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.policy_shadow (
    desk_id integer NOT NULL,
    source text NOT NULL,
    mail_to text[] NOT NULL,
    began_at timestamp with time zone DEFAULT now() NOT NULL,
    began_by text NOT NULL,
    told_until timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    claimed_until timestamp with time zone,
    claimed_by text,
    CONSTRAINT policy_shadow_is_mailed_to_somebody CHECK ((cardinality(mail_to) > 0))
);
CREATE TABLE public.policy_version (
    desk_id integer NOT NULL,
    version integer NOT NULL,
    source text NOT NULL,
    sha256 bytea NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL,
    applied_by text NOT NULL,
    from_at timestamp with time zone DEFAULT now() NOT NULL,
    open boolean DEFAULT false NOT NULL,
    in_force_at timestamp with time zone,
    cancelled_at timestamp with time zone,
    cancelled_by text,
    CONSTRAINT policy_version_is_cancelled_before_it_comes CHECK (((cancelled_at IS NULL) OR (in_force_at IS NULL)))
);
CREATE TABLE public.quarantine (
    desk_id integer NOT NULL,
    quarantine_id bigint NOT NULL,
    channel_id bigint NOT NULL,
    external_id text NOT NULL,
    locator text,
    reason text NOT NULL,
    raw_type text NOT NULL,
    raw bytea,
    stored_at timestamp with time zone DEFAULT now() NOT NULL,
    raw_sha256 bytea,
    CONSTRAINT quarantine_keeps_its_bytes CHECK (((raw IS NOT NULL) OR (raw_sha256 IS NOT NULL)))
);
ALTER TABLE public.quarantine ALTER COLUMN quarantine_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.quarantine_quarantine_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.raw (
    desk_id integer NOT NULL,
    sha256 bytea NOT NULL,
    type text NOT NULL,
    bytes bytea NOT NULL,
    stored_at timestamp with time zone DEFAULT now() NOT NULL,
    size bigint
);
ALTER TABLE ONLY public.raw ALTER COLUMN bytes SET COMPRESSION lz4;
CREATE TABLE public.raw_part (
    desk_id integer NOT NULL,
    sha256 bytea NOT NULL,
    "position" integer NOT NULL,
    at bigint NOT NULL,
    part_sha256 bytea NOT NULL,
    line integer NOT NULL,
    crlf boolean NOT NULL
);
CREATE TABLE public.reconciliation (
    desk_id integer NOT NULL,
    channel_id bigint NOT NULL,
    part text NOT NULL COLLATE pg_catalog."C",
    uidvalidity bigint NOT NULL,
    started_at timestamp with time zone NOT NULL,
    since_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone NOT NULL,
    mails bigint NOT NULL,
    messages bigint NOT NULL,
    duplicates bigint NOT NULL,
    ignored bigint NOT NULL,
    quarantined bigint NOT NULL,
    others bigint NOT NULL,
    pending bigint NOT NULL,
    gaps bigint NOT NULL,
    gap_uids bigint[] NOT NULL,
    error text,
    CONSTRAINT reconciliation_sum_is_whole CHECK ((mails = ((((((messages + duplicates) + ignored) + quarantined) + others) + pending) + gaps)))
);
CREATE TABLE public.schema_migration (
    number integer NOT NULL,
    name text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.source (
    desk_id integer NOT NULL,
    channel_id bigint NOT NULL,
    locator text NOT NULL COLLATE pg_catalog."C",
    external_id text NOT NULL COLLATE pg_catalog."C",
    outcome text NOT NULL,
    stored_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.target_clock (
    desk_id integer NOT NULL,
    ticket_id bigint NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    instance integer NOT NULL,
    level integer NOT NULL,
    target_s bigint NOT NULL,
    calendar text,
    warn_percent integer[] NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    ended text DEFAULT ''::text NOT NULL,
    due_at timestamp with time zone,
    breached_at timestamp with time zone,
    warned integer NOT NULL,
    policy_version integer NOT NULL,
    edges bigint[] NOT NULL,
    CONSTRAINT target_clock_ended_has_a_reason CHECK (((ended_at IS NULL) = (ended = ''::text)))
)
WITH (fillfactor='85');
CREATE TABLE public.thread_key (
    desk_id integer NOT NULL,
    kind "char" NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    ticket_id bigint NOT NULL
)
WITH (fillfactor='90');
CREATE TABLE public.ticket (
    desk_id integer NOT NULL,
    ticket_id bigint NOT NULL,
    version bigint NOT NULL,
    status text NOT NULL COLLATE pg_catalog."C",
    priority text NOT NULL COLLATE pg_catalog."C",
    level integer NOT NULL,
    top_level integer NOT NULL,
    team text,
    agent text,
    subject text NOT NULL,
    language text,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    contact_id bigint NOT NULL,
    channel_id bigint NOT NULL,
    last_channel_id bigint NOT NULL,
    last_address_kind text NOT NULL,
    last_address text NOT NULL,
    last_conversation text,
    last_external_id text,
    last_message_id text,
    created_at timestamp with time zone NOT NULL,
    solved_at timestamp with time zone,
    closed_at timestamp with time zone,
    last_customer_at timestamp with time zone,
    last_public_at timestamp with time zone,
    merged_into bigint,
    follow_up_of bigint,
    event_seq bigint NOT NULL,
    event_hash bytea NOT NULL,
    policy_version integer NOT NULL,
    memory text NOT NULL,
    waiting text DEFAULT ''::text NOT NULL,
    related_to bigint,
    topic text,
    plan text,
    CONSTRAINT ticket_level_never_above_its_top CHECK ((level <= top_level)),
    CONSTRAINT ticket_merges_into_another CHECK ((merged_into <> ticket_id)),
    CONSTRAINT ticket_priority_is_known CHECK ((priority = ANY (ARRAY['low'::text, 'normal'::text, 'high'::text, 'urgent'::text]))),
    CONSTRAINT ticket_status_is_known CHECK ((status = ANY (ARRAY['new'::text, 'open'::text, 'pending'::text, 'on_hold'::text, 'solved'::text, 'closed'::text])))
)
WITH (fillfactor='70');
CREATE SEQUENCE public.ticket_id_block
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER TABLE ONLY public.address
    ADD CONSTRAINT address_pkey PRIMARY KEY (desk_id, kind, value);
ALTER TABLE ONLY public.agent_load
    ADD CONSTRAINT agent_load_pkey PRIMARY KEY (desk_id, agent);
ALTER TABLE ONLY public.attachment
    ADD CONSTRAINT attachment_pkey PRIMARY KEY (desk_id, ticket_id, message_id, "position");
ALTER TABLE ONLY public.channel_cursor
    ADD CONSTRAINT channel_cursor_pkey PRIMARY KEY (desk_id, channel_id, part);
ALTER TABLE ONLY public.channel_health
    ADD CONSTRAINT channel_health_pkey PRIMARY KEY (desk_id, channel_id);
ALTER TABLE ONLY public.channel_lease
    ADD CONSTRAINT channel_lease_pkey PRIMARY KEY (desk_id, channel_id);
ALTER TABLE ONLY public.channel
    ADD CONSTRAINT channel_named_once UNIQUE (desk_id, name);
ALTER TABLE ONLY public.channel
    ADD CONSTRAINT channel_pkey PRIMARY KEY (desk_id, channel_id);
ALTER TABLE ONLY public.contact
    ADD CONSTRAINT contact_pkey PRIMARY KEY (desk_id, contact_id);
ALTER TABLE ONLY public.dead_address
    ADD CONSTRAINT dead_address_told_once PRIMARY KEY (desk_id, address);
ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT delivery_made_once UNIQUE (desk_id, step_key);
ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT delivery_pkey PRIMARY KEY (desk_id, delivery_id);
ALTER TABLE ONLY public.desk
    ADD CONSTRAINT desk_named_once UNIQUE (name);
ALTER TABLE ONLY public.desk
    ADD CONSTRAINT desk_pkey PRIMARY KEY (desk_id);
ALTER TABLE ONLY public.due
    ADD CONSTRAINT due_pkey PRIMARY KEY (desk_id, ticket_id);
ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_numbered_once PRIMARY KEY (desk_id, ticket_id, seq);
ALTER TABLE ONLY public.intake
    ADD CONSTRAINT intake_taken_once PRIMARY KEY (desk_id, channel_id, external_id);
ALTER TABLE ONLY public.message
    ADD CONSTRAINT message_pkey PRIMARY KEY (desk_id, ticket_id, message_id);
ALTER TABLE ONLY public.node
    ADD CONSTRAINT node_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.organization_domain
    ADD CONSTRAINT organization_domain_pkey PRIMARY KEY (desk_id, domain);
ALTER TABLE ONLY public.organization
    ADD CONSTRAINT organization_has_a_name_of_its_own UNIQUE (desk_id, name);
ALTER TABLE ONLY public.organization
    ADD CONSTRAINT organization_pkey PRIMARY KEY (desk_id, organization_id);
ALTER TABLE ONLY public.policy_shadow
    ADD CONSTRAINT policy_shadow_pkey PRIMARY KEY (desk_id);
ALTER TABLE ONLY public.policy_version
    ADD CONSTRAINT policy_version_pkey PRIMARY KEY (desk_id, version);
ALTER TABLE ONLY public.quarantine
    ADD CONSTRAINT quarantine_pkey PRIMARY KEY (desk_id, quarantine_id);
ALTER TABLE ONLY public.raw_part
    ADD CONSTRAINT raw_part_pkey PRIMARY KEY (desk_id, sha256, "position");
ALTER TABLE ONLY public.raw
    ADD CONSTRAINT raw_pkey PRIMARY KEY (desk_id, sha256);
ALTER TABLE ONLY public.reconciliation
    ADD CONSTRAINT reconciliation_one_a_mailbox PRIMARY KEY (desk_id, channel_id, part);
ALTER TABLE ONLY public.schema_migration
    ADD CONSTRAINT schema_migration_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.source
    ADD CONSTRAINT source_accounted_once PRIMARY KEY (desk_id, channel_id, locator);
ALTER TABLE ONLY public.target_clock
    ADD CONSTRAINT target_clock_pkey PRIMARY KEY (desk_id, ticket_id, kind, instance);
ALTER TABLE ONLY public.thread_key
    ADD CONSTRAINT thread_key_pkey PRIMARY KEY (desk_id, kind, key);
ALTER TABLE ONLY public.ticket
    ADD CONSTRAINT ticket_pkey PRIMARY KEY (desk_id, ticket_id);
CREATE INDEX address_of_contact_idx ON public.address USING btree (contact_id, desk_id);
CREATE INDEX attachment_to_fetch_idx ON public.attachment USING btree (fetch_due_at NULLS FIRST) WHERE ((url IS NOT NULL) AND (fetched_at IS NULL) AND (fetch_error IS NULL));
CREATE INDEX delivery_by_external_id_idx ON public.delivery USING btree (external_id, channel_id, desk_id) WHERE (external_id IS NOT NULL);
CREATE INDEX delivery_dead_idx ON public.delivery USING btree (ended_at) WHERE (state = 'dead'::text);
CREATE INDEX delivery_of_ticket_idx ON public.delivery USING btree (ticket_id, desk_id);
CREATE INDEX delivery_owed_idx ON public.delivery USING btree (channel_id, automatic, due_at) WHERE (state = 'owed'::text);
CREATE INDEX due_next_idx ON public.due USING btree (wake_at);
CREATE INDEX due_queue_idx ON public.due USING btree (desk_id, queue_team, queue_rank) WHERE (queue_team IS NOT NULL);
CREATE INDEX event_solution_idx ON public.event USING btree (desk_id, at) WHERE (kind = 'solution_noted'::text);
CREATE INDEX message_by_id_idx ON public.message USING brin (message_id);
CREATE INDEX node_watched_idx ON public.node USING btree (name) WHERE watched;
CREATE INDEX policy_version_planned_idx ON public.policy_version USING btree (from_at) WHERE ((in_force_at IS NULL) AND (cancelled_at IS NULL));
CREATE INDEX ticket_of_contact_idx ON public.ticket USING btree (contact_id, desk_id);
ALTER TABLE ONLY public.address
    ADD CONSTRAINT address_desk_id_contact_id_fkey FOREIGN KEY (desk_id, contact_id) REFERENCES public.contact(desk_id, contact_id);
ALTER TABLE ONLY public.agent_load
    ADD CONSTRAINT agent_load_desk_id_fkey FOREIGN KEY (desk_id) REFERENCES public.desk(desk_id);
ALTER TABLE ONLY public.channel_cursor
    ADD CONSTRAINT channel_cursor_desk_id_channel_id_fkey FOREIGN KEY (desk_id, channel_id) REFERENCES public.channel(desk_id, channel_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.channel
    ADD CONSTRAINT channel_desk_id_fkey FOREIGN KEY (desk_id) REFERENCES public.desk(desk_id);
ALTER TABLE ONLY public.channel_health
    ADD CONSTRAINT channel_health_desk_id_channel_id_fkey FOREIGN KEY (desk_id, channel_id) REFERENCES public.channel(desk_id, channel_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.channel_lease
    ADD CONSTRAINT channel_lease_desk_id_channel_id_fkey FOREIGN KEY (desk_id, channel_id) REFERENCES public.channel(desk_id, channel_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.contact
    ADD CONSTRAINT contact_desk_id_fkey FOREIGN KEY (desk_id) REFERENCES public.desk(desk_id);
ALTER TABLE ONLY public.contact
    ADD CONSTRAINT contact_desk_id_organization_id_fkey FOREIGN KEY (desk_id, organization_id) REFERENCES public.organization(desk_id, organization_id);
ALTER TABLE ONLY public.desk
    ADD CONSTRAINT desk_policy_version_is_there FOREIGN KEY (desk_id, policy_version) REFERENCES public.policy_version(desk_id, version);
ALTER TABLE ONLY public.due
    ADD CONSTRAINT due_desk_id_ticket_id_fkey FOREIGN KEY (desk_id, ticket_id) REFERENCES public.ticket(desk_id, ticket_id);
ALTER TABLE ONLY public.organization
    ADD CONSTRAINT organization_desk_id_fkey FOREIGN KEY (desk_id) REFERENCES public.desk(desk_id);
ALTER TABLE ONLY public.organization_domain
    ADD CONSTRAINT organization_domain_desk_id_organization_id_fkey FOREIGN KEY (desk_id, organization_id) REFERENCES public.organization(desk_id, organization_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.policy_shadow
    ADD CONSTRAINT policy_shadow_desk_id_fkey FOREIGN KEY (desk_id) REFERENCES public.desk(desk_id);
ALTER TABLE ONLY public.policy_version
    ADD CONSTRAINT policy_version_desk_id_fkey FOREIGN KEY (desk_id) REFERENCES public.desk(desk_id);
ALTER TABLE ONLY public.quarantine
    ADD CONSTRAINT quarantine_has_its_original FOREIGN KEY (desk_id, raw_sha256) REFERENCES public.raw(desk_id, sha256);
ALTER TABLE ONLY public.raw_part
    ADD CONSTRAINT raw_part_has_its_bytes FOREIGN KEY (desk_id, part_sha256) REFERENCES public.raw(desk_id, sha256);
ALTER TABLE ONLY public.raw_part
    ADD CONSTRAINT raw_part_has_its_original FOREIGN KEY (desk_id, sha256) REFERENCES public.raw(desk_id, sha256);
ALTER TABLE ONLY public.reconciliation
    ADD CONSTRAINT reconciliation_desk_id_channel_id_fkey FOREIGN KEY (desk_id, channel_id) REFERENCES public.channel(desk_id, channel_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.target_clock
    ADD CONSTRAINT target_clock_desk_id_ticket_id_fkey FOREIGN KEY (desk_id, ticket_id) REFERENCES public.ticket(desk_id, ticket_id);
ALTER TABLE ONLY public.ticket
    ADD CONSTRAINT ticket_desk_id_channel_id_fkey FOREIGN KEY (desk_id, channel_id) REFERENCES public.channel(desk_id, channel_id);
ALTER TABLE ONLY public.ticket
    ADD CONSTRAINT ticket_desk_id_contact_id_fkey FOREIGN KEY (desk_id, contact_id) REFERENCES public.contact(desk_id, contact_id);
ALTER TABLE ONLY public.ticket
    ADD CONSTRAINT ticket_desk_id_fkey FOREIGN KEY (desk_id) REFERENCES public.desk(desk_id);
