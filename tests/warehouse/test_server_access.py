"""Reaching a server: what is wrong is one line with its cure, and no password is in it; TLS; versions; limits."""

import datetime
import ipaddress
import logging
import ssl
import traceback
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from pipelines.environment import secret
from pipelines.warehouse import server as server_module
from pipelines.warehouse.server import Server
from schemas import ConfigError, SinkError
from tests.warehouse.servers import ServerProcess, proxy

PASSWORD = "only-in-tests"  # of `loader`, in server_process.py


def one(server: Server) -> list[int]:
    return server.query("SELECT 1 AS one")["one"].to_pylist()


def test_a_user_with_a_password(server: ServerProcess) -> None:
    with Server(server.settings(user="loader"), PASSWORD, as_it_is=True) as opened:
        assert one(opened) == [1]
        assert PASSWORD not in repr(opened) + str(vars(opened)) + opened.name


@pytest.mark.parametrize(
    ("changes", "password", "message", "cure"),
    [
        ({"user": "loader"}, "not-" + PASSWORD, "Authentication failed", "password_env"),
        ({"user": "nobody-here"}, PASSWORD, "Authentication failed", "password_env"),
        ({"host": "no-such-host.invalid"}, PASSWORD, "no-such-host.invalid", "mend host"),
        ({"port": 1}, PASSWORD, "Connection refused", "start the server"),
        ({"database": "not_there"}, "", "not_there does not exist", "CREATE DATABASE"),
    ],
)
def test_what_is_wrong_is_one_line_with_a_cure(
    server: ServerProcess,
    caplog: pytest.LogCaptureFixture,
    changes: dict[str, object],
    password: str,
    message: str,
    cure: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(SinkError, match=message) as raised:
        Server(server.settings(**changes), password)
    assert raised.value.exit_code == 13
    assert cure in raised.value.cure
    assert len(raised.value.what.splitlines()) == 1
    if password:
        told = str(raised.value) + caplog.text + "".join(traceback.format_exception(raised.value))
        assert password not in told


def test_an_old_server_is_refused_by_name(server: ServerProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "MINIMUM", (99, 3))
    with pytest.raises(SinkError, match=r"is ClickHouse 26\.\d+") as raised:
        Server(server.settings(), "")
    assert "99.3 is the oldest that works" in raised.value.cure


def test_a_query_ends_at_its_timeout_and_the_connection_lives_on(server: ServerProcess) -> None:
    with Server(server.settings(query_timeout="1s"), "", as_it_is=True) as opened:
        with pytest.raises(SinkError, match="Code: 159") as raised:
            opened.query("SELECT sum(sipHash64(number)) AS all FROM numbers(200000000000)")
        assert "query_timeout" in raised.value.cure
        assert one(opened) == [1]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate of 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    text = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    path.write_bytes(text + made.public_bytes(pem))
    return path


def test_tls_trusts_the_named_authority_alone(server: ServerProcess, certificate: Path) -> None:
    """The wheel's server has no TLS listener: TLS ends at a proxy before it, as with a load balancer."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with proxy(server.port, context) as line:
        trusting = server.settings(port=line.port, secure=True, ca=certificate)
        with Server(trusting, "", as_it_is=True) as opened:
            assert one(opened) == [1]
        with pytest.raises(SinkError, match=r"(?i)certificate"):
            Server(server.settings(port=line.port, secure=True), "", as_it_is=True)
        with Server(server.settings(port=line.port, secure=True, verify=False), "", as_it_is=True) as opened:
            assert one(opened) == [1]


def test_a_password_is_read_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CH_PASSWORD", PASSWORD)
    assert secret("password", variable="CH_PASSWORD") == PASSWORD
    file = tmp_path / "password"
    file.write_text(PASSWORD + "\n", encoding="utf-8")
    file.chmod(0o600)
    assert secret("password", file=file) == PASSWORD
    assert secret("password") == ""


def test_a_password_that_is_missing_or_open_to_others_is_a_config_error(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(PASSWORD, encoding="utf-8")
    file.chmod(0o644)
    for named in ({"variable": "NOT_SET_HERE"}, {"file": tmp_path / "none"}, {"file": file}):
        with pytest.raises(ConfigError) as raised:
            secret("[warehouse] password", **named)
        assert PASSWORD not in str(raised.value)
        assert raised.value.cure
