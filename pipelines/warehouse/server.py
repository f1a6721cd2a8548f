"""The warehouse on a ClickHouse server, over its native protocol (clickhouse-driver). Any number of processes may read.

Nothing is ever repeated after it was sent: a statement that failed raises, and a new run of the day heals. A connection
that died between two statements is made anew before the next one is sent.
"""

import functools
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from pipelines.warehouse.member_tables import SESSION, fill
from pipelines.warehouse.native_columns import NativeInsert, native_insert
from pipelines.warehouse.parameters import spelled
from pipelines.warehouse.protocol import NOTHING, Parameters, Warehouse
from pipelines.warehouse.server_faults import fault_of
from pipelines.warehouse.settings import WarehouseConfig
from pipelines.warehouse.tables import fitted
from pipelines.warehouse.versions import prepare
from schemas import SinkError

MINIMUM = (25, 8)
# Of one INSERT, and one block: while it reads `input()`, the server answers the first block alone, and the driver waits
# for an answer to each.
BLOCK_ROWS = 1 << 20
CONNECT_SECONDS = 10
GRACE_SECONDS = 30  # the socket waits this much longer than the server works: its own limit comes first

# The driver warns of every failed connection, with a traceback: what failed is raised, and told once.
logging.getLogger("clickhouse_driver").addHandler(logging.NullHandler())


class Server(Warehouse):
    """A database of a ClickHouse server. A context manager; `close` ends the connections.

    Statements take turns on one connection; what is inserted meanwhile goes over a second one, made when it is needed.
    Raises `SinkError` if the server cannot be reached, refuses the user, is older than `MINIMUM`, or if its tables are
    of another version of the product.
    """

    keeps_old_run = True

    def __init__(self, settings: WarehouseConfig, password: str, *, as_it_is: bool = False) -> None:
        """`as_it_is`: tables of another version are not refused; for `db migrate` and `db check` alone."""
        self.name = f"warehouse {settings.host}:{settings.port or ''}/{settings.database}".replace(":/", "/")
        self._members: dict[str, tuple[pa.Table, Sequence[str]]] = {}
        self._line = _Line(self.name, lambda: _client(settings, password), self._fill)
        self._other = _Line(self.name, lambda: _client(settings, password))
        try:
            self._line.connected()
            if not as_it_is:
                prepare(self)
        except BaseException:
            self.close()
            raise

    def execute(self, sql: str, parameters: Parameters = NOTHING) -> None:
        self._line.run(lambda client: client.execute(sql, _quoted(parameters)))

    def insert(self, table: str, rows: pa.Table) -> None:
        ready = fitted(table, rows)
        for start in range(0, rows.num_rows, BLOCK_ROWS):
            send = functools.partial(_send, insert=native_insert(table, ready.slice(start, BLOCK_ROWS)))
            if table in SESSION or not self._line.is_busy:
                self._line.run(send)
            else:
                self._other.run(send)

    def query(self, sql: str, parameters: Parameters = NOTHING) -> pa.Table:
        result: pa.Table = self._line.run(
            lambda client: client.query_arrow(sql, _quoted(parameters), field_metadata=False)
        )
        return result

    def replace_members(self, district: str, devices: pa.Table, consented: Sequence[str]) -> None:
        self._members[district] = devices, consented
        self._fill()

    def close(self) -> None:
        self._line.close()
        self._other.close()

    def _fill(self) -> None:
        """Temporary tables end with their connection."""
        if self._members:
            fill(self, self._members)


class _Line:
    """One connection, made anew when it is needed and dead; then `made` is called."""

    def __init__(self, name: str, connect: Callable[[], Any], made: Callable[[], object] = lambda: None) -> None:
        self._name = name
        self._connect = connect
        self._made = made
        self._turn = threading.RLock()
        self._client: Any = None

    @property
    def is_busy(self) -> bool:
        """Whether a statement is under way, so that another would wait."""
        if not self._turn.acquire(blocking=False):
            return True
        self._turn.release()
        return False

    def run(self, call: Callable[[Any], Any]) -> Any:
        """What `call` of the connected client gives."""
        with self._turn:
            client = self.connected()
            try:
                return call(client)
            except _faults() as error:
                raise fault_of(self._name, error, connecting=False) from None
            except BaseException:
                client.disconnect()  # the answer may be half read
                raise

    def connected(self) -> Any:
        """The client, its connection alive."""
        try:
            if self._client is None or not _is_alive(self._client):
                self.close()
                self._client = self._connect()
                _require_version(self._name, self._client.connection.server_info.version_tuple())
                self._made()
            return self._client
        except _faults() as error:
            raise fault_of(self._name, error, connecting=True) from None

    def close(self) -> None:
        if self._client is not None:
            self._client.disconnect()


def _client(settings: WarehouseConfig, password: str) -> Any:
    """A connected client of the driver; what it raises may be anything of `_faults`."""
    from clickhouse_driver import Client

    seconds = max(settings.query_timeout // 1000, 1)
    client = Client(
        settings.host,
        port=settings.port,
        database=settings.database,
        user=settings.user,
        password=password,
        client_name="shangquan",
        secure=settings.secure,
        verify=settings.verify,
        ca_certs=str(settings.ca) if settings.ca else None,
        compression="lz4",
        connect_timeout=CONNECT_SECONDS,
        sync_request_timeout=CONNECT_SECONDS,
        send_receive_timeout=seconds + GRACE_SECONDS,
        disable_reconnect=True,
        settings={
            "use_numpy": True,
            "server_side_params": True,
            "insert_block_size": BLOCK_ROWS,
            "max_execution_time": seconds,
            "network_compression_method": "lz4",
            "async_insert": 0,
        },
    )
    try:
        client.connection.connect()
    except BaseException:
        client.disconnect()
        raise
    return client


def _is_alive(client: Any) -> bool:
    return bool(client.connection.connected and client.connection.ping())


def _require_version(name: str, version: tuple[int, ...]) -> None:
    if version[:2] < MINIMUM:
        is_version, needed = ".".join(map(str, version)), ".".join(map(str, MINIMUM))
        raise SinkError(f"{name}: is ClickHouse {is_version}", f"upgrade the server: {needed} is the oldest that works")


def _send(client: Any, insert: NativeInsert) -> None:
    """As the driver's own `insert_dataframe`, with query parameters, which it has for SELECT alone."""
    with client.disconnect_on_error(insert.sql, None):
        client.connection.send_query(insert.sql, params=_quoted(insert.parameters))
        client.connection.send_external_tables(None)
        header = client.receive_sample_block()
        client.send_data(header, insert.columns, columnar=True)
        client.receive_end_of_insert_query()


class _Quoted:
    """A parameter's text between the quotes of the protocol: no `str`, so that the driver does not escape it again."""

    def __init__(self, text: str) -> None:
        self._text = text.replace("\\", "\\\\").replace("'", "\\'")

    def __str__(self) -> str:
        return self._text


def _quoted(parameters: Parameters) -> Mapping[str, _Quoted]:
    return {name: _Quoted(text) for name, text in spelled(parameters).items()}


def _faults() -> tuple[type[Exception], ...]:
    """What the driver raises: its own errors, the socket's, and EOFError where the other side hung up."""
    from clickhouse_driver.errors import Error

    return (Error, OSError, EOFError)
