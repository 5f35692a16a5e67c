-- cursor_load: $1 desk, $2 channel
SELECT part, cursor FROM channel_cursor WHERE desk_id = $1 AND channel_id = $2
