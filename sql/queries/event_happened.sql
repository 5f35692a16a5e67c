-- event_happened: $1 desk, $2 ticket, $3 number, $4 hash: a row if just this event is there
SELECT FROM event WHERE desk_id = $1 AND ticket_id = $2 AND seq = $3 AND hash = $4
