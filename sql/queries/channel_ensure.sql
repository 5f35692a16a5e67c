-- channel_ensure: $1 desk, $2 name, $3 kind; gives its id, whoever made it
INSERT INTO channel (desk_id, name, kind) VALUES ($1, $2, $3)
ON CONFLICT (desk_id, name) DO UPDATE SET kind = excluded.kind
RETURNING channel_id
