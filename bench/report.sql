-- bench/report.sql: :tickets tickets of the last 90 days with some twelve lines of history each, as psql's variable says.
-- Every fifth misses its first answer and rises to level 2; every second is answered; eight of ten are solved.
INSERT INTO desk (desk_id, name, token_key) VALUES (1, 'main', decode(repeat('00', 32), 'hex'));
INSERT INTO channel (desk_id, name, kind) SELECT 1, 'ch' || g, 'webhook' FROM generate_series(1, 4) g;
INSERT INTO contact (desk_id, contact_id, name) SELECT 1, g, 'Customer ' || g FROM generate_series(1, :tickets / 3 + 1) g;
INSERT INTO ticket (desk_id, ticket_id, version, status, priority, level, top_level, subject, contact_id, channel_id, last_channel_id,
                    last_address_kind, last_address, created_at, event_seq, event_hash, policy_version, memory)
SELECT 1, g, 1, 'open', 'normal', 1, 1, '', 1 + g / 3, c, c, 'webhook', 'u' || g, at, 1, '', 1, ''
FROM generate_series(1, :tickets) g,
     LATERAL (SELECT 1 + g % 4 AS c, now() - interval '90 days' * (1 - g::float / :tickets) AS at) x;
INSERT INTO event (desk_id, ticket_id, seq, at, kind, actor_kind, actor, cause, rule, why, policy_version, detail, fact, hash)
SELECT 1, g, row_number() OVER (PARTITION BY g ORDER BY n), least(at + after * interval '1 second', now()), kind,
       CASE WHEN kind IN ('agent_replied', 'status_set', 'status_changed') THEN 'agent' ELSE 'time' END,
       CASE WHEN kind IN ('agent_replied', 'status_set', 'status_changed') THEN 'agent' || g % 20 END, 1,
       CASE WHEN kind = 'level_entered' THEN 'policy level 1/no first answer' END, 'a sentence that says why it happened', 1, detail,
       CASE WHEN with_fact THEN json_build_object(
           'at', extract(epoch FROM at + after * interval '1 second')::bigint, 'by', 'customer', 'kind', kind,
           'now', extract(epoch FROM at)::bigint, 'sender', 'u1@example.org', 'thread_why', 'nothing that is known belongs to it')::text
       END,
       sha256(convert_to(g::text || n, 'utf8'))
FROM generate_series(1, :tickets) g,
     LATERAL (SELECT now() - interval '90 days' * (1 - g::float / :tickets) AS at) x,
     LATERAL (VALUES
       (1, 0, 'customer_wrote', '{}', true, true),
       (2, 0, 'classified', json_build_object('priority', (ARRAY['low','normal','high','urgent'])[1 + g % 4], 'rules', ARRAY['nothing works'],
                                             'tags', ARRAY[(ARRAY['outage','access','data','question'])[1 + g % 4]])::text, false, true),
       (3, 0, 'clock_started', '{"clock":"ack","due_at":1767258000,"instance":1,"level":0,"target_s":3600}', false, true),
       (4, 0, 'clock_started', '{"clock":"first_response","due_at":1767258000,"instance":1,"level":0,"target_s":7200}', false, true),
       (5, 0, 'clock_started', '{"clock":"resolution","due_at":1767258000,"instance":1,"level":0,"target_s":86400}', false, true),
       (6, 0, 'level_entered', '{"from":0,"name":"first line","to":1,"visit":1}', false, true),
       (7, 0, 'notice_planned', '{"by_at":1767258000,"due_at":1767258000,"notice":"E-01"}', false, g % 3 > 0),
       (8, 60, 'owner_set', '{"agent":"agent' || g % 20 || '"}', false, true),
       (9, 60, 'clock_ended', '{"clock":"ack","end":"met","instance":1}', false, true),
       (10, 7200, 'clock_breached', '{"cause":"time","clock":"first_response","due_at":1767258000,"instance":1,"late_by":1}', false, g % 5 = 0),
       (11, 7200, 'level_entered', '{"from":1,"name":"second line","to":2,"visit":2}', false, g % 5 = 0),
       (12, 9000, 'agent_replied', '{}', true, true),
       (13, 9000, 'clock_ended', '{"clock":"first_response","end":"met","instance":1}', false, g % 2 = 0),
       (14, 9000, 'status_changed', '{"from":"new","to":"open"}', false, g % 2 = 0),
       (15, 99000, 'status_changed', '{"from":"open","to":"solved"}', false, g % 10 > 1)
     ) v (n, after, kind, detail, with_fact, there)
WHERE there;
ANALYZE;
