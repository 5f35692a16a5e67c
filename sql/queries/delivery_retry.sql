-- delivery_retry: $1 deliveries, $2 channel's name (each null: any); what is dead is owed again, and the nodes hear of it; not what
-- no channel takes (delivery_stranded), for no node would ever claim it
WITH again AS (
    UPDATE delivery v
    SET state = 'owed', due_at = now(), attempts = 0, claimed_until = NULL, claimed_by = NULL, ended_at = NULL
    FROM desk d
    WHERE v.desk_id = d.desk_id AND v.state = 'dead' AND v.channel_id IS NOT NULL
      AND ($1::bigint[] IS NULL OR v.delivery_id = ANY ($1))
      AND ($2::text IS NULL OR v.channel_id IN (SELECT channel_id FROM channel WHERE desk_id = d.desk_id AND name = $2))
    RETURNING v.delivery_id, v.ticket_id
)
SELECT delivery_id, ticket_id, pg_notify('relevo_delivery', '') FROM again ORDER BY delivery_id
