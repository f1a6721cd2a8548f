"""`shangquan capture`: a monitor interface into the raw folder, as captures that a feed reads."""

from typing import Annotated

import typer

from pipelines.commands.options import ConfigOption, DataOption, JsonOption, RawOption
from pipelines.job import make_job
from pipelines.summary import Reporter


def capture(
    config: ConfigOption,
    feed: Annotated[str, typer.Option("--feed", help="the feed of format capture whose folder is written to")],
    interface: Annotated[str, typer.Option("--interface", help="an interface in monitor mode, e.g. wlan0mon")],
    rotate: Annotated[
        float, typer.Option("--rotate", min=1, max=3600, help="seconds until a file is finished, an hour at most")
    ] = 60,
    seconds: Annotated[float | None, typer.Option("--seconds", min=0, help="end after so many seconds")] = None,
    raw: RawOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Management frames of a monitor interface, cut to what is read, into the raw folder. Ctrl-C ends it."""
    from pipelines.monitor.capture import capture_frames

    capture_frames(
        job=make_job(config=config, raw=raw, data=data, definition=None, shards=1),
        feed=feed,
        interface=interface,
        rotate_s=rotate,
        seconds=seconds,
        reporter=Reporter(as_json=as_json),
    )
