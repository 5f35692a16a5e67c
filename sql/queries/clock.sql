-- clock: what time it is here, in microseconds
SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
