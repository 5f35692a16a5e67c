-- due_next: when the next ticket wants to be woken; null: none does
SELECT extract(epoch FROM min(wake_at))::bigint FROM due WHERE wake_at < 'infinity'
