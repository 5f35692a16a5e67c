-- desk_list: every desk there is
SELECT desk_id, name AS desk, token_key FROM desk ORDER BY desk_id
