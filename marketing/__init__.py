"""Presence, visits and members in; audiences, triggers and exports out."""
