"""Every golden log is recognised from its head as what it is; what is no log is not."""

import pytest

from ingest.recognised import recognised
from tests.golden.readings import DATA, GOLDEN

# Logs whose columns nobody could guess.
UNGUESSABLE = {"csv-other-header.csv"}


@pytest.mark.parametrize("name", sorted(GOLDEN.keys() - UNGUESSABLE))
def test_a_golden_log_is_taken_for_what_it_is(name: str):
    feed, near_ms = GOLDEN[name]
    found = recognised((DATA / name).read_bytes(), feed.time_zone, near_ms)
    assert found is not None
    assert found.format == feed.format


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"Notes of Monday's meeting:\n- move AP 7\n", id="prose"),
        pytest.param(bytes(range(256)) * 16, id="noise"),
        pytest.param(b"zone,name,site\nroad,Road,street\n", id="another csv"),
        pytest.param(b'{"hello": "world"}\n', id="another json"),
        pytest.param(b"<30>Nov 21 10:00:00 host cron: done\n" * 5, id="a syslog of other programs"),
    ],
)
def test_what_is_no_log_of_devices_is_not_recognised(head: bytes):
    assert recognised(head, "UTC", 1_795_000_000_000) is None


@pytest.mark.parametrize(
    ("head", "columns", "time_format", "kinds"),
    [
        pytest.param(
            b"Time Stamp;AP Name;Client MAC;RSSI\n2026-11-21 10:00:00;ap-1;02:00:00:00:00:01;-60\n",
            {"at": "Time Stamp", "device": "Client MAC", "ap": "AP Name", "signal": "RSSI", "delimiter": ";"},
            "iso",
            None,
            id="semicolons and blanks",
        ),
        pytest.param(
            b"ts\tap\tmac\tevent\n1795251601\tap-1\t020000000001\tDISASSOC\n1795251600\tap-1\t020000000001\tassoc\n",
            {"at": "ts", "device": "mac", "kind": "event", "delimiter": "\t"},
            "epoch_s",
            {"DISASSOC": "left", "assoc": "joined"},
            id="tabs, epoch, words for kinds",
        ),
        pytest.param(
            b'{"client": {"mac": "02:00:00:00:00:01"}, "seen": {"ts": 1795251601000}, "bssid": "02:00:00:00:0a:01"}\n',
            {"at": "seen.ts", "device": "client.mac", "ap": "bssid"},
            "epoch_ms",
            None,
            id="nested json",
        ),
    ],
)
def test_columns_are_guessed_from_their_titles(head: bytes, columns: dict, time_format: str, kinds: dict | None):
    found = recognised(head, "UTC", 1_795_000_000_000)
    assert found is not None
    assert found.settings["columns"] == columns
    assert found.settings["time_format"] == time_format
    assert found.settings.get("kinds") == kinds
