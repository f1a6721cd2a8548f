"""Run as a process of its own: FOLDER PORT. A real ClickHouse server on loopback, out of the chdb wheel.

It is a private entry point of the wheel, and has a user without a password: for tests alone. `loader` has one.
"""

import os
import sys
from pathlib import Path

USERS = """<clickhouse><profiles><default/></profiles><quotas><default/></quotas><users>
<default><password/><profile>default</profile><quota>default</quota><networks><ip>::/0</ip></networks></default>
<loader><password>only-in-tests</password><profile>default</profile><quota>default</quota>
<networks><ip>::/0</ip></networks></loader>
</users></clickhouse>"""
CONFIG = """<clickhouse><tcp_port>{port}</tcp_port><http_port>{http}</http_port><listen_host>127.0.0.1</listen_host>
<users_config>{users}</users_config></clickhouse>"""
# The listeners live as long as the query: a sleep that nothing ends.
FOREVER = (
    "SYSTEM START LISTEN TCP; SYSTEM START LISTEN HTTP; SELECT sleepEachRow(1) FROM numbers(100000000) "
    "SETTINGS max_block_size = 1, function_sleep_max_microseconds_per_block = 0"
)


def main(folder: Path, port: int, http: int) -> None:
    from chdb import _chdb

    for part in ("data", "cwd"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    users = folder / "cwd" / "users.xml"
    users.write_text(USERS, encoding="utf-8")
    config = CONFIG.format(port=port, http=http, users=users)
    (folder / "cwd" / "config.xml").write_text(config, encoding="utf-8")
    os.chdir(folder / "cwd")
    _chdb.query(FOREVER, "TabSeparated", path=str(folder / "data"))


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), int(sys.argv[2]), int(sys.argv[3]))
