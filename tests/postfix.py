"""Sends through real mail servers: Postfix with STARTTLS, a certificate authority of its own and AUTH takes 1,000 mails;
a second Postfix that greylists and limits is outlasted. Every member gets one mail, and Python reads it without a defect.

usage: python3 tests/postfix.py BINARY      (as root: Postfix wants that; needs postfix, dovecot-core, postgrey, openssl)
Listens on 127.0.0.1 alone and stops what it started.
"""

import collections
import email
import email.policy
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mail_servers import PASSWORD, PATIENCE, Postfix, authority, dovecot, encrypted_login, free_port, wait_for_port

BINARY = os.path.abspath(sys.argv[1])
ROOT = Path(__file__).resolve().parent.parent
MEMBERS = 1000


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
    with dovecot(folder), Postfix(folder, "relay", encrypted_login(folder)) as relay:
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
