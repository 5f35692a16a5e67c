-- sql/schema.sql: what the migrations make, for reading. Written by tests/e2e/test_schema.py --write.
CREATE FUNCTION public.lineage_now() RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    RETURN concat_ws('/', (SELECT system_identifier FROM pg_control_system()),
                     left(pg_walfile_name(pg_current_wal_insert_lsn()), 8), 'ticket'::regclass::oid);
EXCEPTION WHEN others THEN
    RETURN 'ticket'::regclass::oid::text;
END
$$;
CREATE AGGREGATE public.report_state(jsonb) (
    SFUNC = jsonb_concat,
    STYPE = jsonb,
    INITCOND = '{}'
);
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
CREATE TABLE public.agent_topic_load (
    desk_id integer NOT NULL,
    agent text NOT NULL COLLATE pg_catalog."C",
    topic text NOT NULL COLLATE pg_catalog."C",
    open integer NOT NULL
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
CREATE TABLE public.backlog_event (
    desk_id integer NOT NULL,
    backlog_event_id bigint NOT NULL,
    team text NOT NULL COLLATE pg_catalog."C",
    at timestamp with time zone NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    why text,
    waiting integer NOT NULL,
    oldest_s bigint NOT NULL,
    carried integer NOT NULL,
    there integer NOT NULL,
    policy_version integer NOT NULL,
    CONSTRAINT backlog_event_kind_is_known CHECK ((kind = ANY (ARRAY['over'::text, 'still'::text, 'calm'::text])))
);
ALTER TABLE public.backlog_event ALTER COLUMN backlog_event_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.backlog_event_backlog_event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
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
CREATE TABLE public.node (
    name text NOT NULL,
    version text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    watched boolean DEFAULT false NOT NULL,
    channels bigint[],
    unbroken_since timestamp with time zone
);
CREATE VIEW public.node_alive AS
 SELECT node.name,
    node.channels
   FROM public.node
  WHERE (node.seen_at > (now() - '00:00:30'::interval));
CREATE VIEW public.channel_configured AS
 SELECT c.desk_id,
    c.channel_id
   FROM public.channel c
  WHERE ((NOT (EXISTS ( SELECT
           FROM public.node_alive))) OR (EXISTS ( SELECT
           FROM public.node_alive n
          WHERE ((n.channels IS NULL) OR (c.channel_id = ANY (n.channels))))));
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
    missed_at bigint DEFAULT 0 NOT NULL,
    hinted bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    receipts_at bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    any_hour boolean DEFAULT false NOT NULL
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
    as_owner boolean DEFAULT false NOT NULL,
    clock text COLLATE pg_catalog."C",
    clock_instance integer DEFAULT 0 NOT NULL,
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
    queue_rank bigint,
    queue_since timestamp with time zone
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
CREATE SEQUENCE public.incident_look_mark
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE TABLE public.incident_look (
    desk_id integer NOT NULL,
    ticket_id bigint NOT NULL,
    mark bigint DEFAULT nextval('public.incident_look_mark'::regclass) NOT NULL,
    claimed_until timestamp with time zone,
    claimed_by text
)
WITH (fillfactor='70');
CREATE TABLE public.incident_spread (
    desk_id integer NOT NULL,
    incident_id bigint NOT NULL,
    after_id bigint NOT NULL
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
CREATE TABLE public.lineage (
    found text NOT NULL
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
    settled_at timestamp with time zone,
    settled_by text,
    settled_because text,
    CONSTRAINT quarantine_is_settled_by_somebody CHECK (((settled_at IS NULL) = (settled_by IS NULL))),
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
    told_at timestamp with time zone,
    CONSTRAINT reconciliation_sum_is_whole CHECK ((mails = ((((((messages + duplicates) + ignored) + quarantined) + others) + pending) + gaps)))
);
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
    terms text COLLATE pg_catalog."C",
    incident text COLLATE pg_catalog."C",
    incident_of bigint,
    watchers text[] DEFAULT '{}'::text[] NOT NULL,
    last_references text,
    CONSTRAINT ticket_incident_belongs_to_no_other CHECK (((incident IS NULL) OR (incident_of IS NULL))),
    CONSTRAINT ticket_incident_is_known CHECK ((incident = ANY (ARRAY['made'::text, 'dissolved'::text]))),
    CONSTRAINT ticket_level_never_above_its_top CHECK ((level <= top_level)),
    CONSTRAINT ticket_merges_into_another CHECK ((merged_into <> ticket_id)),
    CONSTRAINT ticket_priority_is_known CHECK ((priority = ANY (ARRAY['low'::text, 'normal'::text, 'high'::text, 'urgent'::text]))),
    CONSTRAINT ticket_status_is_known CHECK ((status = ANY (ARRAY['new'::text, 'open'::text, 'pending'::text, 'on_hold'::text, 'solved'::text, 'closed'::text])))
)
WITH (fillfactor='70');
CREATE VIEW public.report_origin AS
 SELECT t.desk_id,
    t.ticket_id,
    ( SELECT x.name
           FROM public.channel x
          WHERE ((x.desk_id = t.desk_id) AND (x.channel_id = t.channel_id) AND (t.incident IS NULL))) AS channel,
        CASE
            WHEN (t.incident IS NULL) THEN t.contact_id
            ELSE NULL::bigint
        END AS contact_id
   FROM public.ticket t;
COMMENT ON VIEW public.report_origin IS 'One row for each ticket: how it came, which never changes. An incident came by no channel and is nobody''s.';
COMMENT ON COLUMN public.report_origin.desk_id IS 'the desk';
COMMENT ON COLUMN public.report_origin.ticket_id IS 'the ticket''s number';
COMMENT ON COLUMN public.report_origin.channel IS 'the channel by which it came; null: an incident';
COMMENT ON COLUMN public.report_origin.contact_id IS 'whose it is; null: an incident';
CREATE VIEW public.report_answers AS
 SELECT w.desk_id,
    w.ticket_id,
    w.seq,
    w.at,
    w.agent,
    (w.answers_before = 0) AS first,
    (EXTRACT(epoch FROM (w.happened_at - w.asked_at)))::bigint AS waited_s,
    t.channel
   FROM (( SELECT parts.desk_id,
            parts.ticket_id,
            parts.seq,
            parts.at,
            parts.kind,
            parts.agent,
            parts.happened_at,
            parts.message_id,
            parts.moved,
            parts.part,
            parts.answers_before,
            parts.gone,
            min(parts.happened_at) FILTER (WHERE ((parts.kind = ANY (ARRAY['customer_wrote'::text, 'split_from'::text, 'merged_from'::text])) AND (NOT COALESCE((parts.gone @> jsonb_build_array(jsonb_build_array(parts.message_id))), false)))) OVER (PARTITION BY parts.desk_id, parts.ticket_id, parts.part) AS asked_at
           FROM ( SELECT lines.desk_id,
                    lines.ticket_id,
                    lines.seq,
                    lines.at,
                    lines.kind,
                    lines.agent,
                    lines.happened_at,
                    lines.message_id,
                    lines.moved,
                    lines.part,
                    lines.answers_before,
                    jsonb_agg(lines.moved) FILTER (WHERE (lines.kind = 'split_into'::text)) OVER (PARTITION BY lines.desk_id, lines.ticket_id, lines.part) AS gone
                   FROM ( SELECT event.desk_id,
                            event.ticket_id,
                            event.seq,
                            event.at,
                            event.kind,
                                CASE
                                    WHEN (event.actor_kind = 'agent'::text) THEN event.actor
                                    ELSE NULL::text
                                END AS agent,
                            to_timestamp(((((event.fact)::json ->>
                                CASE event.kind
                                    WHEN 'merged_from'::text THEN 'unanswered_since'::text
                                    ELSE 'at'::text
                                END))::bigint)::double precision) AS happened_at,
                            (((event.fact)::json ->> 'message_id'::text))::bigint AS message_id,
                            ((event.fact)::jsonb -> 'moved'::text) AS moved,
                            count(*) FILTER (WHERE (event.kind = ANY (ARRAY['agent_replied'::text, 'status_changed'::text]))) OVER earlier AS part,
                            count(*) FILTER (WHERE (event.kind = 'agent_replied'::text)) OVER earlier AS answers_before
                           FROM public.event
                          WHERE ((event.kind = ANY (ARRAY['agent_replied'::text, 'split_from'::text, 'split_into'::text, 'merged_from'::text])) OR ((event.kind = 'customer_wrote'::text) AND (event.rule IS DISTINCT FROM 'B-13'::text)) OR ((event.kind = 'status_changed'::text) AND (((event.detail)::json ->> 'to'::text) = 'solved'::text)))
                          WINDOW earlier AS (PARTITION BY event.desk_id, event.ticket_id ORDER BY event.seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) lines) parts) w
     JOIN public.report_origin t ON (((t.desk_id = w.desk_id) AND (t.ticket_id = w.ticket_id))))
  WHERE (w.kind = 'agent_replied'::text);
COMMENT ON VIEW public.report_answers IS 'One row for each answer of a person to a customer.';
COMMENT ON COLUMN public.report_answers.desk_id IS 'the desk';
COMMENT ON COLUMN public.report_answers.ticket_id IS 'the ticket''s number';
COMMENT ON COLUMN public.report_answers.seq IS 'the line of the history';
COMMENT ON COLUMN public.report_answers.at IS 'when it was stored';
COMMENT ON COLUMN public.report_answers.agent IS 'who answered; null: no agent';
COMMENT ON COLUMN public.report_answers.first IS 'it was the ticket''s first';
COMMENT ON COLUMN public.report_answers.waited_s IS 'for how long the customer had waited since the first message without an answer, by the wall, in a ticket that was merged into this one, too; what went on in another ticket is waited for there; null: nobody waited';
COMMENT ON COLUMN public.report_answers.channel IS 'the channel by which the ticket came';
CREATE VIEW public.report_event AS
 SELECT e.desk_id,
    e.ticket_id,
    e.seq,
    e.at,
    e.kind,
    e.actor_kind,
    e.actor,
    e.cause,
    e.rule,
    e.why,
    detail.d AS detail,
    e.fact,
        CASE e.kind
            WHEN 'classified'::text THEN jsonb_build_object('priority', (detail.d ->> 'priority'::text), 'rule', e.rule, 'tags', (detail.d -> 'tags'::text), 'topic', (detail.d ->> 'topic'::text), 'topic_rule', (detail.d ->> 'topic_rule'::text))
            WHEN 'clocks_void'::text THEN '{"void": true}'::jsonb
            WHEN 'priority_changed'::text THEN jsonb_build_object('priority', (detail.d ->> 'to'::text), 'rule', e.rule)
            WHEN 'topic_set'::text THEN
            CASE
                WHEN ((detail.d ->> 'to'::text) <> (detail.d ->> 'was'::text)) THEN (jsonb_build_object('topic', NULLIF((detail.d ->> 'to'::text), 'none'::text), 'topic_rule', e.rule) ||
                CASE
                    WHEN ((detail.d ->> 'team'::text) IS NOT NULL) THEN jsonb_build_object('team', (detail.d ->> 'team'::text))
                    ELSE '{}'::jsonb
                END)
                ELSE NULL::jsonb
            END
            WHEN 'tagged'::text THEN
            CASE
                WHEN ((detail.d -> 'tags'::text) IS NOT NULL) THEN jsonb_build_object('tags', (detail.d -> 'tags'::text))
                ELSE NULL::jsonb
            END
            WHEN 'owner_set'::text THEN jsonb_build_object('agent', (detail.d ->> 'agent'::text), 'void', false)
            WHEN 'level_entered'::text THEN (jsonb_build_object('level', (detail.d -> 'to'::text), 'visit', (detail.d -> 'visit'::text), 'name', (detail.d ->> 'name'::text), 'team', (detail.d ->> 'team'::text)) || (
            CASE
                WHEN ((detail.d ->> 'from'::text) = '0'::text) THEN '{}'::text
                ELSE '{"agent": null}'::text
            END)::jsonb)
            WHEN 'assigned'::text THEN
            CASE
                WHEN ((detail.d ->> 'team'::text) IS NOT NULL) THEN jsonb_build_object('team', (detail.d ->> 'team'::text))
                ELSE NULL::jsonb
            END
            WHEN 'step_taken'::text THEN
            CASE
                WHEN ((detail.d ->> 'do'::text) ~ '"reassign"'::text) THEN '{"agent": null}'::jsonb
                ELSE NULL::jsonb
            END
            WHEN 'merged_into'::text THEN '{"merged": true, "status": "closed"}'::jsonb
            WHEN 'status_changed'::text THEN (jsonb_build_object('status', (detail.d ->> 'to'::text), 'void', false) ||
            CASE (detail.d ->> 'to'::text)
                WHEN 'closed'::text THEN '{}'::jsonb
                WHEN 'solved'::text THEN jsonb_build_object('solved_at', e.at, 'solved_by',
                CASE
                    WHEN (e.actor_kind = 'agent'::text) THEN e.actor
                    ELSE NULL::text
                END)
                ELSE '{"solved_at": null, "solved_by": null}'::jsonb
            END)
            ELSE
            CASE
                WHEN (e.seq = 1) THEN '{"level": 1, "status": "new"}'::jsonb
                ELSE NULL::jsonb
            END
        END AS said
   FROM public.event e,
    LATERAL ( SELECT (e.detail)::json AS d) detail
  WHERE (e.kind = ANY (ARRAY['customer_wrote'::text, 'split_from'::text, 'incident_opened'::text, 'agent_replied'::text, 'classified'::text, 'clocks_void'::text, 'priority_changed'::text, 'topic_set'::text, 'tagged'::text, 'owner_set'::text, 'level_entered'::text, 'assigned'::text, 'step_taken'::text, 'merged_into'::text, 'status_changed'::text]));
COMMENT ON VIEW public.report_event IS 'Every line of the history that changes what a ticket is, or is a word of its conversation. The other views are made of it.';
COMMENT ON COLUMN public.report_event.desk_id IS 'the desk';
COMMENT ON COLUMN public.report_event.ticket_id IS 'the ticket''s number';
COMMENT ON COLUMN public.report_event.seq IS 'the line''s number in its ticket';
COMMENT ON COLUMN public.report_event.at IS 'when it was decided';
COMMENT ON COLUMN public.report_event.kind IS 'what happened, as event.kind';
COMMENT ON COLUMN public.report_event.actor_kind IS 'who did it: customer, agent, time, policy or operator';
COMMENT ON COLUMN public.report_event.actor IS 'the agent''s or operator''s name';
COMMENT ON COLUMN public.report_event.cause IS 'the line of the fact that led to it';
COMMENT ON COLUMN public.report_event.rule IS 'the rule by which it was decided';
COMMENT ON COLUMN public.report_event.why IS 'the sentence that says why';
COMMENT ON COLUMN public.report_event.detail IS 'its figures';
COMMENT ON COLUMN public.report_event.fact IS 'what happened, verbatim; null on lines that follow from another';
COMMENT ON COLUMN public.report_event.said IS 'what it says of its ticket; null: nothing that reports look at';
CREATE VIEW public.report_changes AS
 SELECT told.desk_id,
    told.ticket_id,
    told.seq,
    told.next_seq,
    told.at,
    told.until_at,
    told.kind,
    told.actor_kind,
    told.actor,
    told.cause,
    told.rule,
    told.why,
    told.detail,
    (told.state ->> 'status'::text) AS status,
    (told.state ->> 'priority'::text) AS priority,
    ((told.state ->> 'level'::text))::integer AS level,
    (told.state ->> 'name'::text) AS level_name,
    ((told.state ->> 'visit'::text))::integer AS visit,
    (told.state ->> 'agent'::text) AS agent,
    ARRAY( SELECT jsonb_array_elements_text((told.state -> 'tags'::text)) AS jsonb_array_elements_text) AS tags,
    ((told.state ->> 'merged'::text) IS NOT NULL) AS merged,
    ((told.state ->> 'solved_at'::text))::timestamp with time zone AS solved_at,
    (told.state ->> 'solved_by'::text) AS solved_by,
    (((told.state ->> 'status'::text) <> ALL (ARRAY['solved'::text, 'closed'::text])) AND ((told.state ->> 'void'::text) IS DISTINCT FROM 'true'::text)) AS open,
    (told.before ->> 'status'::text) AS status_before,
    (told.before ->> 'priority'::text) AS priority_before,
    (told.before ->> 'agent'::text) AS agent_before,
    ARRAY( SELECT jsonb_array_elements_text((told.before -> 'tags'::text)) AS jsonb_array_elements_text) AS tags_before,
    COALESCE((((told.before ->> 'status'::text) <> ALL (ARRAY['solved'::text, 'closed'::text])) AND ((told.before ->> 'void'::text) IS DISTINCT FROM 'true'::text)), false) AS open_before,
    (told.state ->> 'topic'::text) AS topic,
    (told.state ->> 'team'::text) AS team,
    (told.before ->> 'team'::text) AS team_before,
    (told.state ->> 'rule'::text) AS priority_rule,
    (told.state ->> 'topic_rule'::text) AS topic_rule
   FROM ( SELECT so_far.desk_id,
            so_far.ticket_id,
            so_far.seq,
            so_far.at,
            so_far.kind,
            so_far.actor_kind,
            so_far.actor,
            so_far.cause,
            so_far.rule,
            so_far.why,
            so_far.detail,
            so_far.fact,
            so_far.said,
            so_far.state,
            lead(so_far.seq) OVER life AS next_seq,
            lead(so_far.at) OVER life AS until_at,
            lag(so_far.state) OVER life AS before
           FROM ( SELECT report_event.desk_id,
                    report_event.ticket_id,
                    report_event.seq,
                    report_event.at,
                    report_event.kind,
                    report_event.actor_kind,
                    report_event.actor,
                    report_event.cause,
                    report_event.rule,
                    report_event.why,
                    report_event.detail,
                    report_event.fact,
                    report_event.said,
                    public.report_state(report_event.said) OVER (PARTITION BY report_event.desk_id, report_event.ticket_id ORDER BY report_event.seq ROWS UNBOUNDED PRECEDING) AS state
                   FROM public.report_event
                  WHERE ((report_event.kind <> ALL (ARRAY['customer_wrote'::text, 'agent_replied'::text])) OR (report_event.seq = 1))) so_far
          WINDOW life AS (PARTITION BY so_far.desk_id, so_far.ticket_id ORDER BY so_far.seq)) told;
COMMENT ON VIEW public.report_changes IS 'One row for each change of a ticket: what it was from then until the next one.';
COMMENT ON COLUMN public.report_changes.desk_id IS 'the desk';
COMMENT ON COLUMN public.report_changes.ticket_id IS 'the ticket''s number';
COMMENT ON COLUMN public.report_changes.seq IS 'the line of the history that changed it';
COMMENT ON COLUMN public.report_changes.next_seq IS 'the line that changes it next; null: it is so now';
COMMENT ON COLUMN public.report_changes.at IS 'since when';
COMMENT ON COLUMN public.report_changes.until_at IS 'until when; null: it is so now';
COMMENT ON COLUMN public.report_changes.kind IS 'what changed it, as event.kind';
COMMENT ON COLUMN public.report_changes.actor_kind IS 'who did it: customer, agent, time, policy or operator';
COMMENT ON COLUMN public.report_changes.actor IS 'the agent''s or operator''s name';
COMMENT ON COLUMN public.report_changes.cause IS 'the line of the fact that led to it';
COMMENT ON COLUMN public.report_changes.rule IS 'the rule by which it was decided';
COMMENT ON COLUMN public.report_changes.why IS 'the sentence that says why';
COMMENT ON COLUMN public.report_changes.detail IS 'the line''s figures';
COMMENT ON COLUMN public.report_changes.status IS 'its status';
COMMENT ON COLUMN public.report_changes.priority IS 'its priority';
COMMENT ON COLUMN public.report_changes.level IS 'its level';
COMMENT ON COLUMN public.report_changes.level_name IS 'what the policy called that level';
COMMENT ON COLUMN public.report_changes.visit IS 'which stay in a level this is, from 1; null: it entered none';
COMMENT ON COLUMN public.report_changes.agent IS 'whose it is; null: nobody''s';
COMMENT ON COLUMN public.report_changes.tags IS 'its tags';
COMMENT ON COLUMN public.report_changes.merged IS 'it was merged into another';
COMMENT ON COLUMN public.report_changes.solved_at IS 'when it was solved; null: it is not';
COMMENT ON COLUMN public.report_changes.solved_by IS 'the agent who solved it; null: somebody or something else';
COMMENT ON COLUMN public.report_changes.open IS 'it is neither solved nor closed, and somebody waits: programs'' answers and spam are never open before somebody acts on them';
COMMENT ON COLUMN public.report_changes.status_before IS 'its status until then; null: it was opened by this';
COMMENT ON COLUMN public.report_changes.priority_before IS 'its priority until then';
COMMENT ON COLUMN public.report_changes.agent_before IS 'whose it was until then';
COMMENT ON COLUMN public.report_changes.tags_before IS 'its tags until then';
COMMENT ON COLUMN public.report_changes.open_before IS 'it was open until then';
COMMENT ON COLUMN public.report_changes.topic IS 'its topic; null: it has none';
COMMENT ON COLUMN public.report_changes.team IS 'whose team it is; null: nobody''s, or the history says none';
COMMENT ON COLUMN public.report_changes.team_before IS 'whose team it was until then';
COMMENT ON COLUMN public.report_changes.priority_rule IS 'the rule that gave it its priority: one of the classification, a step of the policy, D-16 where somebody set it, D-15 of an incident, D-44 of a customer about to leave; null: the policy''s own';
COMMENT ON COLUMN public.report_changes.topic_rule IS 'the rule that gave it its topic: one of the classification, D-16 where somebody set it; null: none has, or it is not known';
CREATE VIEW public.report_escalations AS
 SELECT c.desk_id,
    c.ticket_id,
    c.seq,
    c.at,
    ((c.detail ->> 'from'::text))::integer AS from_level,
    c.level AS to_level,
    c.level_name,
    c.rule,
    c.why,
    (by_hand.actor IS NOT NULL) AS by_hand,
    COALESCE(by_hand.actor, c.agent_before) AS agent,
    c.priority_before AS priority,
    c.tags_before AS tags,
    t.channel,
    t.contact_id,
    c.topic,
    c.team_before AS team
   FROM ((public.report_changes c
     JOIN public.report_origin t ON (((t.desk_id = c.desk_id) AND (t.ticket_id = c.ticket_id))))
     LEFT JOIN LATERAL ( SELECT COALESCE(x.actor, x.actor_kind) AS actor
           FROM public.event x
          WHERE ((x.desk_id = c.desk_id) AND (x.ticket_id = c.ticket_id) AND (x.seq = c.cause) AND (x.kind = 'escalated'::text))) by_hand ON (true))
  WHERE ((c.kind = 'level_entered'::text) AND ((((c.detail ->> 'from'::text))::integer >= 1) AND (((c.detail ->> 'from'::text))::integer <= (c.level - 1))));
COMMENT ON VIEW public.report_escalations IS 'One row for each time that a ticket rose to a higher level. The first level is where it begins, and no escalation.';
COMMENT ON COLUMN public.report_escalations.desk_id IS 'the desk';
COMMENT ON COLUMN public.report_escalations.ticket_id IS 'the ticket''s number';
COMMENT ON COLUMN public.report_escalations.seq IS 'the line of the history';
COMMENT ON COLUMN public.report_escalations.at IS 'when';
COMMENT ON COLUMN public.report_escalations.from_level IS 'the level it left';
COMMENT ON COLUMN public.report_escalations.to_level IS 'the level it came to';
COMMENT ON COLUMN public.report_escalations.level_name IS 'what the policy called that level';
COMMENT ON COLUMN public.report_escalations.rule IS 'which rule: a step of the policy by level and name, or C-20 where it was asked for by hand';
COMMENT ON COLUMN public.report_escalations.why IS 'the sentence that says why: of one asked for by hand, the reason given';
COMMENT ON COLUMN public.report_escalations.by_hand IS 'somebody asked for it; false: the policy''s own step';
COMMENT ON COLUMN public.report_escalations.agent IS 'who asked for it; else whose it was; null: nobody''s';
COMMENT ON COLUMN public.report_escalations.priority IS 'the ticket''s priority until then';
COMMENT ON COLUMN public.report_escalations.tags IS 'its tags until then: the product area';
COMMENT ON COLUMN public.report_escalations.channel IS 'the channel by which the ticket came; null: an incident';
COMMENT ON COLUMN public.report_escalations.contact_id IS 'whose ticket it is; null: an incident';
COMMENT ON COLUMN public.report_escalations.topic IS 'its topic; null: it has none';
COMMENT ON COLUMN public.report_escalations.team IS 'the team that it left';
CREATE VIEW public.report_sla AS
 SELECT k.desk_id,
    k.ticket_id,
    k.clock,
    k.instance,
    k.started_at,
    k.target_s,
    k.warnings,
    k.missed_at,
    k.ended_at,
        CASE
            WHEN (k.missed_at IS NOT NULL) THEN 'missed'::text
            ELSE COALESCE(k.ended, 'running'::text)
        END AS outcome,
        CASE
            WHEN (k.missed_at IS NULL) THEN COALESCE(k.ended_by, c.agent)
            ELSE c.agent
        END AS agent,
    c.level,
    c.priority,
    t.channel,
    t.contact_id,
    c.topic,
    c.team,
    c.tags,
    c.priority_rule AS rule
   FROM ((( SELECT event.desk_id,
            event.ticket_id,
            (detail.d ->> 'clock'::text) AS clock,
            ((detail.d ->> 'instance'::text))::integer AS instance,
            min(event.at) FILTER (WHERE (event.kind = 'clock_started'::text)) AS started_at,
            (max(ARRAY[event.seq, ((detail.d ->> 'target_s'::text))::bigint]) FILTER (WHERE (event.kind = ANY (ARRAY['clock_started'::text, 'clock_retargeted'::text]))))[2] AS target_s,
            count(*) FILTER (WHERE (event.kind = 'clock_warned'::text)) AS warnings,
            min(event.at) FILTER (WHERE (event.kind = 'clock_breached'::text)) AS missed_at,
            min(event.at) FILTER (WHERE (event.kind = 'clock_ended'::text)) AS ended_at,
            max((detail.d ->> 'end'::text)) FILTER (WHERE (event.kind = 'clock_ended'::text)) AS ended,
            max(event.actor) FILTER (WHERE ((event.kind = 'clock_ended'::text) AND (event.actor_kind = 'agent'::text))) AS ended_by,
            COALESCE(min(event.seq) FILTER (WHERE (event.kind = 'clock_breached'::text)), min(event.seq) FILTER (WHERE (event.kind = 'clock_ended'::text)), '9223372036854775807'::bigint) AS decided
           FROM public.event,
            LATERAL ( SELECT (event.detail)::json AS d) detail
          WHERE (event.kind = ANY (ARRAY['clock_started'::text, 'clock_retargeted'::text, 'clock_warned'::text, 'clock_breached'::text, 'clock_ended'::text]))
          GROUP BY event.desk_id, event.ticket_id, (detail.d ->> 'clock'::text), ((detail.d ->> 'instance'::text))::integer) k
     JOIN public.report_changes c ON (((c.desk_id = k.desk_id) AND (c.ticket_id = k.ticket_id) AND (c.seq <= k.decided) AND ((c.next_seq IS NULL) OR (c.next_seq > k.decided)))))
     JOIN public.report_origin t ON (((t.desk_id = k.desk_id) AND (t.ticket_id = k.ticket_id))));
COMMENT ON VIEW public.report_sla IS 'One row for each clock: what was promised, and what became of it.';
COMMENT ON COLUMN public.report_sla.desk_id IS 'the desk';
COMMENT ON COLUMN public.report_sla.ticket_id IS 'the ticket''s number';
COMMENT ON COLUMN public.report_sla.clock IS 'its kind: ack, first_response, next_response, update, resolution, level_ack or level_resolve';
COMMENT ON COLUMN public.report_sla.instance IS 'which one of its kind, from 1';
COMMENT ON COLUMN public.report_sla.started_at IS 'when it began to be counted';
COMMENT ON COLUMN public.report_sla.target_s IS 'its target in seconds of its calendar, as it was last';
COMMENT ON COLUMN public.report_sla.warnings IS 'how many warnings it gave';
COMMENT ON COLUMN public.report_sla.missed_at IS 'when its target was missed; null: it was not';
COMMENT ON COLUMN public.report_sla.ended_at IS 'when it ended; null: it has not';
COMMENT ON COLUMN public.report_sla.outcome IS 'missed where its target was missed, whatever came later; else how it ended: met, waived (solved without an answer), void (nobody waited, or the policy has no such target any more), merged or left (the level was left); running: it has not';
COMMENT ON COLUMN public.report_sla.agent IS 'of one missed: whose the ticket was then; else who ended it, or whose it was; null: nobody''s';
COMMENT ON COLUMN public.report_sla.level IS 'the ticket''s level as it was missed or ended, or now';
COMMENT ON COLUMN public.report_sla.priority IS 'the ticket''s priority then';
COMMENT ON COLUMN public.report_sla.channel IS 'the channel by which the ticket came; null: an incident';
COMMENT ON COLUMN public.report_sla.contact_id IS 'whose ticket it is; null: an incident';
COMMENT ON COLUMN public.report_sla.topic IS 'the ticket''s topic; null: it has none';
COMMENT ON COLUMN public.report_sla.team IS 'whose team it was as it was missed or ended, or is now';
COMMENT ON COLUMN public.report_sla.tags IS 'its tags then: the product area';
COMMENT ON COLUMN public.report_sla.rule IS 'the rule that gave it that priority, and with it the target: as report_changes.priority_rule';
CREATE VIEW public.report_tickets AS
 SELECT l.desk_id,
    l.ticket_id,
    l.opened_at,
    (l.state ->> 'status'::text) AS status,
    (l.state ->> 'priority'::text) AS priority,
    ((l.state ->> 'level'::text))::integer AS level,
    (l.state ->> 'agent'::text) AS agent,
    ARRAY( SELECT jsonb_array_elements_text((l.state -> 'tags'::text)) AS jsonb_array_elements_text) AS tags,
    (l.state ? 'merged'::text) AS merged,
    l.automatic,
    l.messages,
    l.answers,
    (EXTRACT(epoch FROM (l.answered_at - l.opened_at)))::bigint AS first_answer_s,
    l.solved_at,
        CASE
            WHEN (l.solved_at IS NOT NULL) THEN COALESCE((l.state ->> 'solved_by'::text), (l.state ->> 'agent'::text))
            ELSE NULL::text
        END AS solved_by,
    (EXTRACT(epoch FROM (l.solved_at - l.opened_at)))::bigint AS solved_s,
    l.reopened,
    l.escalated,
    ((l.solved_at IS NOT NULL) AND (l.answers = 1) AND (l.reopened = 0) AND (l.escalated = 0)) AS first_contact,
    t.channel,
    t.contact_id,
    (l.state ->> 'topic'::text) AS topic,
    (l.state ->> 'team'::text) AS team
   FROM (( SELECT g.desk_id,
            g.ticket_id,
            g.state,
            g.opened_at,
            g.messages,
            g.answers,
            g.answered_at,
            g.reopened,
            g.escalated,
            g.automatic,
                CASE
                    WHEN (NOT (g.state ? 'merged'::text)) THEN ((g.state ->> 'solved_at'::text))::timestamp with time zone
                    ELSE NULL::timestamp with time zone
                END AS solved_at
           FROM ( SELECT report_event.desk_id,
                    report_event.ticket_id,
                    public.report_state(report_event.said ORDER BY report_event.seq) AS state,
                    to_timestamp((min((((report_event.fact)::json ->> 'at'::text))::bigint) FILTER (WHERE (report_event.seq = 1)))::double precision) AS opened_at,
                    count(*) FILTER (WHERE ((report_event.kind = ANY (ARRAY['customer_wrote'::text, 'split_from'::text])) AND (report_event.rule IS DISTINCT FROM 'B-13'::text))) AS messages,
                    count(*) FILTER (WHERE (report_event.kind = 'agent_replied'::text)) AS answers,
                    to_timestamp((min((((report_event.fact)::json ->> 'at'::text))::bigint) FILTER (WHERE (report_event.kind = 'agent_replied'::text)))::double precision) AS answered_at,
                    count(*) FILTER (WHERE ((report_event.kind = 'status_changed'::text) AND ((report_event.detail ->> 'to'::text) <> 'closed'::text) AND (((report_event.detail ->> 'from'::text) = 'solved'::text) OR (((report_event.detail ->> 'from'::text) = 'closed'::text) AND (report_event.actor_kind = 'customer'::text))))) AS reopened,
                    count(*) FILTER (WHERE ((report_event.kind = 'level_entered'::text) AND ((((report_event.detail ->> 'from'::text))::integer >= 1) AND (((report_event.detail ->> 'from'::text))::integer <= (((report_event.detail ->> 'to'::text))::integer - 1))))) AS escalated,
                    COALESCE((max(report_event.seq) FILTER (WHERE (report_event.kind = 'clocks_void'::text)) > COALESCE(max(report_event.seq) FILTER (WHERE ((report_event.kind = 'status_changed'::text) AND ((report_event.detail ->> 'from'::text) = 'closed'::text))), (0)::bigint)), false) AS automatic
                   FROM public.report_event
                  GROUP BY report_event.desk_id, report_event.ticket_id) g) l
     JOIN public.report_origin t ON (((t.desk_id = l.desk_id) AND (t.ticket_id = l.ticket_id))));
COMMENT ON VIEW public.report_tickets IS 'One row for each ticket: what came of it.';
COMMENT ON COLUMN public.report_tickets.desk_id IS 'the desk';
COMMENT ON COLUMN public.report_tickets.ticket_id IS 'the ticket''s number';
COMMENT ON COLUMN public.report_tickets.opened_at IS 'when the message that opened it was received';
COMMENT ON COLUMN public.report_tickets.status IS 'its status now';
COMMENT ON COLUMN public.report_tickets.priority IS 'its priority now';
COMMENT ON COLUMN public.report_tickets.level IS 'its level now';
COMMENT ON COLUMN public.report_tickets.agent IS 'whose it is now; null: nobody''s';
COMMENT ON COLUMN public.report_tickets.tags IS 'its tags now';
COMMENT ON COLUMN public.report_tickets.merged IS 'it was merged into another';
COMMENT ON COLUMN public.report_tickets.automatic IS 'a program opened it, or it is spam: nobody waits';
COMMENT ON COLUMN public.report_tickets.messages IS 'how many messages the customer wrote as they came, without automatic ones; what went on in another ticket is counted where it came';
COMMENT ON COLUMN public.report_tickets.answers IS 'how many answers went to the customer';
COMMENT ON COLUMN public.report_tickets.first_answer_s IS 'from the opening to the first answer, by the wall; null: there is none';
COMMENT ON COLUMN public.report_tickets.solved_at IS 'when it was solved; null: it is not, or was merged';
COMMENT ON COLUMN public.report_tickets.solved_by IS 'the agent who solved it, else whose it was then';
COMMENT ON COLUMN public.report_tickets.solved_s IS 'from the opening to the solution, by the wall';
COMMENT ON COLUMN public.report_tickets.reopened IS 'how many times it was solved or closed, and open again';
COMMENT ON COLUMN public.report_tickets.escalated IS 'how many times it rose to a higher level';
COMMENT ON COLUMN public.report_tickets.first_contact IS 'it was solved at first contact: with one answer, never reopened, never escalated';
COMMENT ON COLUMN public.report_tickets.channel IS 'the channel by which it came; null: an incident';
COMMENT ON COLUMN public.report_tickets.contact_id IS 'whose it is; null: an incident';
COMMENT ON COLUMN public.report_tickets.topic IS 'its topic; null: it has none';
COMMENT ON COLUMN public.report_tickets.team IS 'whose team it is now';
CREATE VIEW public.report_agents AS
 SELECT deeds.desk_id,
    deeds.day,
    deeds.agent,
    sum(deeds.given) AS given,
    sum(deeds.answers) AS answers,
    sum(deeds.waited_s) AS waited_s,
    sum(deeds.waits) AS waits,
    sum(deeds.solved) AS solved,
    sum(deeds.solved_s) AS solved_s,
    sum(deeds.escalated) AS escalated,
    sum(deeds.escalated_from) AS escalated_from,
    sum(deeds.missed) AS missed
   FROM ( SELECT report_changes.desk_id,
            (report_changes.at)::date AS day,
            report_changes.agent,
            1 AS given,
            0 AS answers,
            0 AS waited_s,
            0 AS waits,
            0 AS solved,
            0 AS solved_s,
            0 AS escalated,
            0 AS escalated_from,
            0 AS missed
           FROM public.report_changes
          WHERE (report_changes.kind = 'owner_set'::text)
        UNION ALL
         SELECT report_answers.desk_id,
            (report_answers.at)::date AS at,
            report_answers.agent,
            0,
            1,
            COALESCE(report_answers.waited_s, (0)::bigint) AS "coalesce",
            ((report_answers.waited_s IS NOT NULL))::integer AS int4,
            0,
            0,
            0,
            0,
            0
           FROM public.report_answers
        UNION ALL
         SELECT report_tickets.desk_id,
            (report_tickets.solved_at)::date AS solved_at,
            report_tickets.solved_by,
            0,
            0,
            0,
            0,
            1,
            report_tickets.solved_s,
            0,
            0,
            0
           FROM public.report_tickets
          WHERE (report_tickets.solved_at IS NOT NULL)
        UNION ALL
         SELECT report_escalations.desk_id,
            (report_escalations.at)::date AS at,
            report_escalations.agent,
            0,
            0,
            0,
            0,
            0,
            0,
            (report_escalations.by_hand)::integer AS by_hand,
            ((NOT report_escalations.by_hand))::integer AS int4,
            0
           FROM public.report_escalations
        UNION ALL
         SELECT report_sla.desk_id,
            (report_sla.missed_at)::date AS missed_at,
            report_sla.agent,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            1
           FROM public.report_sla
          WHERE (report_sla.missed_at IS NOT NULL)) deeds
  WHERE (deeds.agent IS NOT NULL)
  GROUP BY deeds.desk_id, deeds.day, deeds.agent;
COMMENT ON VIEW public.report_agents IS 'One row for each agent and day on which the agent did something. Days are those of the session''s time zone.';
COMMENT ON COLUMN public.report_agents.desk_id IS 'the desk';
COMMENT ON COLUMN public.report_agents.day IS 'the day';
COMMENT ON COLUMN public.report_agents.agent IS 'the agent';
COMMENT ON COLUMN public.report_agents.given IS 'times that a ticket became the agent''s';
COMMENT ON COLUMN public.report_agents.answers IS 'answers to customers';
COMMENT ON COLUMN public.report_agents.waited_s IS 'how long the customers of these answers had waited, in sum, by the wall';
COMMENT ON COLUMN public.report_agents.waits IS 'how many of these answers somebody had waited for';
COMMENT ON COLUMN public.report_agents.solved IS 'tickets solved that are so still';
COMMENT ON COLUMN public.report_agents.solved_s IS 'how long these took from their opening, in sum, by the wall';
COMMENT ON COLUMN public.report_agents.escalated IS 'escalations that the agent asked for';
COMMENT ON COLUMN public.report_agents.escalated_from IS 'escalations by the policy of tickets that were the agent''s';
COMMENT ON COLUMN public.report_agents.missed IS 'clocks missed while the ticket was the agent''s';
CREATE VIEW public.report_backlog AS
 SELECT days.desk_id,
    days.day,
    days.opened,
    days.reopened,
    days.solved,
    days.ended,
    sum(days.net) OVER life AS backlog,
    sum(days.nobody) OVER life AS nobody,
    sum(days.waiting) OVER life AS waiting
   FROM ( SELECT d.desk_id,
            (g.g)::date AS day,
            COALESCE(n.opened, (0)::bigint) AS opened,
            COALESCE(n.reopened, (0)::bigint) AS reopened,
            COALESCE(n.solved, (0)::bigint) AS solved,
            COALESCE(n.ended, (0)::bigint) AS ended,
            COALESCE(n.net, (0)::bigint) AS net,
            COALESCE(n.nobody, (0)::bigint) AS nobody,
            COALESCE(n.waiting, (0)::bigint) AS waiting
           FROM ((( SELECT event.desk_id,
                    min(event.at) AS first_at
                   FROM public.event
                  WHERE (event.seq = 1)
                  GROUP BY event.desk_id) d
             CROSS JOIN LATERAL generate_series(date_trunc('day'::text, d.first_at), date_trunc('day'::text, now()), '1 day'::interval) g(g))
             LEFT JOIN ( SELECT report_changes.desk_id,
                    (report_changes.at)::date AS day,
                    count(*) FILTER (WHERE (report_changes.open AND (report_changes.seq = 1))) AS opened,
                    count(*) FILTER (WHERE (report_changes.open AND (NOT report_changes.open_before) AND (report_changes.seq > 1))) AS reopened,
                    count(*) FILTER (WHERE (report_changes.open_before AND (report_changes.status = 'solved'::text))) AS solved,
                    count(*) FILTER (WHERE (report_changes.open_before AND (report_changes.status = 'closed'::text))) AS ended,
                    sum(((report_changes.open)::integer - (report_changes.open_before)::integer)) AS net,
                    sum((((report_changes.open AND (report_changes.agent IS NULL)))::integer - ((report_changes.open_before AND (report_changes.agent_before IS NULL)))::integer)) AS nobody,
                    sum((((report_changes.open AND (report_changes.status = ANY (ARRAY['pending'::text, 'on_hold'::text]))))::integer - ((report_changes.open_before AND (report_changes.status_before = ANY (ARRAY['pending'::text, 'on_hold'::text]))))::integer)) AS waiting
                   FROM public.report_changes
                  GROUP BY report_changes.desk_id, ((report_changes.at)::date)) n ON (((n.desk_id = d.desk_id) AND (n.day = (g.g)::date))))) days
  WINDOW life AS (PARTITION BY days.desk_id ORDER BY days.day);
COMMENT ON VIEW public.report_backlog IS 'One row for each day since the first ticket, until today. Days are those of the session''s time zone.';
COMMENT ON COLUMN public.report_backlog.desk_id IS 'the desk';
COMMENT ON COLUMN public.report_backlog.day IS 'the day';
COMMENT ON COLUMN public.report_backlog.opened IS 'tickets opened';
COMMENT ON COLUMN public.report_backlog.reopened IS 'tickets open again that were solved';
COMMENT ON COLUMN public.report_backlog.solved IS 'tickets solved';
COMMENT ON COLUMN public.report_backlog.ended IS 'open tickets that were closed unsolved or merged';
COMMENT ON COLUMN public.report_backlog.backlog IS 'tickets open at the end of the day';
COMMENT ON COLUMN public.report_backlog.nobody IS 'of these, nobody''s';
COMMENT ON COLUMN public.report_backlog.waiting IS 'of these, waiting on the customer or on others';
CREATE VIEW public.report_channels AS
 SELECT t.desk_id,
    (t.opened_at)::date AS day,
    t.channel,
    count(*) AS tickets,
    sum(t.messages) AS messages,
    sum(t.answers) AS answers,
    count(t.first_answer_s) AS answered,
    sum(t.first_answer_s) AS first_answer_s,
    count(t.solved_at) AS solved,
    sum(t.solved_s) AS solved_s,
    count(*) FILTER (WHERE t.first_contact) AS first_contact,
    count(*) FILTER (WHERE (t.reopened > 0)) AS reopened,
    count(*) FILTER (WHERE (t.escalated > 0)) AS escalated,
    sum(k.met) AS met,
    sum(k.missed) AS missed
   FROM (public.report_tickets t
     LEFT JOIN ( SELECT report_sla.desk_id,
            report_sla.ticket_id,
            count(*) FILTER (WHERE (report_sla.outcome = 'met'::text)) AS met,
            count(*) FILTER (WHERE (report_sla.outcome = 'missed'::text)) AS missed
           FROM public.report_sla
          GROUP BY report_sla.desk_id, report_sla.ticket_id) k ON (((k.desk_id = t.desk_id) AND (k.ticket_id = t.ticket_id))))
  WHERE (t.channel IS NOT NULL)
  GROUP BY t.desk_id, ((t.opened_at)::date), t.channel;
COMMENT ON VIEW public.report_channels IS 'One row for each channel and day on which a ticket came by it: what came of these tickets. Days are those of the session''s time zone.';
COMMENT ON COLUMN public.report_channels.desk_id IS 'the desk';
COMMENT ON COLUMN public.report_channels.day IS 'the day on which the tickets were opened';
COMMENT ON COLUMN public.report_channels.channel IS 'the channel';
COMMENT ON COLUMN public.report_channels.tickets IS 'tickets opened, those of programs among them';
COMMENT ON COLUMN public.report_channels.messages IS 'messages of their customers';
COMMENT ON COLUMN public.report_channels.answers IS 'answers to them';
COMMENT ON COLUMN public.report_channels.answered IS 'tickets with an answer';
COMMENT ON COLUMN public.report_channels.first_answer_s IS 'from the opening to the first answer of these, in sum, by the wall';
COMMENT ON COLUMN public.report_channels.solved IS 'tickets that are solved';
COMMENT ON COLUMN public.report_channels.solved_s IS 'from the opening to the solution of these, in sum, by the wall';
COMMENT ON COLUMN public.report_channels.first_contact IS 'tickets solved at first contact';
COMMENT ON COLUMN public.report_channels.reopened IS 'tickets that were reopened';
COMMENT ON COLUMN public.report_channels.escalated IS 'tickets that rose to a higher level';
COMMENT ON COLUMN public.report_channels.met IS 'clocks of these tickets that were met';
COMMENT ON COLUMN public.report_channels.missed IS 'clocks of these tickets that were missed';
CREATE VIEW public.report_corrections AS
 SELECT c.desk_id,
    c.ticket_id,
    c.seq,
    c.at,
    s.what,
    s.rule,
    s.was,
    s.became,
        CASE
            WHEN (c.actor_kind = 'agent'::text) THEN c.actor
            ELSE NULL::text
        END AS agent,
    t.channel,
    c.level,
    c.topic,
    c.team,
    c.tags
   FROM ((( SELECT report_changes.desk_id,
            report_changes.ticket_id,
            report_changes.seq,
            report_changes.next_seq,
            report_changes.at,
            report_changes.until_at,
            report_changes.kind,
            report_changes.actor_kind,
            report_changes.actor,
            report_changes.cause,
            report_changes.rule,
            report_changes.why,
            report_changes.detail,
            report_changes.status,
            report_changes.priority,
            report_changes.level,
            report_changes.level_name,
            report_changes.visit,
            report_changes.agent,
            report_changes.tags,
            report_changes.merged,
            report_changes.solved_at,
            report_changes.solved_by,
            report_changes.open,
            report_changes.status_before,
            report_changes.priority_before,
            report_changes.agent_before,
            report_changes.tags_before,
            report_changes.open_before,
            report_changes.topic,
            report_changes.team,
            report_changes.team_before,
            report_changes.priority_rule,
            report_changes.topic_rule,
            lag(report_changes.priority_rule) OVER life AS priority_rule_before,
            lag(report_changes.topic_rule) OVER life AS topic_rule_before
           FROM public.report_changes
          WINDOW life AS (PARTITION BY report_changes.desk_id, report_changes.ticket_id ORDER BY report_changes.seq)) c
     CROSS JOIN LATERAL ( SELECT 'priority'::text AS what,
            c.priority_rule_before AS rule,
            c.priority_before AS was,
            c.priority AS became
          WHERE ((c.kind = 'priority_changed'::text) AND (c.rule = 'D-16'::text))
        UNION ALL
         SELECT 'topic'::text,
            c.topic_rule_before,
            (c.detail ->> 'was'::text),
            (c.detail ->> 'to'::text)
          WHERE ((c.kind = 'topic_set'::text) AND ((c.detail ->> 'was'::text) <> (c.detail ->> 'to'::text)))) s)
     JOIN public.report_origin t ON (((t.desk_id = c.desk_id) AND (t.ticket_id = c.ticket_id))));
COMMENT ON VIEW public.report_corrections IS 'One row for each time that somebody set right what a rule had said of a ticket.';
COMMENT ON COLUMN public.report_corrections.desk_id IS 'the desk';
COMMENT ON COLUMN public.report_corrections.ticket_id IS 'the ticket''s number';
COMMENT ON COLUMN public.report_corrections.seq IS 'the line of the history';
COMMENT ON COLUMN public.report_corrections.at IS 'when';
COMMENT ON COLUMN public.report_corrections.what IS 'what was set right: priority or topic';
COMMENT ON COLUMN public.report_corrections.rule IS 'the rule that had said otherwise, as report_changes.priority_rule or topic_rule; D-16: somebody had set it before; null: the policy''s own priority, or no rule had said a topic';
COMMENT ON COLUMN public.report_corrections.was IS 'what it had said; none: no topic';
COMMENT ON COLUMN public.report_corrections.became IS 'what it is now; none: it has no topic';
COMMENT ON COLUMN public.report_corrections.agent IS 'who set it right; null: no agent';
COMMENT ON COLUMN public.report_corrections.channel IS 'the channel by which the ticket came';
COMMENT ON COLUMN public.report_corrections.level IS 'the ticket''s level then';
COMMENT ON COLUMN public.report_corrections.topic IS 'its topic from then on; null: it has none';
COMMENT ON COLUMN public.report_corrections.team IS 'whose team it was then; where a topic was set, whose it is from then on';
COMMENT ON COLUMN public.report_corrections.tags IS 'its tags then: the product area';
CREATE VIEW public.report_levels AS
 SELECT s.desk_id,
    s.ticket_id,
    s.visit,
    s.level,
    s.level_name,
    s.entered_at,
    s.left_at,
    lead(s.level) OVER (PARTITION BY s.desk_id, s.ticket_id ORDER BY s.visit) AS left_to,
    s.seconds,
    s.waited_s,
    s.solved,
    t.channel,
    t.contact_id
   FROM (( SELECT report_changes.desk_id,
            report_changes.ticket_id,
            report_changes.visit,
            min(report_changes.level) AS level,
            min(report_changes.level_name) AS level_name,
            min(report_changes.at) AS entered_at,
                CASE
                    WHEN bool_or((report_changes.until_at IS NULL)) THEN NULL::timestamp with time zone
                    ELSE max(report_changes.until_at)
                END AS left_at,
            (COALESCE(sum(EXTRACT(epoch FROM (COALESCE(report_changes.until_at, now()) - report_changes.at))) FILTER (WHERE report_changes.open), (0)::numeric))::bigint AS seconds,
            (COALESCE(sum(EXTRACT(epoch FROM (COALESCE(report_changes.until_at, now()) - report_changes.at))) FILTER (WHERE (report_changes.status = ANY (ARRAY['pending'::text, 'on_hold'::text]))), (0)::numeric))::bigint AS waited_s,
            bool_or(((report_changes.until_at IS NULL) AND (report_changes.solved_at IS NOT NULL) AND (NOT report_changes.merged))) AS solved
           FROM public.report_changes
          WHERE (report_changes.visit IS NOT NULL)
          GROUP BY report_changes.desk_id, report_changes.ticket_id, report_changes.visit) s
     JOIN public.report_origin t ON (((t.desk_id = s.desk_id) AND (t.ticket_id = s.ticket_id))));
COMMENT ON VIEW public.report_levels IS 'One row for each stay of a ticket in a level: what the levels carry, and what that costs.';
COMMENT ON COLUMN public.report_levels.desk_id IS 'the desk';
COMMENT ON COLUMN public.report_levels.ticket_id IS 'the ticket''s number';
COMMENT ON COLUMN public.report_levels.visit IS 'which stay of its ticket, from 1';
COMMENT ON COLUMN public.report_levels.level IS 'the level';
COMMENT ON COLUMN public.report_levels.level_name IS 'what the policy called it';
COMMENT ON COLUMN public.report_levels.entered_at IS 'when it came there';
COMMENT ON COLUMN public.report_levels.left_at IS 'when it left; null: it has not';
COMMENT ON COLUMN public.report_levels.left_to IS 'the level it went to; null: it has not left';
COMMENT ON COLUMN public.report_levels.seconds IS 'how long it was there and open, by the wall';
COMMENT ON COLUMN public.report_levels.waited_s IS 'how much of that it waited on the customer or on others';
COMMENT ON COLUMN public.report_levels.solved IS 'it is solved, and it was there that it was';
COMMENT ON COLUMN public.report_levels.channel IS 'the channel by which the ticket came; null: an incident';
COMMENT ON COLUMN public.report_levels.contact_id IS 'whose ticket it is; null: an incident';
CREATE VIEW public.report_load AS
 SELECT moves.desk_id,
    moves.agent,
    moves.at,
    moves.ticket_id,
    moves.change,
    (sum(moves.change) OVER (PARTITION BY moves.desk_id, moves.agent ORDER BY moves.at, moves.ticket_id, moves.seq, moves.change))::integer AS load
   FROM ( SELECT c.desk_id,
            c.ticket_id,
            c.seq,
            c.at,
            side.agent,
            side.change
           FROM public.report_changes c,
            LATERAL ( VALUES (
                        CASE
                            WHEN (c.status_before = ANY (ARRAY['new'::text, 'open'::text])) THEN c.agent_before
                            ELSE NULL::text
                        END,'-1'::integer), (
                        CASE
                            WHEN (c.status = ANY (ARRAY['new'::text, 'open'::text])) THEN c.agent
                            ELSE NULL::text
                        END,1)) side(agent, change)
          WHERE ((side.agent IS NOT NULL) AND ((c.agent_before IS DISTINCT FROM c.agent) OR ((c.status_before = ANY (ARRAY['new'::text, 'open'::text])) IS DISTINCT FROM (c.status = ANY (ARRAY['new'::text, 'open'::text])))))) moves;
COMMENT ON VIEW public.report_load IS 'One row for each change of what an agent carries: tickets that are new or open count, as they do for an agent''s limit.';
COMMENT ON COLUMN public.report_load.desk_id IS 'the desk';
COMMENT ON COLUMN public.report_load.agent IS 'the agent';
COMMENT ON COLUMN public.report_load.at IS 'when';
COMMENT ON COLUMN public.report_load.ticket_id IS 'the ticket that came or went';
COMMENT ON COLUMN public.report_load.change IS '1: it came, -1: it went';
COMMENT ON COLUMN public.report_load.load IS 'how many tickets the agent carries from then on';
CREATE VIEW public.report_overload AS
 SELECT o.desk_id,
    o.team,
    o.at AS began_at,
    ( SELECT min(e.at) AS min
           FROM public.backlog_event e
          WHERE ((e.desk_id = o.desk_id) AND (e.team = o.team) AND (e.kind = 'calm'::text) AND (e.at >= o.at))) AS ended_at,
    o.why,
    o.waiting,
    o.oldest_s,
    o.carried,
    o.there,
    o.policy_version
   FROM public.backlog_event o
  WHERE (o.kind = 'over'::text);
COMMENT ON VIEW public.report_overload IS 'One row for each time that a team had more than its policy says it can do.';
COMMENT ON COLUMN public.report_overload.desk_id IS 'the desk';
COMMENT ON COLUMN public.report_overload.team IS 'the team';
COMMENT ON COLUMN public.report_overload.began_at IS 'when it began';
COMMENT ON COLUMN public.report_overload.ended_at IS 'when it was over; null: it is not';
COMMENT ON COLUMN public.report_overload.why IS 'the threshold that was reached: tickets, oldest or per_agent';
COMMENT ON COLUMN public.report_overload.waiting IS 'how many cases waited for an owner as it began';
COMMENT ON COLUMN public.report_overload.oldest_s IS 'how long the first of them had waited, in the hours of the team''s level';
COMMENT ON COLUMN public.report_overload.carried IS 'how many cases those who were there had, those that waited among them';
COMMENT ON COLUMN public.report_overload.there IS 'how many of the team were there';
COMMENT ON COLUMN public.report_overload.policy_version IS 'the version of the policy by which it was decided';
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
    kept_s bigint DEFAULT 0 NOT NULL,
    kept_at timestamp with time zone,
    CONSTRAINT target_clock_ended_has_a_reason CHECK (((ended_at IS NULL) = (ended = ''::text)))
)
WITH (fillfactor='85');
CREATE TABLE public.team_backlog (
    desk_id integer NOT NULL,
    team text NOT NULL COLLATE pg_catalog."C",
    looked_at timestamp with time zone,
    waiting integer DEFAULT 0 NOT NULL,
    oldest_s bigint DEFAULT 0 NOT NULL,
    carried integer DEFAULT 0 NOT NULL,
    there integer DEFAULT 0 NOT NULL,
    over_since timestamp with time zone,
    told integer DEFAULT 0 NOT NULL
);
CREATE TABLE public.thread_key (
    desk_id integer NOT NULL,
    kind "char" NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    ticket_id bigint NOT NULL
)
WITH (fillfactor='90');
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
ALTER TABLE ONLY public.agent_topic_load
    ADD CONSTRAINT agent_topic_load_pkey PRIMARY KEY (desk_id, agent, topic);
ALTER TABLE ONLY public.attachment
    ADD CONSTRAINT attachment_pkey PRIMARY KEY (desk_id, ticket_id, message_id, "position");
ALTER TABLE ONLY public.backlog_event
    ADD CONSTRAINT backlog_event_pkey PRIMARY KEY (desk_id, backlog_event_id);
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
ALTER TABLE ONLY public.incident_look
    ADD CONSTRAINT incident_look_pkey PRIMARY KEY (desk_id, ticket_id);
ALTER TABLE ONLY public.incident_spread
    ADD CONSTRAINT incident_spread_pkey PRIMARY KEY (desk_id, incident_id);
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
ALTER TABLE ONLY public.team_backlog
    ADD CONSTRAINT team_backlog_pkey PRIMARY KEY (desk_id, team);
ALTER TABLE ONLY public.thread_key
    ADD CONSTRAINT thread_key_pkey PRIMARY KEY (desk_id, kind, key);
ALTER TABLE ONLY public.ticket
    ADD CONSTRAINT ticket_pkey PRIMARY KEY (desk_id, ticket_id);
CREATE INDEX address_of_contact_idx ON public.address USING btree (contact_id, desk_id);
CREATE INDEX attachment_to_fetch_idx ON public.attachment USING btree (fetch_due_at NULLS FIRST) WHERE ((url IS NOT NULL) AND (fetched_at IS NULL) AND (fetch_error IS NULL));
CREATE INDEX backlog_event_of_team_idx ON public.backlog_event USING btree (desk_id, team, at);
CREATE INDEX delivery_by_external_id_idx ON public.delivery USING btree (external_id, channel_id, desk_id) WHERE (external_id IS NOT NULL);
CREATE INDEX delivery_dead_idx ON public.delivery USING btree (ended_at) WHERE (state = 'dead'::text);
CREATE INDEX delivery_of_ticket_idx ON public.delivery USING btree (ticket_id, desk_id);
CREATE INDEX delivery_owed_idx ON public.delivery USING btree (channel_id, automatic, due_at) WHERE (state = 'owed'::text);
CREATE INDEX due_next_idx ON public.due USING btree (wake_at);
CREATE INDEX due_queue_idx ON public.due USING btree (desk_id, queue_team, queue_rank) WHERE (queue_team IS NOT NULL);
CREATE INDEX event_at_idx ON public.event USING brin (at);
CREATE INDEX event_solution_idx ON public.event USING btree (desk_id, at) WHERE (kind = 'solution_noted'::text);
CREATE INDEX message_by_id_idx ON public.message USING brin (message_id);
CREATE INDEX node_watched_idx ON public.node USING btree (name) WHERE watched;
CREATE INDEX policy_version_planned_idx ON public.policy_version USING btree (from_at) WHERE ((in_force_at IS NULL) AND (cancelled_at IS NULL));
CREATE INDEX quarantine_unsettled ON public.quarantine USING btree (desk_id, quarantine_id) WHERE (settled_at IS NULL);
CREATE INDEX ticket_incident_idx ON public.ticket USING btree (desk_id, ticket_id) WHERE (incident IS NOT NULL);
CREATE INDEX ticket_like_idx ON public.ticket USING btree (desk_id, created_at, ticket_id) WHERE (terms IS NOT NULL);
CREATE INDEX ticket_of_contact_idx ON public.ticket USING btree (contact_id, desk_id);
CREATE INDEX ticket_of_incident_idx ON public.ticket USING btree (desk_id, incident_of, ticket_id) WHERE (incident_of IS NOT NULL);
ALTER TABLE ONLY public.address
    ADD CONSTRAINT address_desk_id_contact_id_fkey FOREIGN KEY (desk_id, contact_id) REFERENCES public.contact(desk_id, contact_id);
ALTER TABLE ONLY public.agent_load
    ADD CONSTRAINT agent_load_desk_id_fkey FOREIGN KEY (desk_id) REFERENCES public.desk(desk_id);
ALTER TABLE ONLY public.agent_topic_load
    ADD CONSTRAINT agent_topic_load_desk_id_fkey FOREIGN KEY (desk_id) REFERENCES public.desk(desk_id);
ALTER TABLE ONLY public.backlog_event
    ADD CONSTRAINT backlog_event_desk_id_fkey FOREIGN KEY (desk_id) REFERENCES public.desk(desk_id);
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
ALTER TABLE ONLY public.incident_look
    ADD CONSTRAINT incident_look_desk_id_ticket_id_fkey FOREIGN KEY (desk_id, ticket_id) REFERENCES public.ticket(desk_id, ticket_id);
ALTER TABLE ONLY public.incident_spread
    ADD CONSTRAINT incident_spread_desk_id_incident_id_fkey FOREIGN KEY (desk_id, incident_id) REFERENCES public.ticket(desk_id, ticket_id);
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
ALTER TABLE ONLY public.team_backlog
    ADD CONSTRAINT team_backlog_desk_id_fkey FOREIGN KEY (desk_id) REFERENCES public.desk(desk_id);
ALTER TABLE ONLY public.ticket
    ADD CONSTRAINT ticket_desk_id_channel_id_fkey FOREIGN KEY (desk_id, channel_id) REFERENCES public.channel(desk_id, channel_id);
ALTER TABLE ONLY public.ticket
    ADD CONSTRAINT ticket_desk_id_contact_id_fkey FOREIGN KEY (desk_id, contact_id) REFERENCES public.contact(desk_id, contact_id);
ALTER TABLE ONLY public.ticket
    ADD CONSTRAINT ticket_desk_id_fkey FOREIGN KEY (desk_id) REFERENCES public.desk(desk_id);
