-- Start here. This and the next files are the whole of what gehoord keeps, in the order in which one
-- thing leans on another. They run unchanged on SQLite and on PostgreSQL, so they keep to what both
-- know: ids are text (UUID v7, which sorts by time), times are milliseconds since 1970 in UTC, JSON
-- is text, yes and no are 1 and 0.

-- A team serves customers. Small teams count with the team above them, so that no figure is about
-- one person.
CREATE TABLE team (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    parent_id  TEXT REFERENCES team (id),
    created_at BIGINT NOT NULL
);

-- Somebody who works here. What a role may do stands in one table in the code (rights.rs).
CREATE TABLE person (
    id         TEXT PRIMARY KEY,
    login      TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    role       TEXT NOT NULL,
    team_id    TEXT REFERENCES team (id),
    -- argon2id; none until the person has set one
    password   TEXT,
    active     BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL
);
CREATE INDEX person_team ON person (team_id);

-- How a person is called in transcripts and mails, so that their turns are theirs.
CREATE TABLE person_alias (
    alias     TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES person (id)
);

-- Somebody at a browser. Only hashes of what the browser holds: who reads this table cannot use it.
CREATE TABLE session (
    hash       TEXT PRIMARY KEY,
    person_id  TEXT NOT NULL REFERENCES person (id),
    csrf_hash  TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX session_person ON session (person_id);

-- A program that acts for a person, with no more rights than its scopes and that person's role.
CREATE TABLE api_token (
    id         TEXT PRIMARY KEY,
    person_id  TEXT NOT NULL REFERENCES person (id),
    name       TEXT NOT NULL,
    hash       TEXT NOT NULL UNIQUE,
    scopes     TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX api_token_person ON api_token (person_id);

-- Failed logins, to slow down who guesses.
CREATE TABLE login_failure (
    login TEXT NOT NULL,
    at    BIGINT NOT NULL
);
CREATE INDEX login_failure_login ON login_failure (login, at);

-- What the organisation has decided, by name; each change leaves the one before in place.
CREATE TABLE setting (
    name       TEXT NOT NULL,
    value      TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by TEXT NOT NULL,
    PRIMARY KEY (name, changed_at)
);

-- Texts that findings lean on, kept in every version: the rubric and the house style.
CREATE TABLE document (
    kind       TEXT NOT NULL,
    version    TEXT NOT NULL,
    text       TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (kind, version)
);
