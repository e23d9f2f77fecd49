-- Stems are made in Rust, so that both databases find the same; 'simple' only cuts at spaces.
CREATE TABLE IF NOT EXISTS turn_search (number BIGINT PRIMARY KEY, stems tsvector NOT NULL);
CREATE INDEX IF NOT EXISTS turn_search_stems ON turn_search USING gin (stems);
