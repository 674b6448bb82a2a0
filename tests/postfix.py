"""Sends through real mail servers: Postfix with STARTTLS, a certificate authority of its own and AUTH takes 1,000 mails;
a second Postfix that greylists and limits is outlasted. Every member gets one mail, and Python reads it without a defect.

usage: python3 tests/postfix.py BINARY      (as root: Postfix wants that; needs postfix, dovecot-core, postgrey, openssl)
Listens on 127.0.0.1 alone and stops what it started.
"""

import collections
import contextlib
import email
import email.policy
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BINARY = os.path.abspath(sys.argv[1])
ROOT = Path(__file__).resolve().parent.parent
MEMBERS = 1000
PASSWORD = "geheim & sicher"
PATIENCE = 90  # seconds for anything to come about


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run(*command, **options):
    return subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True, timeout=PATIENCE, **options)


def wait_for_port(port: int):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise SystemExit(f"nothing listens on port {port}")


def authority(folder: Path):
    """A certificate authority and a certificate for localhost from it."""
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Test CA",
        "-keyout", folder / "ca.key", "-out", folder / "ca.pem")
    run("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost",
        "-keyout", folder / "server.key", "-out", folder / "server.csr")
    (folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    run("openssl", "x509", "-req", "-in", folder / "server.csr", "-CA", folder / "ca.pem", "-CAkey", folder / "ca.key",
        "-CAcreateserial", "-days", "2", "-extfile", folder / "names", "-out", folder / "server.pem")


@contextlib.contextmanager
def dovecot(folder: Path):
    """A Dovecot that does nothing but check the password of one user."""
    home = folder / "dovecot"
    home.mkdir()
    (home / "users").write_text(f"verband@localhost:{{PLAIN}}{PASSWORD}\n")
    (home / "dovecot.conf").write_text(f"""
protocols =
ssl = no
base_dir = {home}/run
log_path = {home}/log
auth_mechanisms = plain login
passdb {{
  driver = passwd-file
  args = {home}/users
}}
service auth {{
  unix_listener {home}/auth {{
    mode = 0666
  }}
}}
""")
    server = subprocess.Popen(["dovecot", "-F", "-c", str(home / "dovecot.conf")],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + PATIENCE
        while not (home / "auth").exists():
            assert time.monotonic() < until, (home / "log").read_text()
            time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE)


class Postfix:
    """A Postfix of its own, that delivers all mail for everybody into one Maildir."""

    def __init__(self, folder: Path, name: str, settings: dict[str, str]):
        self.config, self.mails = folder / name, folder / f"{name}-mails"
        self.port, self.log = free_port(), folder / f"{name}.log"
        owner = pwd.getpwnam("nobody")
        for path in (self.config, self.mails, folder / f"{name}-spool", folder / f"{name}-data"):
            path.mkdir()
        shutil.chown(self.mails, "nobody")
        shutil.chown(folder / f"{name}-data", "postfix")
        own = {
            "compatibility_level": "3.6",
            "queue_directory": folder / f"{name}-spool",
            "data_directory": folder / f"{name}-data",
            "maillog_file": self.log,
            "maillog_file_prefixes": folder,
            "inet_interfaces": "127.0.0.1",
            "inet_protocols": "ipv4",
            "myhostname": "localhost",
            "mynetworks": "127.0.0.0/8",
            "mydestination": "",
            "virtual_mailbox_domains": "static:all",
            "virtual_mailbox_maps": "static:all/",
            "virtual_mailbox_base": self.mails,
            "virtual_uid_maps": f"static:{owner.pw_uid}",
            "virtual_gid_maps": f"static:{owner.pw_gid}",
            "virtual_minimum_uid": "1",
            "smtpd_forbid_bare_newline": "yes",
            "smtpd_forbid_unauth_pipelining": "yes",
            "smtpd_relay_restrictions": "permit_mynetworks, reject",
            "smtpd_recipient_restrictions": "permit_mynetworks, reject",
        } | settings
        (self.config / "main.cf").write_text("".join(f"{key} = {value}\n" for key, value in own.items()))
        services = [line for line in Path("/usr/share/postfix/master.cf.dist").read_text().splitlines()
                    if re.match(r"(pickup|cleanup|qmgr|tlsmgr|rewrite|bounce|defer|trace|verify|flush|proxymap|proxywrite|"
                                r"error|retry|discard|local|virtual|anvil|scache|postlog|showq)\b", line)]
        services = [re.sub(r"^((?:\S+\s+){4})\S+", r"\1n", line) for line in services]
        services.append(f"127.0.0.1:{self.port} inet n - n - - smtpd")
        (self.config / "master.cf").write_text("\n".join(services) + "\n")

    def __enter__(self):
        run("postfix", "-c", self.config, "start")
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as probe:
            probe.settimeout(10)
            greeting = probe.recv(100)
        assert greeting.startswith(b"220"), (greeting, self.log.read_text())
        return self

    def __exit__(self, *_):
        subprocess.run(["postfix", "-c", str(self.config), "abort"], capture_output=True, timeout=PATIENCE)

    def delivered(self, expected: int) -> list[Path]:
        """The mails, once so many are there, or none more come."""
        until = time.monotonic() + PATIENCE
        while True:
            mails = list(self.mails.glob("all/new/*"))
            if len(mails) >= expected or time.monotonic() > until:
                return mails
            time.sleep(0.2)


def project(folder: Path, smtp: str, members: int) -> Path:
    """The sample post and a list of members, with this way to send."""
    shutil.copytree(ROOT / "newsletters", folder / "newsletters")
    config = (ROOT / "config.example.toml").read_text()
    config = re.sub(r'(?m)^transport = .*$', 'transport = "smtp"', config)
    (folder / "config.toml").write_text(config + "\n" + smtp)
    with open(folder / "newsletters/lists/members.example.csv", "w") as table:
        table.write("Anrede;Vorname;Nachname;E-Mail\n")
        for number in range(members):
            table.write(f"Frau;Zoë;Müller-{number};m{number}@beispiel{number % 40}.example\n")
    return folder


def send(folder: Path, code: int | None = 0) -> subprocess.CompletedProcess:
    command = [BINARY, "send", "newsletters/2026-11-herbsttagung.md", "--yes", "--offline"]
    answer = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    assert code is None or answer.returncode == code, (answer.returncode, answer.stdout, answer.stderr)
    return answer


def each_once(mails: list[Path], members: int):
    to = collections.Counter()
    for path in mails:
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        defects = [*message.defects, *(defect for part in message.walk() for defect in part.defects)]
        assert not defects, (path, defects)
        assert message["Subject"] == "Was von der Herbsttagung bleibt", message["Subject"]
        name = message["To"].addresses[0].display_name
        number = re.fullmatch(r"m(\d+)", message["To"].addresses[0].username).group(1)
        assert name == f"Zoë Müller-{number}", name
        assert f"Sehr geehrte Frau Müller-{number}" in message.get_body(("plain",)).get_content()
        to[message["X-Original-To"]] += 1
    twice = [address for address, count in to.items() if count > 1]
    assert not twice, f"twice: {twice[:5]}"
    assert len(to) == members, f"{len(to)} of {members} members"


def encrypted_and_logged_in(folder: Path):
    authority(folder)
    settings = {
        "smtpd_tls_cert_file": folder / "server.pem",
        "smtpd_tls_key_file": folder / "server.key",
        "smtpd_tls_security_level": "encrypt",
        "smtpd_tls_auth_only": "yes",
        "smtpd_sasl_auth_enable": "yes",
        "smtpd_sasl_type": "dovecot",
        "smtpd_sasl_path": folder / "dovecot/auth",
        "smtpd_relay_restrictions": "permit_sasl_authenticated, reject",
        "smtpd_recipient_restrictions": "permit_sasl_authenticated, reject",
    }
    with dovecot(folder), Postfix(folder, "relay", settings) as relay:
        smtp = (f'[email.smtp]\nhost = "localhost"\nport = {relay.port}\nca_file = "{folder}/ca.pem"\n'
                'username = "verband@localhost"\npassword = "file:smtp.password"\nconnections = 4\nper_minute = 0\n')
        (folder / "project").mkdir()
        here = project(folder / "project", smtp, MEMBERS)
        (here / "smtp.password").write_text("falsch\n")
        os.chmod(here / "smtp.password", 0o600)
        answer = send(here, 77)
        assert "535" in answer.stderr, answer.stderr
        (here / "smtp.password").write_text(PASSWORD + "\n")
        began = time.monotonic()
        answer = send(here)
        assert f"{MEMBERS} accepted by localhost" in answer.stdout, answer.stdout
        took = time.monotonic() - began
        assert "sent before" in send(here).stdout
        each_once(relay.delivered(MEMBERS), MEMBERS)
        print(f"Postfix with STARTTLS and AUTH took {MEMBERS} mails in {took:.1f} s, each once")


def greylisting_and_limiting(folder: Path):
    members = 60
    grey = free_port()
    greylist = subprocess.Popen(
        ["postgrey", f"--inet=127.0.0.1:{grey}", "--delay=4", "--auto-whitelist-clients=0", f"--dbdir={folder}/grey",
         f"--pidfile={folder}/grey.pid", "--user=postgrey", "--group=postgrey"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for_port(grey)
        settings = {
            "smtpd_recipient_restrictions": f"check_policy_service inet:127.0.0.1:{grey}, permit_mynetworks, reject",
            "smtpd_client_message_rate_limit": "30",
            "smtpd_client_event_limit_exceptions": "",
            "anvil_rate_time_unit": "5s",
            "smtpd_error_sleep_time": "0",
        }
        with Postfix(folder, "strict", settings) as strict:
            smtp = (f'[email.smtp]\nhost = "127.0.0.1"\nport = {strict.port}\nsecurity = "none"\nconnections = 2\n'
                    'per_minute = 0\n[email.retry]\nfirst = "2s"\nmax = "10s"\ngive_up = "1h"\n')
            (folder / "strict-project").mkdir()
            here = project(folder / "strict-project", smtp, members)
            began, sends = time.monotonic(), 0
            while True:
                answer = send(here, None)
                sends += 1
                assert answer.returncode in (0, 75), (answer.returncode, answer.stdout, answer.stderr)
                if answer.returncode == 0:
                    break
                assert time.monotonic() - began < PATIENCE, (answer.stdout, answer.stderr)
                time.sleep(2)
            said = strict.log.read_text()
            assert "Greylisted" in said and "rate limit exceeded" in said, "it was not strict"
            each_once(strict.delivered(members), members)
            print(f"Postfix that greylists and limits took {members} mails in {sends} sends, each once")
    finally:
        greylist.kill()  # it waits for its connections otherwise
        greylist.wait(timeout=PATIENCE)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "grey").mkdir()
        shutil.chown(folder / "grey", "postgrey", "postgrey")
        encrypted_and_logged_in(folder)
        greylisting_and_limiting(folder)


main()
