"""The steps of a trading day, one command each: ingest, sessionize, load, report, audience, export."""
