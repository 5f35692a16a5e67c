-- delivery_files: $1 desk, $2 delivery, $3 bytes that it may carry: the files that came with the words in it, in their
-- order; bytes null: it cannot take that one along. An original that was taken apart (raw.size) is none of them.
SELECT filename, content_type, CASE WHEN fits THEN bytes END AS bytes
FROM (SELECT a.position, a.filename, a.content_type, r.bytes,
             a.size <= $3 AND r.size IS NULL
             AND sum(CASE WHEN a.size <= $3 THEN a.size END) OVER (ORDER BY a.position) <= $3 AS fits
      FROM delivery v
      JOIN attachment a ON a.desk_id = v.desk_id AND a.ticket_id = v.ticket_id AND a.message_id = v.message_id
      LEFT JOIN raw r ON r.desk_id = a.desk_id AND r.sha256 = decode(a.sha256, 'hex')
      WHERE v.desk_id = $1 AND v.delivery_id = $2) f
ORDER BY position
