-- Whose promises are due, for the page of the day of one agent, however many the team has: a promise
-- goes with whoever helps with its conversation.
ALTER TABLE promise ADD COLUMN assigned_to TEXT;
UPDATE promise SET assigned_to =
    (SELECT c.assigned_to FROM conversation c WHERE c.id = promise.conversation_id);
-- nobody is '' here, so that both databases can look nobody's up
CREATE INDEX promise_of ON promise
    (team_id, (COALESCE(assigned_to, '')), (COALESCE(due_at, 9223372036854775807)), id)
    WHERE state = 'open';
