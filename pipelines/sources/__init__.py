"""Raw files as chunks of whole lines, or as row batches: what a day's job reads. Parsing lives in `ingest.formats`."""
