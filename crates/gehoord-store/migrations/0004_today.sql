-- What the page of the day asks for, however many conversations there are: who waits for an answer,
-- and where something dangerous was heard. Only open conversations stand in these.
CREATE INDEX conversation_waits ON conversation (team_id, waiting_since)
    WHERE status = 'open' AND waiting_since IS NOT NULL;
CREATE INDEX conversation_danger ON conversation (team_id, last_at)
    WHERE status = 'open' AND danger = 1;
