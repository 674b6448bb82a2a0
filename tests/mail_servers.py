"""Real mail servers for the tests: a Postfix of its own for each, a Dovecot that checks one password, a certificate
authority. All listen on 127.0.0.1 alone and are stopped at the end; nothing of the system's own configuration is used.

Needs root (Postfix wants that), postfix, dovecot-core and openssl.
"""

import contextlib
import pwd
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

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


def encrypted_login(folder: Path) -> dict[str, str]:
    """Settings of a Postfix that takes mails with STARTTLS and the password alone; `authority` and `dovecot` are there."""
    return {
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
