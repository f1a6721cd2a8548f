"""The tables that marketing's SQL reads, in a chDB of their own; a test says the rows, the fixture the labels."""

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pytest
from chdb.session import Session

import schemas
from marketing.device_sums import DEVICE_DAY_SQL, DEVICE_ZONE_DAY_SQL
from marketing.profile import STEPS

LABELS = {"district": "riverside", "definition": "default@1"}
SUMS = {schemas.DEVICE_DAY: DEVICE_DAY_SQL, schemas.DEVICE_ZONE_DAY: DEVICE_ZONE_DAY_SQL}
VISIBLE = (schemas.VISIT, schemas.STAY, *SUMS, schemas.PROFILE, schemas.PROFILE_ZONE)
Query = Callable[..., list[dict[str, Any]]]


class Tables:
    """Fill the tables, then ask."""

    def __init__(self, session: Session) -> None:
        self._session = session
        for table in VISIBLE:
            self._make(f"visible_{table.name}", ("district", "definition"), table)
        self._make("member_device", ("district",), schemas.MEMBER_DEVICE)
        session.query("CREATE OR REPLACE TABLE consented (district String, member String) ENGINE = Memory")

    def fill(self, name: str, rows: pa.Table, **labels: str) -> None:
        known = ("district",) if name in ("member_device", "consented") else ("district", "definition")
        for label in known:
            value = labels.get(label, LABELS[label])
            rows = rows.append_column(label, pa.array([value] * rows.num_rows, pa.string()))
        names = ", ".join(rows.column_names)
        batch = rows.unify_dictionaries()  # noqa: F841 (chDB finds it by this name)
        self._session.query(f"INSERT INTO {name} ({names}) SELECT {names} FROM Python(batch)")

    def empty(self, name: str) -> None:
        self._session.query(f"TRUNCATE TABLE {name}")

    def sum_up(self) -> None:
        """The sums of every day, district and definition that has visits, as a load writes them."""
        days = self._session.query("SELECT DISTINCT district, definition, day FROM visible_visit", "ArrowTable")
        for table, sql in SUMS.items():
            self.empty(f"visible_{table.name}")
            for labels in days.to_pylist():
                rows = self.ask(sql, **labels)
                known = {name: labels[name] for name in LABELS}
                self.fill(f"visible_{table.name}", table.cast(pa.Table.from_pylist(rows, table.arrow)), **known)

    def prepare(self, day: datetime.date) -> None:
        """What a profile of the day asks for first."""
        texts = {name: str(value) for name, value in {**LABELS, "day": day}.items()}
        for name, sql in STEPS.items():
            self._session.query(f"CREATE OR REPLACE TABLE {name} ENGINE = Memory AS {sql}", params=texts)

    def ask(self, sql: str, **parameters: Any) -> list[dict[str, Any]]:
        texts = {name: str(value) for name, value in {**LABELS, **parameters}.items()}
        return self._session.query(sql, "ArrowTable", params=texts).to_pylist()

    def _make(self, name: str, labels: tuple[str, ...], table: schemas.Table) -> None:
        columns = [f"{label} String" for label in labels] + [f"{c.name} {c.clickhouse}" for c in table.columns]
        self._session.query(f"CREATE OR REPLACE TABLE {name} ({', '.join(columns)}) ENGINE = Memory")


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    opened = Session(str(tmp_path_factory.mktemp("chdb")))
    yield opened
    opened.close()


@pytest.fixture
def tables(session: Session) -> Tables:
    return Tables(session)
