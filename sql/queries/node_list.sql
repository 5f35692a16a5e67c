-- node_list: who was there within the last hour; alive: said so just now
SELECT name AS node, version, extract(epoch FROM started_at)::bigint AS started_at,
       extract(epoch FROM seen_at)::bigint AS seen_at, name IN (SELECT name FROM node_alive) AS alive
FROM node WHERE seen_at > now() - interval '1 hour'
ORDER BY alive DESC, name
