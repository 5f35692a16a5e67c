-- desk_make: $1 id, $2 name, $3 its token key
INSERT INTO desk (desk_id, name, token_key) VALUES ($1, $2, $3)
