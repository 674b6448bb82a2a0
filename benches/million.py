"""A send to a million members: freezing, and the peak memory of plan and dispatch together, as a user runs it.

usage: python3 benches/million.py [MEMBERS, default 1000000] [SECONDS of dispatch, default 120]
Needs a release build and Debian's postfix (for smtp-sink). Sends to 127.0.0.1 alone, ends the send in order after so
many seconds, and prints rows a second, mails a second and the peak of memory.
"""

import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BINARY = ROOT / "target/release/rundbrief"
MEMBERS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
SECONDS = float(sys.argv[2]) if len(sys.argv) > 2 else 120.0
POST = "---\ntitle: Kurz\nlang: de\n---\nEin Absatz für alle.\n"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def project(folder: Path, port: int):
    (folder / "newsletters/lists").mkdir(parents=True)
    (folder / "newsletters/kurz.md").write_text(POST)
    with open(folder / "newsletters/lists/members.csv", "w") as table:
        table.write("Anrede;Vorname;Nachname;E-Mail\n")
        table.writelines(f"Frau;Anna;Muster{n};m{n}@beispiel{n % 997}.example\n" for n in range(MEMBERS))
    config = (ROOT / "config.example.toml").read_text()
    config = re.sub(r"(?m)^(logo|logo_dark|\[site.partners.*|text|link) .*\n", "", config)
    config = re.sub(r"(?m)^\[site.partners.*\n", "", config)
    config = config.replace("members.example.csv", "members.csv")
    config = re.sub(r"(?m)^transport = .*$", 'transport = "smtp"', config)
    smtp = f'\n[email.smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\nper_minute = 0\nconnections = 16\n'
    (folder / "config.toml").write_text(config + smtp)


def accepted(folder: Path) -> int:
    answer = subprocess.run([BINARY, "status", "kurz", "--format", "json"], cwd=folder, capture_output=True, timeout=60)
    return json.loads(answer.stdout)["totals"]["sent"]


def main():
    port = free_port()
    user = ["-u", "nobody"] if os.getuid() == 0 else []
    sink = subprocess.Popen(["/usr/sbin/smtp-sink", *user, f"127.0.0.1:{port}", "200"], stderr=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            project(folder, port)
            began = time.monotonic()
            send = subprocess.Popen([BINARY, "-q", "send", "kurz", "--yes", "--offline", "--channel", "email"], cwd=folder,
                                    stdout=subprocess.PIPE, text=True)
            while not re.match(r"  email", send.stdout.readline()):
                assert send.poll() is None, "it ended before the plan"
            frozen = time.monotonic() - began
            time.sleep(min(SECONDS, 5))
            first, from_time = accepted(folder), time.monotonic()
            while send.poll() is None and time.monotonic() - from_time < SECONDS:
                time.sleep(1)
            last, to_time = accepted(folder), time.monotonic()
            send.send_signal(signal.SIGINT)
            assert send.wait(timeout=60) in (0, 75), send.returncode
        finally:
            sink.terminate()
            sink.wait(timeout=10)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{MEMBERS} members: plan and freeze {frozen:.1f} s, {MEMBERS / frozen:.0f} rows a second; "
          f"dispatch {(last - first) / (to_time - from_time):.0f} mails a second; peak {peak:.0f} MB")


main()
