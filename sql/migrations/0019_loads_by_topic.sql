-- sql/migrations/0019_loads_by_topic.sql
-- Why: an agent may have a limit for each kind of work; what somebody carries of each is kept as the whole is.
-- Locks: none (new); reads ticket once. Rewrites: none. Old daemon beside it: not for long; what it gives and takes is
-- not counted by topic.
CREATE TABLE agent_topic_load ( -- locked by the agent's row of agent_load; what is of no topic is the rest of that
    desk_id integer NOT NULL,
    agent   text NOT NULL COLLATE "C",
    topic   text NOT NULL COLLATE "C",
    open    integer NOT NULL,
    PRIMARY KEY (desk_id, agent, topic),
    FOREIGN KEY (desk_id) REFERENCES desk
) WITH (fillfactor = 70);
INSERT INTO agent_topic_load (desk_id, agent, topic, open)
SELECT desk_id, agent, topic, count(*) FROM ticket
WHERE agent IS NOT NULL AND topic IS NOT NULL AND status IN ('new', 'open') GROUP BY desk_id, agent, topic;
