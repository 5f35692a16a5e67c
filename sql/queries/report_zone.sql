-- report_zone: $1 an IANA zone: days of this session are that zone's; and there is room to sort a long history
SELECT set_config('TimeZone', $1, false), set_config('work_mem', '64MB', false), set_config('jit', 'off', false)
