-- commit_sure: nothing that anybody reads, in the journal alone: so this COMMIT waits for the disk, and for a synchronous standby,
-- and what others committed before it, though they could not wait for it, is there too
SELECT FROM pg_logical_emit_message(true, 'relevo', '')
