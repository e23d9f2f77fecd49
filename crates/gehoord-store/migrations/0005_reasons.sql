-- Why a customer was erased, as the privacy officer chose it; what was erased by a command has none.
ALTER TABLE erasure ADD COLUMN reason TEXT;

-- Whether a row of the audit is about any conversation at all: logging in and looking at settings is
-- not.
CREATE INDEX audit_conversation_audit ON audit_conversation (audit_id);
