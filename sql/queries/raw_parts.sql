-- raw_parts: $1 desk, $2 digest of an original: what was taken out of it, in its order
SELECT at, encode(part_sha256, 'hex') AS part_sha256, line, crlf FROM raw_part
WHERE desk_id = $1 AND sha256 = decode($2, 'hex') ORDER BY position
