-- incident_spread_next: $1 desks, $2 how many: the next tickets of one incident are to hear how it stands; says how many
WITH news AS (
    SELECT desk_id, incident_id, after_id FROM incident_spread
    WHERE desk_id = ANY ($1::integer[]) LIMIT 1 FOR UPDATE SKIP LOCKED),
next AS (
    SELECT t.desk_id, t.ticket_id
    FROM news JOIN ticket t ON t.desk_id = news.desk_id AND t.incident_of = news.incident_id AND t.ticket_id > news.after_id
    ORDER BY t.ticket_id LIMIT $2),
put AS (
    INSERT INTO incident_look (desk_id, ticket_id) SELECT desk_id, ticket_id FROM next
    ON CONFLICT (desk_id, ticket_id) DO UPDATE
    SET mark = nextval('incident_look_mark'), claimed_until = NULL, claimed_by = NULL
    RETURNING 1),
moved AS (
    UPDATE incident_spread n SET after_id = (SELECT max(ticket_id) FROM next) FROM news
    WHERE n.desk_id = news.desk_id AND n.incident_id = news.incident_id AND (SELECT count(*) FROM put) = $2
    RETURNING 1),
over AS (
    DELETE FROM incident_spread n USING news
    WHERE n.desk_id = news.desk_id AND n.incident_id = news.incident_id AND (SELECT count(*) FROM put) < $2
    RETURNING 1)
SELECT (SELECT count(*) FROM put) FROM news
WHERE (SELECT count(*) FROM moved) + (SELECT count(*) FROM over) > 0
