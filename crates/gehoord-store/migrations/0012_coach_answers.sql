-- What a coach answered to what an agent laid before them: once, in words with masks. It goes with
-- what was asked.
CREATE TABLE coach_answer (
    share_id     TEXT PRIMARY KEY REFERENCES shared_moment (id) ON DELETE CASCADE,
    text         TEXT NOT NULL,
    answered_at  BIGINT NOT NULL,
    -- when the agent read it
    seen_at      BIGINT
);
