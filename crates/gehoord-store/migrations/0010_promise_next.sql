-- The first promise of a conversation that is due: one look, whatever a database knows of how its
-- rows are spread.
CREATE INDEX promise_next ON promise (conversation_id, due_at) WHERE state = 'open';
