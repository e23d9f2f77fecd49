-- A customer, known by a pseudonym and nothing else: it is made from what the customer is called
-- elsewhere (a number, a mail address) with the master key, which is kept apart.
CREATE TABLE customer (
    id         TEXT PRIMARY KEY,
    pseudonym  TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

-- A contact. All texts here are masked: names, addresses and numbers are [naam-1], [adres-1].
CREATE TABLE conversation (
    id           TEXT PRIMARY KEY,
    -- where it came from and its name there: the same one twice is the same conversation
    source       TEXT NOT NULL,
    external_id  TEXT NOT NULL,
    customer_id  TEXT REFERENCES customer (id),
    team_id      TEXT REFERENCES team (id),
    -- the agent who helps this customer now, and who alone sees the originals while it is open
    assigned_to  TEXT REFERENCES person (id),
    channel      TEXT NOT NULL,
    locale       TEXT,
    subject      TEXT,
    status       TEXT NOT NULL,
    started_at   BIGINT NOT NULL,
    last_at      BIGINT NOT NULL,
    closed_at    BIGINT,
    -- since when the customer waits for an answer
    waiting_since BIGINT,
    turns        BIGINT NOT NULL,
    -- what the list of the day is ordered by; never a feeling
    repeat_contact BIGINT NOT NULL DEFAULT 0,
    danger       BIGINT NOT NULL DEFAULT 0,
    -- of the conversation as it was given, to see whether it changed
    digest       TEXT NOT NULL,
    UNIQUE (source, external_id)
);
-- Lists go by time, and within a moment by id: a page ends between any two rows.
CREATE INDEX conversation_team_day ON conversation (team_id, last_at, id);
CREATE INDEX conversation_open ON conversation (team_id, status, last_at, id);
CREATE INDEX conversation_assigned ON conversation (assigned_to, last_at, id);
CREATE INDEX conversation_assigned_open ON conversation (assigned_to, status, last_at, id);
CREATE INDEX conversation_customer ON conversation (customer_id, team_id, last_at, id);
CREATE INDEX conversation_channel_age ON conversation (channel, last_at);

-- Who said what. `number` is unique and grows with time: the search index knows a turn by it.
CREATE TABLE turn (
    conversation_id TEXT NOT NULL REFERENCES conversation (id),
    position     BIGINT NOT NULL,
    number       BIGINT NOT NULL UNIQUE,
    party        TEXT NOT NULL,
    -- who of us spoke, when that is known
    person_id    TEXT REFERENCES person (id),
    text         TEXT NOT NULL,
    -- as it was given, with its zone; null when no time was given
    at           TEXT,
    said_at      BIGINT NOT NULL,
    external_id  TEXT,
    PRIMARY KEY (conversation_id, position)
);
CREATE UNIQUE INDEX turn_external ON turn (conversation_id, external_id);
CREATE INDEX turn_person ON turn (person_id);

-- What stands behind a mask, sealed with a key that is not in this database.
CREATE TABLE original (
    conversation_id TEXT NOT NULL REFERENCES conversation (id),
    mask         TEXT NOT NULL,
    kind         TEXT NOT NULL,
    sealed       TEXT NOT NULL,
    PRIMARY KEY (conversation_id, mask)
);

-- What was heard over a whole conversation, and with which ears. The side of the customer may be
-- seen by who may see the conversation; the side of the agents is theirs.
CREATE TABLE analysis (
    conversation_id TEXT PRIMARY KEY REFERENCES conversation (id),
    engine       TEXT NOT NULL,
    model        TEXT NOT NULL,
    rubric       TEXT NOT NULL,
    -- so many turns were heard
    turns        BIGINT NOT NULL,
    heard_at     BIGINT NOT NULL,
    locale       TEXT NOT NULL,
    customer_side TEXT NOT NULL,
    agent_side   TEXT NOT NULL,
    -- 'heard', 'partly', 'not', or null: too little to go by
    verdict      TEXT
);
CREATE INDEX analysis_versions ON analysis (engine, model, rubric);

-- What was heard in one turn.
CREATE TABLE turn_finding (
    conversation_id TEXT NOT NULL REFERENCES conversation (id),
    position     BIGINT NOT NULL,
    -- 'customer', 'agent' or 'other': whom it is about
    about        TEXT NOT NULL,
    report       TEXT NOT NULL,
    PRIMARY KEY (conversation_id, position)
);

-- A promise is work, not judgement. `due` and `overdue_unknown` follow from the clock.
CREATE TABLE promise (
    id           TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversation (id),
    position     BIGINT NOT NULL,
    -- the same promise heard again keeps its state
    fingerprint  TEXT NOT NULL,
    team_id      TEXT,
    who          TEXT NOT NULL,
    what         TEXT NOT NULL,
    when_said    TEXT,
    due_at       BIGINT,
    due          TEXT,
    complete     BIGINT NOT NULL,
    -- 'open', 'kept', 'broken' or 'withdrawn'
    state        TEXT NOT NULL,
    confirmed    BIGINT NOT NULL DEFAULT 0,
    changed_at   BIGINT NOT NULL,
    -- a person, 'event', or whose words in a later turn showed it: 'customer' or 'agent'
    changed_by   TEXT,
    reason       TEXT,
    -- those words: a turn of this conversation or of a later one with the same customer, and where in
    -- its text, in bytes
    shown_in     TEXT,
    shown_turn   BIGINT,
    shown_start  BIGINT,
    shown_end    BIGINT,
    UNIQUE (conversation_id, fingerprint)
);
CREATE INDEX promise_shown ON promise (shown_in) WHERE shown_in IS NOT NULL;
-- in the order in which they are listed: the first due first, those without a time last
CREATE INDEX promise_due ON promise
    (team_id, state, (COALESCE(due_at, 9223372036854775807)), id);

-- "Voelde u zich gehoord?": yes, partly, no, and one sentence. This is the truth; the verdict above
-- is an estimate.
CREATE TABLE heard_by_customer (
    conversation_id TEXT PRIMARY KEY REFERENCES conversation (id),
    answer       TEXT NOT NULL,
    sentence     TEXT,
    answered_at  BIGINT NOT NULL
);

-- "This finding is wrong, because …"
CREATE TABLE feedback (
    id           TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversation (id),
    position     BIGINT NOT NULL,
    finding      TEXT NOT NULL,
    person_id    TEXT NOT NULL REFERENCES person (id),
    agrees       BIGINT NOT NULL,
    reason       TEXT,
    engine       TEXT NOT NULL,
    model        TEXT NOT NULL,
    rubric       TEXT NOT NULL,
    given_at     BIGINT NOT NULL
);
CREATE INDEX feedback_conversation ON feedback (conversation_id);

-- "Leg voor aan mijn coach": one conversation, or one turn of it, with a question, for thirty days.
CREATE TABLE shared_moment (
    id           TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversation (id),
    position     BIGINT,
    from_person  TEXT NOT NULL REFERENCES person (id),
    to_person    TEXT NOT NULL REFERENCES person (id),
    question     TEXT NOT NULL,
    shared_at    BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    revoked_at   BIGINT
);
CREATE INDEX shared_moment_to ON shared_moment (to_person, expires_at);
CREATE INDEX shared_moment_conversation ON shared_moment (conversation_id);

-- A file that belongs to a conversation; the bytes lie beside the database under their hash.
CREATE TABLE attachment (
    id           TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversation (id),
    name         TEXT NOT NULL,
    media_type   TEXT NOT NULL,
    size         BIGINT NOT NULL,
    sha256       TEXT NOT NULL,
    added_at     BIGINT NOT NULL,
    keep_until   BIGINT
);
CREATE INDEX attachment_conversation ON attachment (conversation_id);
CREATE INDEX attachment_keep ON attachment (keep_until);
