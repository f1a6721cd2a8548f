"""Live: growing logs followed, triggers within seconds, visits as they close; killed at any moment, nothing is lost.

    feeds ---> journal ---> step ---> triggers.ndjson, visits/day=D.ndjson
      ^           |           |
      |           |           +--> snapshot (state after step n, encrypted), now and then
      |           +--> the arrival of every line, synced before it is acted on
      +-- start: newest snapshot, then the journal's later steps again, from the same ranges of the same files

What a step writes is a function of the log and the journal alone, so a step that is repeated after a kill writes the
same bytes at the same place. A backtest is the same steps over the same journal.
"""
