"""OpenStack Swift with its S3 interface: a real object store, in processes of its own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.browser.server import free_port

ACCOUNT, PASSWORD, REGION = "test:tester", "testing", "us-east-1"
START_TIMEOUT = 120
_PROXY = """
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
swift_dir = {folder}
log_address = {folder}/log
[pipeline:main]
pipeline = catch_errors cache s3api tempauth copy slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
allow_account_management = true
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:{nobody}
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
allow_multipart_uploads = true
dns_compliant_bucket_names = false
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
"""
_STORAGE = """
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
swift_dir = {folder}
devices = {folder}/nodes
mount_check = false
disable_fallocate = true
log_address = {folder}/log
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
"""
_START = """
import sys
from swift.common import utils
utils.SWIFT_CONF_FILE = sys.argv[1]
from swift.common import wsgi
sys.exit(wsgi.run_wsgi(sys.argv[2], sys.argv[3]))
"""
_RING = """
import sys
from swift.common.ring import RingBuilder
kind, port, folder = sys.argv[1:]
builder = RingBuilder(4, 1, 0)
builder.add_dev({"region": 1, "zone": 1, "ip": "127.0.0.1", "port": int(port),
                 "device": "disk", "weight": 1, "replication_ip": "127.0.0.1",
                 "replication_port": int(port)})
builder.rebalance()
builder.get_ring().save(f"{folder}/{kind}.ring.gz")
"""


@dataclass(frozen=True)
class ObjectStore:
    """A running object store.

    Attributes
    ----------
    endpoint : str
        Address of its S3 interface.
    process : subprocess.Popen
        What answers there.
    """

    endpoint: str
    process: subprocess.Popen[bytes] = field(repr=False)

    @property
    def environment(self) -> dict[str, str]:
        """How whoever may read and write it says so, as for every S3."""
        return {
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": PASSWORD,
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": self.endpoint,
        }

    @contextmanager
    def hang(self) -> Iterator[None]:
        """Take connections and answer nobody."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def make_bucket(self, name: str) -> None:
        """Make a bucket, which whoever keeps files in it needs no right to do."""
        expires = str(int(time.time()) + 600)
        asked = f"PUT\n\n\n{expires}\n/{name}".encode()
        signed = base64.b64encode(hmac.digest(PASSWORD.encode(), asked, hashlib.sha1)).decode()
        query = {"AWSAccessKeyId": ACCOUNT, "Expires": expires, "Signature": signed}
        httpx.put(f"{self.endpoint}/{name}", params=query, timeout=60).raise_for_status()


@contextmanager
def object_store(folder: Path) -> Iterator[ObjectStore]:
    """Start an object store with an empty disk in a folder; ends it afterwards."""
    (folder / "nodes" / "disk").mkdir(parents=True)
    (folder / "swift.conf").write_text(
        "[swift-hash]\nswift_hash_path_prefix = test\nswift_hash_path_suffix = test\n"
        "[storage-policy:0]\nname = one\ndefault = yes\n"
    )
    ports = {kind: free_port() for kind in ("account", "container", "object", "proxy")}
    user = pwd.getpwuid(os.getuid()).pw_name
    with ExitStack() as stack:
        for kind, port in ports.items():
            template = _PROXY if kind == "proxy" else _STORAGE
            (folder / f"{kind}.conf").write_text(
                template.format(port=port, user=user, folder=folder, kind=kind, nobody=free_port())
            )
        for kind in ("account", "container", "object"):
            _python(_RING, kind, str(ports[kind]), str(folder))
        running = {kind: stack.enter_context(_process(folder, kind)) for kind in ports}
        store = ObjectStore(f"http://127.0.0.1:{ports['proxy']}", running["proxy"])
        _wait_for(store.endpoint)
        yield store


def _python(script: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-c", script, *arguments], check=True, timeout=120)


@contextmanager
def _process(folder: Path, kind: str) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / f"{kind}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", _START, str(folder / "swift.conf"),
             str(folder / f"{kind}.conf"), f"{kind}-server"],
            stdout=log, stderr=log,
        )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait_for(endpoint: str) -> None:
    end = time.monotonic() + START_TIMEOUT
    while time.monotonic() < end:
        try:
            httpx.get(f"{endpoint}/info", timeout=20)
            return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise RuntimeError(f"The object store did not answer within {START_TIMEOUT} s.")
