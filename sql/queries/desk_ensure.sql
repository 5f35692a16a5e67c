-- desk_ensure: $1 name, $2 its token key if it is new. Two nodes at once: one of them makes it.
INSERT INTO desk (desk_id, name, token_key)
SELECT coalesce(max(desk_id), 0) + 1, $1, $2 FROM desk
HAVING NOT EXISTS (SELECT FROM desk WHERE name = $1)
ON CONFLICT DO NOTHING
