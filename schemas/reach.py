"""From when to when rows could have changed a visit: what the walk knows of it beside the visit. It names no device."""

from schemas.column import Column, Table

REACH = Table(
    "reach",
    "the instants within which a row that nobody heard would have been the visit's",
    (
        Column("visit_id", "int64", "visit"),
        Column("since_ms", "int64", "its start less the hold of a sighting of its first row's AP", "ms"),
        Column(
            "until_ms", "int64", "its due instant, or the start of the subject's next visit if that is sooner", "ms"
        ),
    ),
    ("visit_id",),
)
