-- report_session: $1 an IANA zone: days of this session are that zone's; there is room to sort a long history, and time to read it
SELECT set_config('TimeZone', $1, false), set_config('work_mem', '64MB', false), set_config('jit', 'off', false),
       set_config('statement_timeout', '1h', false)
