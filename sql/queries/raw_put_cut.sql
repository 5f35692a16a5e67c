-- raw_put_cut: $1 desk, $2 digest, $3 type, $4 bytes, $5 size, then of each cut: $6 at, $7 digests, $8 lines, $9 CR LF; an
-- original that was taken apart. One that is there already stays as it is.
WITH made AS (
    INSERT INTO raw (desk_id, sha256, type, bytes, size) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
    RETURNING desk_id, sha256)
INSERT INTO raw_part (desk_id, sha256, position, at, part_sha256, line, crlf)
SELECT made.desk_id, made.sha256, cut.position, cut.at, cut.part_sha256, cut.line, cut.crlf
FROM made, unnest($6::bigint[], $7::bytea[], $8::integer[], $9::boolean[])
    WITH ORDINALITY AS cut (at, part_sha256, line, crlf, position)
