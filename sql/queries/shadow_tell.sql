-- shadow_tell: $1 desk, $2 the end of the day that is told (whoever claimed it late tells nothing), $3 the zone of its days, $4 by which
-- channel, $5 the domain of its mails, $6 subject, $7 text: a letter to each, and the next day
WITH told AS (
    UPDATE policy_shadow
    SET told_until = due_at, claimed_until = NULL, claimed_by = NULL,
        due_at = (date_trunc('day', now() AT TIME ZONE $3::text) + interval '1 day') AT TIME ZONE $3::text
    WHERE desk_id = $1 AND due_at = $2
    RETURNING desk_id, mail_to
), owed AS (
    INSERT INTO delivery (desk_id, delivery_id, ticket_id, notice, step_key, recipient, channel_id, address, subject, text, automatic,
        level, mail_id, due_at)
    SELECT desk_id, id, 0, 'O-01', 'O-01/' || id, 'agent', $4, address, $6, $7, true, 0, 'shadow.' || id || '@' || $5::text, now()
    FROM told, LATERAL (SELECT (nextval('delivery_id_block') - 1) * 100 AS base) b,
         LATERAL (SELECT address, base + place AS id FROM unnest(mail_to) WITH ORDINALITY AS m (address, place)) m
    RETURNING delivery_id
)
SELECT pg_notify('relevo_delivery', '') FROM owed LIMIT 1
