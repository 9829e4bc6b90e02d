-- What an undone act had replaced in the outbox waits again: the id of the text that replaced it.
ALTER TABLE outbox ADD COLUMN replaced_by TEXT NOT NULL DEFAULT '';
