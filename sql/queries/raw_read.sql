-- raw_read: $1 desk, $2 digest: an original, or what was taken out of one
SELECT type, coalesce(size, octet_length(bytes)) AS size, bytes FROM raw WHERE desk_id = $1 AND sha256 = decode($2, 'hex')
