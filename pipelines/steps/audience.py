"""Step `audience`: the nightly profile of consenting members, and who is in which audience."""

import datetime

import pyarrow as pa

from marketing.audiences import audience_members, members_query
from marketing.profile import PROFILE_SQL, PROFILE_ZONE_SQL, STEPS
from pipelines.job import Job
from pipelines.members import Members
from pipelines.warehouse.load import load
from pipelines.warehouse.member_tables import remember
from pipelines.warehouse.protocol import Warehouse
from pipelines.warehouse.texts import sql
from privacy.consent import in_force
from schemas import AUDIENCE_MEMBER
from schemas.day import Day


def profile_day(job: Job, warehouse: Warehouse, day: Day, members: Members) -> dict[str, int]:
    """Members profiled and members in audiences, as of the end of the day; both become visible whole."""
    asked = {"district": job.district_name, "definition": job.rules.name, "day": day.date}
    consented = sorted(in_force(members.consents, "location", day.end_ms))
    warehouse.replace_members(job.district_name, members.devices_before(day.window_end_ms), consented)
    for name, text in STEPS.items():
        remember(warehouse, name, text, asked)
    run = f"{job.rules.name}/{day.date}"
    profiles = {
        "profile": warehouse.query(PROFILE_SQL, asked),
        "profile_zone": warehouse.query(PROFILE_ZONE_SQL, asked),
    }
    loaded = load(warehouse, day=day, definition=job.rules.name, run=run, tables=profiles)
    found = [AUDIENCE_MEMBER.empty()]
    for audience in job.district.audiences:
        sql, extra = members_query(audience)
        names = warehouse.query(sql, {**asked, **extra})["member"].to_pylist()
        found.append(audience_members(audience, day.date, names))
    rows = pa.concat_tables(found).unify_dictionaries()
    load(warehouse, day=day, definition=job.rules.name, run=run, tables={"audience_member": rows})
    return {"profiles": loaded.rows["profile"], "audience members": rows.num_rows}


def profiled_days(job: Job, warehouse: Warehouse) -> list[datetime.date]:
    """The days whose profiles are visible under the job's definition, in order."""
    days = warehouse.query(sql("visible_days"), {"district": job.district_name, "layer": "profiles"}).to_pylist()
    return [day["day"] for day in days if day["definition"] == job.rules.name]
