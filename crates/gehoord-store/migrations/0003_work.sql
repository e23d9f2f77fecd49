-- Work that takes long, can be stopped at any moment and goes on where it was. Who takes it holds it
-- for a while only: when they die, the next one takes it over.
CREATE TABLE job (
    id           TEXT PRIMARY KEY,
    kind         TEXT NOT NULL,
    -- what to do it to, and how far it came
    input        TEXT NOT NULL,
    place        TEXT,
    done         BIGINT NOT NULL DEFAULT 0,
    total        BIGINT,
    -- 'waiting', 'running', 'done' or 'failed'
    state        TEXT NOT NULL,
    held_until   BIGINT,
    held_by      TEXT,
    error        TEXT,
    created_at   BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL
);
CREATE INDEX job_state ON job (state, held_until);

-- Who did what to which conversations: one row for each request, written together with what it did
-- or read. Nothing in it says what was said.
CREATE TABLE audit (
    id           TEXT PRIMARY KEY,
    at           BIGINT NOT NULL,
    -- a person, or 'operator' (the command on the machine itself), or 'machine'
    who          TEXT NOT NULL,
    role         TEXT NOT NULL,
    action       TEXT NOT NULL,
    -- the ids that the request touched, as a JSON array, and how many they are
    ids          TEXT NOT NULL,
    count        BIGINT NOT NULL,
    detail       TEXT
);
CREATE INDEX audit_at ON audit (at, id);
CREATE INDEX audit_who ON audit (who, at, id);

-- Which row of the audit is about which conversation, to answer "who looked at this?".
CREATE TABLE audit_conversation (
    conversation_id TEXT NOT NULL,
    audit_id     TEXT NOT NULL,
    PRIMARY KEY (conversation_id, audit_id)
);

-- That a customer was erased: the proof, and what a restored backup must do again. It names the
-- customer by a pseudonym only.
CREATE TABLE erasure (
    id           TEXT PRIMARY KEY,
    pseudonym    TEXT NOT NULL,
    erased_at    BIGINT NOT NULL,
    erased_by    TEXT NOT NULL,
    -- rows removed from each table, as JSON
    removed      TEXT NOT NULL
);
CREATE INDEX erasure_pseudonym ON erasure (pseudonym);
