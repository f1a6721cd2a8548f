"""Bytes and lines in; sightings, logins and rejects out, in columns."""
