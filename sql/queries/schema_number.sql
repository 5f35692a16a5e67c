-- schema_number: of the newest migration that is applied
SELECT coalesce(max(number), 0) FROM schema_migration
