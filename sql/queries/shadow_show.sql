-- shadow_show: $1 desk
SELECT extract(epoch FROM began_at)::bigint AS began_at, began_by, array_to_string(mail_to, E'\n') AS mail_to,
       extract(epoch FROM told_until)::bigint AS told_until, extract(epoch FROM due_at)::bigint AS due_at
FROM policy_shadow WHERE desk_id = $1
