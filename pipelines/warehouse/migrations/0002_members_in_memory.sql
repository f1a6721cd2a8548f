-- members' devices are temporary tables of a session: several sessions share a server
DROP TABLE IF EXISTS member_device;

DROP TABLE IF EXISTS consented;
