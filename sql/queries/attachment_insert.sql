-- attachment_insert: $1 desks, $2 tickets, $3 messages, $4 positions, $5 names, $6 types, $7 sizes, $8 digests, $9 urls
INSERT INTO attachment (desk_id, ticket_id, message_id, position, filename, content_type, size, sha256, url)
SELECT * FROM unnest($1::integer[], $2::bigint[], $3::bigint[], $4::integer[], $5::text[], $6::text[], $7::bigint[],
    $8::text[], $9::text[])
