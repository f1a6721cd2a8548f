"""Everything with a clock, a file, an engine, a database, a config or a command line; no business rule."""
