"""Who owns which device, and who agreed: temporary tables of one session, in memory alone, never at rest.

On a server other sessions never see them; they end with the connection.
"""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from pipelines.warehouse.protocol import Parameters, Warehouse
from pipelines.warehouse.tables import constant, member_statements

Members = Mapping[str, tuple[pa.Table, Sequence[str]]]  # by district: devices, and who agreed


SESSION = ("member_device", "consented")  # tables of one connection


def fill(warehouse: Warehouse, members: Members) -> None:
    """The session's two tables hold exactly `members`."""
    for statement in member_statements():
        warehouse.execute(statement)
    for district, (devices, consented) in members.items():
        agreed = pa.table({"member": pa.array(consented, pa.string())})
        for table, rows in zip(SESSION, (devices, agreed), strict=True):
            if rows.num_rows:
                warehouse.insert(table, rows.add_column(0, "district", constant(district, rows.num_rows)))


def remember(warehouse: Warehouse, name: str, text: str, asked: Parameters) -> None:
    """The rows of `text` become the session's table `name`; a connection made anew lacks it, and a query says so."""
    warehouse.execute(f"CREATE OR REPLACE TEMPORARY TABLE {name} ENGINE = Memory AS {text}", asked)
