-- What lies before those of the staff who work by SMS. data holds ids of matters,
-- never words.
CREATE TABLE tray (
    village TEXT NOT NULL,
    staff   TEXT NOT NULL,
    data    TEXT NOT NULL,
    look_at BIGINT NOT NULL,    -- when to see whether she must be told of something; 0: never
    version BIGINT NOT NULL,
    PRIMARY KEY (village, staff)
) /*SQLITE: WITHOUT ROWID*/;
CREATE INDEX tray_look ON tray (look_at) WHERE look_at > 0;

-- Staff who sent a stop word. Not in the village's row: a village file may replace that.
CREATE TABLE stopped (
    village TEXT NOT NULL,
    staff   TEXT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (village, staff)
) /*SQLITE: WITHOUT ROWID*/;
