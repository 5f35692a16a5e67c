-- sql/migrations/0002_store_by_primary_keys.sql
-- Why: without statistics the planner thinks any index that begins with desk_id as good as the primary key, takes the
-- newest of them, and scans a whole desk for one row; foreign keys are checked by such plans too. So secondary indexes
-- begin with what they are for, and delivery's primary key is newer than its unique key. What waits to be told to the
-- customer goes with the ticket: the store reads it with the row it locks anyway.
-- Locks: ticket, address and delivery while their indexes are made. Rewrites: none. Old daemon beside it: no, it would
-- not keep ticket.waiting.
DROP INDEX ticket_of_contact_idx;
CREATE INDEX ticket_of_contact_idx ON ticket (contact_id, desk_id);
DROP INDEX address_of_contact_idx;
CREATE INDEX address_of_contact_idx ON address (contact_id, desk_id);
DROP INDEX delivery_of_ticket_idx;
CREATE INDEX delivery_of_ticket_idx ON delivery (ticket_id, desk_id);
ALTER TABLE delivery DROP CONSTRAINT delivery_pkey, ADD PRIMARY KEY (desk_id, delivery_id);
DROP INDEX delivery_by_external_id_idx;
CREATE INDEX delivery_by_external_id_idx ON delivery (external_id, channel_id, desk_id) WHERE external_id IS NOT NULL;

ALTER TABLE ticket ADD COLUMN waiting text NOT NULL DEFAULT ''; -- '17 E-01 1800000120 …': core/ticket.h
UPDATE ticket t SET waiting = w.waiting
FROM (SELECT desk_id, ticket_id, string_agg(concat_ws(' ', delivery_id, notice, extract(epoch FROM due_at)::bigint), ' '
                                            ORDER BY delivery_id) AS waiting
      FROM delivery WHERE state = 'owed' AND recipient = 'customer' AND automatic GROUP BY desk_id, ticket_id) w
WHERE t.desk_id = w.desk_id AND t.ticket_id = w.ticket_id;
