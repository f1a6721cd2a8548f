"""`shangquan keys`: what the keyring holds, and the ends that a key can come to. No secret is ever printed."""

import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from pipelines.clock import now_ms
from pipelines.commands.options import ConfigOption, DataOption, JsonOption
from pipelines.files import write_bytes
from pipelines.job import Job, make_job
from pipelines.keyring import LONG_LIVED, LongLived
from pipelines.stored_keys import StoredKey
from pipelines.summary import Reporter, Summary
from schemas import InputError

app = typer.Typer(
    help="The keys of a data folder: day keys live a day, the others until you destroy them.", no_args_is_help=True
)
WORDS: dict[str, LongLived] = {"members": "members", "opt-outs": "opt_outs"}


@app.command("list")
def list_keys(config: ConfigOption, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Every key and tombstone: public id, when it was made, until when it lives or when it was destroyed."""
    job = _job(config, data)
    keys, tz = job.keyring.keys(), ZoneInfo(job.config.district.time_zone)
    if not as_json:
        for name in LONG_LIVED:
            if key := getattr(keys, name):
                typer.echo(_line(name.replace("_", "-"), key, "until it is shredded", tz))
        for date, key in sorted(keys.days.items()):
            typer.echo(_line(str(date), key, f"until {_time(key.expires_at_ms, tz)}", tz))
    alive = sum(key.secret is not None for key in keys.all())
    counts = {"keys": alive, "destroyed": len(keys.all()) - alive}
    Reporter(as_json=as_json).say(Summary(counts, job.workspace.keys, head=job.district_name))


@app.command()
def shred(
    config: ConfigOption,
    data: DataOption = None,
    day: Annotated[str | None, typer.Option("--day", help="the key of this trading day, before its time")] = None,
    key: Annotated[
        str | None, typer.Option("--key", help="members or opt-outs: what it named is lost for good")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    as_json: JsonOption = False,
) -> None:
    """Destroy keys: those that have expired, or the one named. It cannot be taken back."""
    job, reporter = _job(config, data), Reporter(as_json=as_json)
    if (day or key) and not yes:
        typer.confirm(f"destroy the key of {day or key} for good?", abort=True)
    gone = [str(date) for date in job.keyring.shred_expired(now_ms())]
    if day:
        job.keyring.shred_day(_date(day), now_ms())
        gone.append(day)
    if key:
        if key not in WORDS:
            raise InputError(f"--key {key}: no such key", f"take one of: {', '.join(WORDS)}")
        job.keyring.shred_long_lived(WORDS[key], now_ms())
        gone.append(key)
    for name in gone:
        reporter.note(f"{name}: destroyed")
    reporter.say(Summary({"destroyed": len(gone)}, job.workspace.keys, head=job.district_name))


@app.command()
def backup(
    config: ConfigOption,
    out: Annotated[Path, typer.Option("--out", help="a file, 0600; keep it as you keep the keys")],
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy the long-lived keys. Those of days are left out: a copy would outlive their destruction."""
    job = _job(config, data)
    if job.workspace.data in out.absolute().parents:
        raise InputError(f"{out}: lies inside the data folder", "keep keys out of what they protect")
    write_bytes(out, job.keyring.backup(), mode=0o600)
    Reporter(as_json=as_json).say(Summary({}, out, head=job.district_name))


@app.command()
def restore(
    config: ConfigOption,
    backup: Annotated[Path, typer.Option("--from", help="what `keys backup` wrote")],
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring back the long-lived keys that the keyring lacks; another key is never replaced."""
    job = _job(config, data)
    try:
        kept = backup.read_bytes()
    except OSError as error:
        raise InputError(f"{backup}: {(error.strerror or 'unreadable').lower()}", "mend --from") from None
    restored = job.keyring.restore(kept)
    Reporter(as_json=as_json).say(Summary({"restored": len(restored)}, job.workspace.keys, head=job.district_name))


def _line(name: str, key: StoredKey, lives: str, tz: ZoneInfo) -> str:
    ended = key.destroyed_at_ms
    fate = lives if key.secret else f"destroyed {_time(ended, tz)}" if ended else "destroyed"
    return f"{name:12} {key.key_id}  made {_time(key.made_at_ms, tz)}  {fate}"


def _time(at_ms: int, tz: ZoneInfo) -> str:
    return f"{datetime.datetime.fromtimestamp(at_ms / 1000, tz):%Y-%m-%d %H:%M}"


def _date(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise InputError(f"--day {text}: no date", "write it like 2026-11-21") from None


def _job(config: Path, data: Path | None) -> Job:
    return make_job(config=config, raw=None, data=data, definition=None, shards=1)
