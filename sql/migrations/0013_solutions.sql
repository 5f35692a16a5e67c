-- sql/migrations/0013_solutions.sql
-- What solved the cases of before is found without reading all history.
CREATE INDEX event_solution_idx ON event (desk_id, at) WHERE kind = 'solution_noted';
