-- Stems are made in Rust, so that both databases find the same; FTS5 only cuts at spaces.
CREATE VIRTUAL TABLE IF NOT EXISTS turn_search USING fts5 (stems, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 0 tokenchars '_'");
