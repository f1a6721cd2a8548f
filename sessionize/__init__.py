"""Sightings in; presence, visits and stays out: the one algorithm, without engine, file or clock."""
