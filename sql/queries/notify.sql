-- notify: $1 channel, $2 payload; heard by every node once the transaction is committed
SELECT pg_notify($1, $2)
