-- Files that somebody gave in the browser to be read in. They hold what nobody masked yet, so all of
-- it is sealed with the master key, and it goes as soon as it is read in, when it is cancelled, and
-- after a day in any case. What came of it stays for a month.
CREATE TABLE import (
    id           TEXT PRIMARY KEY,
    person_id    TEXT NOT NULL REFERENCES person (id),
    -- the work of reading it in; none while one still looks what was recognised
    job_id       TEXT REFERENCES job (id),
    -- team, channel and so on, as JSON
    choices      TEXT NOT NULL,
    -- all files are here whole
    complete     BIGINT NOT NULL DEFAULT 0,
    added        BIGINT NOT NULL DEFAULT 0,
    changed      BIGINT NOT NULL DEFAULT 0,
    same         BIGINT NOT NULL DEFAULT 0,
    skipped      BIGINT NOT NULL DEFAULT 0,
    -- cancelled on the way
    stopped_at   BIGINT,
    created_at   BIGINT NOT NULL
);
CREATE INDEX import_person ON import (person_id, created_at);

-- One of its files: what it is called, how it is read and what was recognised in it, sealed.
CREATE TABLE import_file (
    import_id    TEXT NOT NULL REFERENCES import (id),
    position     BIGINT NOT NULL,
    size         BIGINT NOT NULL,
    told         TEXT NOT NULL,
    PRIMARY KEY (import_id, position)
);

-- Its bytes, sealed, in pieces.
CREATE TABLE import_piece (
    import_id    TEXT NOT NULL REFERENCES import (id),
    position     BIGINT NOT NULL,
    piece        BIGINT NOT NULL,
    sealed       TEXT NOT NULL,
    PRIMARY KEY (import_id, position, piece)
);

-- What was not read in, where and why, sealed: a reason may quote a few words.
CREATE TABLE import_skipped (
    import_id    TEXT NOT NULL REFERENCES import (id),
    number       BIGINT NOT NULL,
    told         TEXT NOT NULL,
    PRIMARY KEY (import_id, number)
);
