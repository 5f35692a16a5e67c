-- sql/migrations/0026_articles_that_fitted.sql
-- Why: who wrote about a matter lately is not told again what to read about it (E-21): of the newest cases of a person for which
-- an article fitted, when, and the mark of its name.
-- Locks: contact, for a moment. Rewrites: none. Old daemon beside it: yes, it leaves the column as it is.
ALTER TABLE contact ADD hinted bigint[] NOT NULL DEFAULT '{}'; -- pairs, newest first
