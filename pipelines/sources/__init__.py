"""Raw files as streams of bytes: plain, compressed, archive members."""
