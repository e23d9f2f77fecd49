-- Why a customer was erased, as the privacy officer chose it; what was erased by a command has none.
ALTER TABLE erasure ADD COLUMN reason TEXT;
