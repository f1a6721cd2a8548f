"""Visible days, and how they get there: one protocol, adapters that say where they run, SQL as files."""
