-- A call that was recorded: how both voices sounded, piece by piece and turn by turn, and when each
-- turn was said. Physical measures and nothing of what anybody felt. What is measured of the agent is
-- a finding about the agent, and is seen by who may see those.
CREATE TABLE recording (
    conversation_id TEXT PRIMARY KEY REFERENCES conversation (id),
    -- the sound, with personal data and hold silenced; it goes by a term of its own, before the rest
    attachment_id TEXT,
    -- why there never was one: 'no_words', 'no_times', 'too_long', 'not_asked'
    no_sound     TEXT,
    -- who of us was on the line, when that is known
    agent_id     TEXT REFERENCES person (id),
    -- of all that follows and of the sound, to see whether it changed
    digest       TEXT NOT NULL,
    -- the report of the voices, and their lines, as JSON
    voice        TEXT NOT NULL,
    lines        TEXT NOT NULL,
    -- when each turn was said, and which stretches were silenced, in milliseconds
    spoken       TEXT NOT NULL,
    silenced     TEXT NOT NULL,
    heard_at     BIGINT NOT NULL
);
