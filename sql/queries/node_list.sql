-- node_list: who was there within the last hour; alive: within the last half minute
SELECT name AS node, version, extract(epoch FROM started_at)::bigint AS started_at,
       extract(epoch FROM seen_at)::bigint AS seen_at, seen_at > now() - interval '30 seconds' AS alive
FROM node WHERE seen_at > now() - interval '1 hour'
ORDER BY alive DESC, name
