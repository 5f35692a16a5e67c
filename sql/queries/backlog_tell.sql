-- backlog_tell: $1 desk, $2 step key, $3 agent, $4 by which channel (null: none is configured), $5 the domain of its mails,
-- $6 address, $7 name, $8 subject, $9 text, $10 when, $11 now: owed to an agent, once
INSERT INTO delivery (desk_id, delivery_id, ticket_id, notice, step_key, recipient, agent, channel_id, address, address_name, subject,
    text, automatic, level, rule, mail_id, state, last_words, due_at, created_at)
SELECT $1, id, 0, 'O-02', $2, 'agent', $3, $4::bigint, $6, $7, $8, $9, true, 0, 'D-29', 'backlog.' || id || '@' || $5::text,
       CASE WHEN $4::bigint IS NULL THEN 'dead' ELSE 'owed' END,
       CASE WHEN $4::bigint IS NULL THEN 'no agents.mail is configured' END, $10, $11
FROM (SELECT (nextval('delivery_id_block') - 1) * 100 + 1 AS id) b
ON CONFLICT DO NOTHING
