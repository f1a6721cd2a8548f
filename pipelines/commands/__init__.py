"""Groups of commands, one module each with its Typer `app`; `pipelines.cli` puts them together."""
