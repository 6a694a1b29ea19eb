"""What `deploy/` holds fits the product: settings, paths, ports, commands, metrics; and it runs."""

from __future__ import annotations

import http.client
import json
import os
import pwd
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import typer
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ecosystem.common.settings import ROOT, Settings
from ecosystem.web import metrics
from etl.cli import app
from tests.browser import nginx
from tests.browser.server import free_port

DEPLOY = ROOT / "deploy"
SYSTEMD = DEPLOY / "systemd"
HERE = "/opt/cyber-valleys/current"
SITE = "valleys.example.org"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
UNITS = sorted(path.name for path in SYSTEMD.glob("*.*") if path.is_file())


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_setting_that_is_named_exists(path: Path) -> None:
    prefix = Settings.model_config["env_prefix"]
    known = {f"{prefix}{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(rf"\b{prefix}[A-Z_]+\b", text_of(path))) <= known


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_of_the_project_that_is_named_exists(path: Path) -> None:
    named = re.findall(r"(?<!/)\b(?:deploy|docs|data)/[\w./@-]*\w", text_of(path))
    named += re.findall(rf"{HERE}/((?!\.venv)[\w./-]*\w)", text_of(path))
    made = {"data/releases", "data/inbox", "data/log", "data/links"}
    assert [name for name in named if name not in made and not (ROOT / name).exists()] == []


def test_the_environment_is_one_that_the_settings_take() -> None:
    lines = [line for line in text_of(DEPLOY / "environment.example").splitlines() if line]
    pairs = [line.lstrip("#").partition("=") for line in lines if re.match("#?[A-Z_]+=", line)]
    given = {
        name.removeprefix("CYBER_VALLEYS_").lower(): value.strip('"')
        for name, _, value in pairs
        if name.startswith("CYBER_VALLEYS_")
    }
    own = Settings(**given)  # type: ignore[arg-type]
    assert own.site_url == f"https://{SITE}"
    # All that is written lies where the units may write.
    for name, value in given.items():
        if value.startswith("/") and name.endswith(
            ("_dir", "inbox_file", "log_file", "links_file")
        ):
            assert value.startswith(("/var/lib/cyber-valleys/", "/var/backups/cyber-valleys"))


def test_commands_and_ports_are_those_of_the_product() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    started = [
        line.removeprefix("ExecStart=").split()
        for unit in UNITS
        for line in text_of(SYSTEMD / unit).splitlines()
        if line.startswith("ExecStart=")
    ]
    programs = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]["scripts"]
    assert len(started) == 4
    for program, *arguments in started:
        name = program.removeprefix(f"{HERE}/.venv/bin/")
        if name == "streamlit":
            assert arguments == ["run", "app.py"]
            continue
        assert name in programs
        options = {opt for param in commands[arguments[0]].params for opt in param.opts}
        assert set(arguments[1:]) <= options
    several = re.findall(r"127\.0\.0\.1:(\d+)", text_of(DEPLOY / "nginx" / "upstream-several.conf"))
    assert several == ["8501", "8502"]
    scraped = yaml.safe_load(text_of(DEPLOY / "prometheus" / "prometheus.yml"))["scrape_configs"]
    (target,) = scraped[0]["static_configs"][0]["targets"]
    site = text_of(SYSTEMD / "cyber-valleys-site@.service")
    assert "CYBER_VALLEYS_METRICS_PORT=1%i" in site
    assert target == f"{metrics.HOST}:1{several[0]}"
    # As many files as a full house needs; see ecosystem.web.visitors.
    files = int(re.findall(r"LimitNOFILE=(\d+)", site)[0])
    assert files > 4 * Settings.model_fields["max_sessions"].default + 200


def test_what_may_be_uploaded_passes_nginx() -> None:
    streamlit = tomllib.loads(text_of(ROOT / ".streamlit" / "config.toml"))
    conf = text_of(DEPLOY / "nginx" / "cyber-valleys.conf")
    (most,) = re.findall(r"client_max_body_size (\d+)m;", conf)
    assert int(most) > streamlit["server"]["maxUploadSize"]


def names_given() -> set[str]:
    """Names of all samples that Prometheus gets of the site."""
    labelled = ("regions", "whole", "done"), ("page", "2xx")
    metrics._reruns.labels(*labelled[0])
    metrics._rerun_seconds.labels("whole")
    metrics._requests.labels(*labelled[1])
    metrics._request_seconds.labels("page")
    site = metrics.Site(lambda: 0, lambda: 0.0)
    collected = [*metrics.REGISTRY.collect(), *site.collect()]
    return {sample.name for metric in collected for sample in metric.samples}


def expressions() -> list[str]:
    dashboard = json.loads(text_of(DEPLOY / "grafana" / "dashboard.json"))
    alerts = yaml.safe_load(text_of(DEPLOY / "prometheus" / "alerts.yml"))
    return [
        *[target["expr"] for panel in dashboard["panels"] for target in panel["targets"]],
        *[variable["query"]["query"] for variable in dashboard["templating"]["list"][1:]],
        *[rule["expr"] for group in alerts["groups"] for rule in group["rules"]],
    ]


@pytest.mark.usefixtures("_use_test_release")
def test_dashboard_and_alerts_ask_for_metrics_that_there_are() -> None:
    given = names_given()
    asked = {
        name
        for expression in expressions()
        for name in re.findall(r"\b(?:cyber_valleys|process)_\w+", expression)
    }
    assert len(asked) > 12
    assert asked - given == set()
    labels = {"page", "part", "outcome", "kind", "status", "reason", "site", "le", "job"}
    used = {label for text in expressions() for label in re.findall(r"(\w+)=~?\"", text)}
    assert used <= labels


def test_rules_pass_promtool() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        # Debian has it in the package prometheus, which brings a server along; the queries are
        # held against the metrics above all the same.
        rules = yaml.safe_load(text_of(DEPLOY / "prometheus" / "alerts.yml"))["groups"][0]["rules"]
        assert all({"alert", "expr", "labels", "annotations"} <= set(rule) for rule in rules)
        return
    folder = DEPLOY / "prometheus"
    for command in (["check", "config", "prometheus.yml"], ["test", "rules", "alerts.test.yml"]):
        subprocess.run([promtool, *command], cwd=folder, check=True, capture_output=True)


# -- systemd ---------------------------------------------------------------------------------------


def test_units_name_each_other_and_share_what_hardens_them() -> None:
    assert {Path(name).stem for name in UNITS if name.endswith((".timer", ".path"))} == {
        Path(name).stem for name in UNITS if "@" not in name and name.endswith(".service")
    }
    hardening = text_of(SYSTEMD / "cyber-valleys-.service.d" / "hardening.conf")
    for line in ("ProtectSystem=strict", "NoNewPrivileges=yes", "CapabilityBoundingSet=",
                 "User=cyber-valleys", f"WorkingDirectory={HERE}"):  # fmt: skip
        assert line in hardening.splitlines()
    # Their names begin as the folder's, so systemd reads it for each of them.
    assert all(name.startswith("cyber-valleys-") for name in UNITS)


def analyse() -> str:
    """Path of systemd-analyze, without which this machine can't check units."""
    return shutil.which("systemd-analyze") or ""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty installation of systemd that has the units, and what they start."""
    units = tmp_path / "etc" / "systemd" / "system"
    shutil.copytree(SYSTEMD, units)
    for program in ("streamlit", "cyber-valleys"):
        path = tmp_path / HERE[1:] / ".venv" / "bin" / program
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
    for name in ("network-online", "multi-user", "timers", "sysinit", "basic", "shutdown",
                 "time-set", "time-sync", "initrd-switch-root"):  # fmt: skip
        (units / f"{name}.target").write_text("[Unit]\nDescription=of the test\n")
    (units / "-.slice").write_text("[Slice]\n")
    (units / "system.slice").write_text("[Slice]\n")
    (units / "system-cyber\\x2dvalleys\\x2dsite.slice").write_text("[Slice]\n")
    return tmp_path


@pytest.mark.skipif(not analyse(), reason="there is no systemd on this machine")
@pytest.mark.parametrize("unit", UNITS)
def test_units_are_as_systemd_wants_them(root: Path, unit: str) -> None:
    unit = unit.replace("@.", "@8501.")
    done = subprocess.run(
        [analyse(), "verify", "--man=no", f"--root={root}", unit],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    said = [line for line in done.stderr.splitlines() if "cyber-valleys" in line]
    assert (done.returncode, said) == (0, [])


@pytest.mark.skipif(not analyse(), reason="there is no systemd on this machine")
@pytest.mark.parametrize("unit", [name for name in UNITS if name.endswith(".service")])
def test_services_may_do_little(root: Path, unit: str) -> None:
    command = [analyse(), "security", "--no-pager", "--offline=true", "--threshold=20"]
    done = subprocess.run(
        [*command, f"--root={root}", unit.replace("@.", "@8501.")],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


# -- containers ------------------------------------------------------------------------------------


def test_the_container_takes_all_that_the_site_needs_and_runs_as_nobody_else() -> None:
    lines = text_of(DEPLOY / "Containerfile")
    copied = [
        source
        for line in re.findall(r"^COPY (?!--)(.+)$", lines, re.MULTILINE)
        for source in line.split()[:-1]
    ]
    assert [source for source in copied if not list(ROOT.glob(source))] == []
    readme = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]["readme"]
    assert {"app.py", "ecosystem", "etl", "pages", "requirements.lock", readme} <= set(copied)
    assert re.search(r"^USER 10001:10001$", lines, re.MULTILINE)
    assert "--require-hashes" in lines
    placed = [path for source in copied for path in ROOT.glob(source)]
    moved = re.findall(r"CYBER_VALLEYS_(\w+)=/data/", lines)
    for path in _read_files(moved):
        assert any(path.is_relative_to(place) for place in placed), f"not in the image: {path}"


def _read_files(moved: list[str]) -> set[Path]:
    """Files and folders beside the code that it reads, but for those that a setting moves."""
    named = {
        ROOT.joinpath(*re.findall(r'"([^"]+)"', parts))
        for folder in ("ecosystem", "etl", "pages")
        for module in (ROOT / folder).rglob("*.py")
        for parts in re.findall(r'ROOT((?: / "[^"]+")+)', text_of(module))
    }
    # Some find them by the folder of the schemas.
    named |= {path for pattern in ("*.toml", "*.json") for path in (ROOT / "data").glob(pattern)}
    elsewhere = {Settings.model_fields[name.lower()].default for name in moved}
    assert ROOT / "data" / "facts.toml" in named
    return {path for path in named - elsewhere if path.exists()}


def test_compose_is_read_only_and_knows_its_proxy() -> None:
    found = yaml.safe_load(text_of(DEPLOY / "compose.yaml"))
    site, proxy = found["services"]["site"], found["services"]["nginx"]
    assert all(service["read_only"] and service["cap_drop"] == ["ALL"] for service in (site, proxy))
    (subnet,) = (entry["subnet"] for entry in found["networks"]["inside"]["ipam"]["config"])
    assert site["environment"]["CYBER_VALLEYS_TRUSTED_PROXIES"] == subnet
    assert "ports" not in site
    upstream = text_of(DEPLOY / "nginx" / "upstream-compose.conf")
    (port,) = re.findall(r"server site:(\d+);", upstream)
    assert f"STREAMLIT_SERVER_PORT={port}" in text_of(DEPLOY / "Containerfile")
    for volume in proxy["volumes"]:
        source = DEPLOY / volume.split(":")[0]
        assert source.exists() or source.name == "certificates"


# -- nginx -----------------------------------------------------------------------------------------


class Process(BaseHTTPRequestHandler):
    """A process of the site, as far as nginx sees it: says which one it is and what it was told."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = json.dumps({"port": self.server.server_address[1], **dict(self.headers)}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Nothing."""


@contextmanager
def process(port: int) -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", port), Process)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def wait_for(port: int, running: subprocess.Popen[bytes]) -> None:
    """Wait until nginx listens."""
    end = time.monotonic() + nginx.START_TIMEOUT
    while time.monotonic() < end:
        assert running.poll() is None
        with socket.socket() as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.1)
    raise TimeoutError("nginx didn't listen.")


def write_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SITE)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(SITE)]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(pem))
    (folder / "privkey.pem").write_bytes(private)


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int, Path]]:
    """nginx with the files of `deploy/`, before two processes; ports and paths are of the test.

    Gives its ports for http and https, and the folder of its log.
    """
    folder = tmp_path_factory.mktemp("nginx")
    write_certificate(folder)
    first, second, plain, secure = (free_port() for _ in range(4))
    conf = text_of(DEPLOY / "nginx" / "cyber-valleys.conf")
    upstream = text_of(DEPLOY / "nginx" / "upstream-several.conf")
    for found, own in (
        (r"listen \[::\].*\n", "\n"),
        (r"listen 80\b", f"listen 127.0.0.1:{plain}"),
        (r"listen 443\b", f"listen 127.0.0.1:{secure}"),
        (f"/etc/letsencrypt/live/{re.escape(SITE)}", str(folder)),
        ("/var/log/nginx", str(folder)),
    ):
        conf = re.sub(found, own, conf)
    upstream = upstream.replace(":8501", f":{first}").replace(":8502", f":{second}")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    kept = "".join(f"{kind}_temp_path {folder}/{kind}; " for kind in kinds)
    around = f"""
      daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1; events {{ }}
      http {{ access_log off;
        {kept}
        include {folder}/upstream.conf; include {folder}/site.conf;
      }}
    """
    (folder / "site.conf").write_text(conf)
    (folder / "upstream.conf").write_text(upstream)
    (folder / "nginx.conf").write_text(around)
    command = [nginx.find(), "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"]
    subprocess.run([*command, "-t"], check=True, capture_output=True, timeout=60)
    with ExitStack() as stack:
        stack.enter_context(process(first))
        stack.enter_context(process(second))
        running = subprocess.Popen(command)
        try:
            wait_for(plain, running)
            yield plain, secure, folder
        finally:
            running.terminate()
            running.wait(timeout=60)


def ask(
    port: int, path: str = "/", *, secure: bool = True, **headers: str
) -> tuple[int, dict[str, str], str]:
    """Status, headers and text of an answer to the site's name."""
    context = ssl._create_unverified_context()  # noqa: S323
    connection: http.client.HTTPConnection = (
        http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=context)
        if secure
        else http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    )
    if secure:
        # The name decides which server answers, and whether TLS is spoken at all.
        raw = socket.create_connection(("127.0.0.1", port), timeout=60)
        connection.sock = context.wrap_socket(raw, server_hostname=SITE)
    sent = {"Host": SITE, **{name.replace("_", "-"): value for name, value in headers.items()}}
    connection.request("GET", path, headers=sent)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, text


def told(port: int, **headers: str) -> dict[str, str]:
    """What a process of the site was told of a request."""
    return {name.lower(): value for name, value in json.loads(ask(port, **headers)[2]).items()}


def test_a_browser_stays_with_one_process_and_browsers_share_both(
    proxy: tuple[int, int, Path],
) -> None:
    _, secure, _ = proxy
    of_browser = {
        name: {told(secure, user_agent=name)["port"] for _ in range(3)}
        for name in (f"browser {number}" for number in range(16))
    }
    assert all(len(ports) == 1 for ports in of_browser.values())
    assert len(set.union(*of_browser.values())) == 2


def test_the_site_hears_who_asks_and_not_what_they_say_of_themselves(
    proxy: tuple[int, int, Path],
) -> None:
    _, secure, folder = proxy
    heard = told(secure, x_forwarded_for="203.0.113.9", x_request_id="forged", upgrade="websocket")
    assert heard["x-forwarded-for"] == "127.0.0.1"
    assert heard["x-forwarded-proto"] == "https"
    assert heard["host"] == heard["x-forwarded-host"] == SITE
    assert re.fullmatch("[0-9a-f]{32}", heard["x-request-id"])
    assert (heard["upgrade"], heard["connection"]) == ("websocket", "upgrade")
    ask(secure, "/organisation?q=anna")
    log = (folder / "cyber-valleys.log").read_text()
    assert heard["x-request-id"] in log
    assert "anna" not in log
    assert "127.0.0.1:" in json.loads(log.splitlines()[-1])["site"]


def test_http_leads_to_https_and_other_names_nowhere(proxy: tuple[int, int, Path]) -> None:
    plain, _, _ = proxy
    status, headers, _ = ask(plain, "/regions?type=sme", secure=False)
    assert (status, headers["location"]) == (301, f"https://{SITE}/regions?type=sme")
    with pytest.raises((http.client.HTTPException, OSError)):
        ask(plain, secure=False, Host="other.example")


def test_nginx_gives_releases_and_nothing_that_lies_beside_them(tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    releases.mkdir()
    given = ("CURRENT", "2026-12-01T000000Z-abcdef.json", "2026-12-01T000000Z-abcdef.duckdb")
    hidden = (".lock.holder", ".CURRENT.part", "SHOWN", "other.txt", ".building-1/a.duckdb")
    for name in (*given, *hidden):
        (releases / name).parent.mkdir(exist_ok=True)
        (releases / name).write_text(name)
    tmp_path.chmod(0o755)
    port = free_port()
    conf = text_of(DEPLOY / "nginx" / "releases.conf")
    conf = conf.replace("/srv/cyber-valleys/releases", str(releases))
    folder = tmp_path / "nginx"
    folder.mkdir()
    around = f"""
      user {pwd.getpwuid(os.getuid()).pw_name};
      daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1; events {{ }}
      http {{ access_log off;
        server {{ listen 127.0.0.1:{port}; {conf} location / {{ return 404; }} }}
      }}
    """
    (folder / "nginx.conf").write_text(around)
    command = [nginx.find(), "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"]
    running = subprocess.Popen(command)
    try:
        wait_for(port, running)
        for name in given:
            status, headers, text = ask(port, f"/releases/{name}", secure=False)
            assert (status, text) == (200, name)
            assert headers["etag"]
        for name in (*hidden, "../nginx/nginx.conf"):
            assert ask(port, f"/releases/{name}", secure=False)[0] in (400, 404)
    finally:
        running.terminate()
        running.wait(timeout=60)


def test_the_wrapper_runs_the_installations_command(tmp_path: Path) -> None:
    """Settings come from the environment's file, and arguments arrive as they are."""
    text = text_of(DEPLOY / "cyber-valleys")
    assert os.access(DEPLOY / "cyber-valleys", os.X_OK)
    environment, program = tmp_path / "environment", tmp_path / "program"
    shutil.copy(DEPLOY / "environment.example", environment)
    program.write_text('#!/bin/sh\necho "$CYBER_VALLEYS_PUBLISHER|$1|$2"\n')
    program.chmod(0o755)
    own = text.replace("/etc/cyber-valleys/environment", str(environment))
    own = re.sub(r"^program=.*$", f"program={program}", own, flags=re.MULTILINE)
    # As if this were the installation's user already.
    own = own.replace('"$(id -un)" = cyber-valleys', "1 = 1")
    (tmp_path / "run").write_text(own)
    done = subprocess.run(
        ["/bin/sh", str(tmp_path / "run"), "check", "a file.xlsx"],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert done.stdout == "The region of Example|check|a file.xlsx\n"
