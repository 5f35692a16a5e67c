-- sql/migrations/0035_no_number_is_given_twice.sql
-- Why: a database that is restored gives the numbers anew that it gave after the backup was made. What customers were told under
-- them, reply tokens, Message-IDs and the senders of letters, would lead to other tickets and other people's deliveries (F59).
-- Locks: none. Rewrites: none. Old daemon beside it: yes.

-- Of the server, its timeline (which a promotion and a recovery begin anew), and a table of ours (which a restored dump makes anew).
-- Where a server lets nobody ask for these, the table alone.
CREATE FUNCTION lineage_now() RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN concat_ws('/', (SELECT system_identifier FROM pg_control_system()),
                     left(pg_walfile_name(pg_current_wal_insert_lsn()), 8), 'ticket'::regclass::oid);
EXCEPTION WHEN others THEN
    RETURN 'ticket'::regclass::oid::text;
END
$$;

CREATE TABLE lineage ( -- one row: where the numbers of this database were given last
    found text NOT NULL
);
INSERT INTO lineage VALUES (lineage_now());
