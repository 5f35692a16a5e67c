-- report_channels: $1 desk, $2 since, $3 until: of the tickets that were opened on those days
SELECT channel AS name, sum(tickets) AS tickets, sum(messages) AS messages, sum(answers) AS answers, sum(solved) AS solved,
       sum(escalated) AS escalated, sum(reopened) AS reopened, round(sum(first_answer_s) / nullif(sum(answered), 0))::bigint AS mean_first_answer_s,
       round(sum(solved_s) / nullif(sum(solved), 0))::bigint AS mean_solved_s, coalesce(sum(met), 0) AS met, coalesce(sum(missed), 0) AS missed,
       round(100.0 * sum(met) / nullif(sum(met) + sum(missed), 0), 1) AS kept
FROM report_channels
WHERE desk_id = $1 AND day >= $2::timestamptz::date AND day < $3::timestamptz
GROUP BY channel ORDER BY channel
