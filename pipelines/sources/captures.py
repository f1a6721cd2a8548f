"""A capture, plain, compressed or in an archive, as batches of frames, each knowing its place."""

import io
from collections.abc import Iterator

from pipelines.sources.chunks import Chunk, Truncated
from pipelines.sources.folder import RawFile
from pipelines.sources.streams import BLOCK, BlockFile, streams_of

BATCH_FRAMES = 1 << 16


def captures_of(file: RawFile, batch_frames: int = BATCH_FRAMES) -> Iterator[Chunk | Truncated]:
    """All whole frames of `file`, in order, as chunks whose data are Frames; InputError if it cannot be opened.

    A capture that is cut says so in its last Frames; only where compressed data end between two frames is it said here.
    """
    from ingest.capture import frames_of  # scapy is an extra: only who reads captures has it

    for stream in streams_of(file):
        frame, fault = 1, ""
        for frames in frames_of(io.BufferedReader(BlockFile(stream.blocks), BLOCK), batch_frames):
            yield Chunk(stream.name, frame, frames)
            frame, fault = frame + frames.ends.size, frames.fault
        if stream.is_damaged and not fault:
            yield Truncated(stream.name, frame)
