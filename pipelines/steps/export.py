"""Step `export`: a file per merchant of who triggered its campaigns, and per audience of who is in it, with manifests.

    exports/day=D/MERCHANT/triggers.csv|.parquet, triggers.manifest.json     what the merchant gets
    exports/day=D/MERCHANT/AUDIENCE.csv|.parquet, AUDIENCE.manifest.json
    exports/day=D/district/…                                                 audiences without a merchant
    exports/day=D/tokens/…                                                   the district's own: token -> member, 0600

Everything is built in a folder beside and renamed into place: all of a day's exports are there, or those of before.
"""

import datetime
import hashlib
import io
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from marketing.asked import owners_of
from marketing.audiences import Audience
from marketing.campaigns import Campaign
from marketing.exports import Export, Terms, audience_export, manifest, trigger_export
from pipelines.files import sync_folder, unwritable, write_bytes
from pipelines.job import Job
from pipelines.members import Members
from pipelines.warehouse.protocol import Warehouse
from privacy.consent import Consents, by_purpose
from privacy.keys import export_key
from schemas.day import Day

_VISIBLE = "WHERE district = {district:String} AND definition = {definition:String} AND day = {day:Date}"
TRIGGERS_SQL = (
    "SELECT campaign, merchant, event, subject, site, zone, at_ms, visit_start_ms FROM visible_trigger "
    f"{_VISIBLE} ORDER BY at_ms, campaign, subject"
)
AUDIENCE_SQL = (
    f"SELECT day, audience, member, hold_out FROM visible_audience_member {_VISIBLE} ORDER BY audience, member"
)

Source = Audience | Campaign


def export_day(job: Job, warehouse: Warehouse, day: Day, members: Members, now_ms: int) -> dict[str, int]:
    """Contacts exported, held out and refused over all merchants. PrivacyError, and no file, if consents are stale."""
    members.require_fresh(now_ms)
    target = job.workspace.exports(day.date) / job.definition.name
    totals = {"exported": 0, "hold-out": 0, "refused": 0}
    consents = by_purpose(members.consents)
    with _built_beside(target) as building:
        for name, merchant, sources, made in _exports(job, warehouse, day, members, now_ms):
            terms = _terms(job, day, members, consents, merchant, name, now_ms)
            export = made(terms)
            _write(building, name, export, terms, sources, job, day, now_ms)
            totals["exported"] += export.counts["exported"]
            totals["hold-out"] += export.counts["hold_out"]
            totals["refused"] += sum(export.counts["refused"].values())
    return totals


@contextmanager
def _built_beside(target: Path) -> Iterator[Path]:
    """A folder to build in, which becomes `target` when the block ends and is gone when the block raises."""
    building = target.with_name(f".{target.name}.building")
    shutil.rmtree(building, ignore_errors=True)
    try:
        yield building
        _put_in_place(building, target)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _exports(
    job: Job, warehouse: Warehouse, day: Day, members: Members, now_ms: int
) -> Iterator[tuple[str, str, Sequence[Source], Callable[[Terms], Export]]]:
    """(file name, merchant, what it was made from, how it is made)."""
    asked = {"district": job.district_name, "definition": job.rules.name, "day": day.date}
    triggers = warehouse.query(TRIGGERS_SQL, asked)
    owners = owners_of(members.devices_before(day.window_end_ms))
    campaigns = job.district.campaigns
    for merchant in sorted({campaign.merchant for campaign in campaigns}):
        own = [campaign for campaign in campaigns if campaign.merchant == merchant]
        yield "triggers", merchant, own, partial(trigger_export, triggers, owners, own)
    everybody = warehouse.query(AUDIENCE_SQL, asked)
    for audience in job.district.audiences:
        rows = everybody.filter(pc.equal(everybody["audience"], audience.name))
        yield (
            audience.name,
            audience.merchant,
            [audience],
            partial(audience_export, audience, rows, day.end_ms),
        )


def _terms(job: Job, day: Day, members: Members, consents: Consents, merchant: str, name: str, now_ms: int) -> Terms:
    return Terms(
        merchant=merchant,
        export_id=f"{job.district_name}/{day.date}/{job.rules.name}/{merchant or 'district'}/{name}",
        at_ms=now_ms,
        key=export_key(members.key or b""),
        consents=consents,
        proof=members.proof,
    )


def _write(
    folder: Path, name: str, export: Export, terms: Terms, sources: Sequence[Source], job: Job, day: Day, now_ms: int
) -> None:
    place = folder / (terms.merchant or "district")
    data = _csv(_with_local_time(export.rows, job.config.district.time_zone))
    created = datetime.datetime.fromtimestamp(now_ms / 1000, datetime.UTC).isoformat(timespec="seconds")
    proof = manifest(
        export,
        terms,
        sources,
        day=day.date,
        definition=job.rules.name,
        created=created,
        file=f"{name}.csv",
        data_sha256=hashlib.sha256(data).hexdigest(),
    )
    write_bytes(place / f"{name}.csv", data)
    write_bytes(place / f"{name}.parquet", _parquet(export.rows))
    write_bytes(place / f"{name}.manifest.json", json.dumps(proof, ensure_ascii=False, indent=2).encode())
    write_bytes(folder / "tokens" / place.name / f"{name}.csv", _csv(export.tokens), mode=0o600)


def _with_local_time(rows: pa.Table, time_zone: str) -> pa.Table:
    """`rows` with a column that a person can read behind `at_ms`: the same instant, local, with its offset."""
    instants = (
        rows["at_ms"].cast(pa.timestamp("ms")).cast(pa.timestamp("ms", "UTC")).cast(pa.timestamp("ms", time_zone))
    )
    return rows.append_column("at", pc.strftime(instants, "%Y-%m-%dT%H:%M:%S%z"))


def _csv(rows: pa.Table) -> bytes:
    plain = pa.table(
        {
            name: column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
            for name, column in zip(rows.column_names, rows.columns, strict=True)
        }
    )
    sink = io.BytesIO()
    pa_csv.write_csv(plain, sink)
    return sink.getvalue()


def _parquet(rows: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(rows, sink, compression="zstd")
    return sink.getvalue()


def _put_in_place(building: Path, target: Path) -> None:
    """`target` becomes what was built; a kill in between leaves the old, or nothing, never a mixture."""
    old = target.with_name(f".{target.name}.old")
    try:
        building.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(old, ignore_errors=True)
        if target.exists():
            target.replace(old)
        building.replace(target)
        sync_folder(target.parent)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise unwritable(target, error) from error
