"""The same send to few and to many members: freezing, the steady rate of dispatch, and the peak of memory, as a user runs it.

usage: python3 benches/members.py [ROUNDS, default 5] [MEMBERS …, default 20000 1000000] [--seconds N, default 20]
Each round sends to each number of members in turn, with 16 connections to a server of our own; a long dispatch is ended in
order after so many seconds. Sends to 127.0.0.1 alone, a bounded number, and ends by itself. Needs some 300 bytes of disk for
each member and row. For the largest number the whole is extrapolated, with the arithmetic.
"""

import argparse
import os
import re
import signal
import socket
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BINARY = ROOT / "target/release/rundbrief"
POST = "---\ntitle: Kurz\nlang: de\n---\nEin Absatz für alle.\n"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Sink:
    def __init__(self):
        command = ["cargo", "bench", "--locked", "--no-run", "--bench", "sink"]
        said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stderr
        program = ROOT / said.rsplit("(", 1)[1].split(")")[0]
        self.port, self.counter = free_port(), free_port()
        self.process = subprocess.Popen([program, "serve", str(self.port), str(self.counter)])
        time.sleep(0.3)

    def count(self):
        with socket.create_connection(("127.0.0.1", self.counter)) as asked:
            return int(asked.makefile().readline())


def project(folder, members, port):
    (folder / "newsletters/lists").mkdir(parents=True)
    (folder / "newsletters/kurz.md").write_text(POST)
    with open(folder / "newsletters/lists/members.csv", "w") as table:
        table.write("Anrede;Vorname;Nachname;E-Mail\n")
        table.writelines(f"Frau;Anna;Muster{n};m{n}@beispiel{n % 997}.example\n" for n in range(members))
    config = (ROOT / "config.example.toml").read_text()
    config = re.sub(r"(?m)^(logo|logo_dark|\[site.partners.*|text|link) .*\n", "", config)
    config = re.sub(r"(?m)^\[site.partners.*\n", "", config)
    config = config.replace("members.example.csv", "members.csv")
    config = re.sub(r"(?m)^transport = .*$", 'transport = "smtp"', config)
    smtp = f'\n[email.smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\nper_minute = 0\nconnections = 16\n'
    (folder / "config.toml").write_text(config + smtp)


def peak(pid):
    """Of the process until now, in MB (proc(5), VmHWM)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024


def one(members, sink, seconds):
    """Rows frozen a second, mails a second, peak of memory, bytes of the record for each member."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project(folder, members, sink.port)
        before = sink.count()
        began = time.monotonic()
        command = [BINARY, "-q", "send", "kurz", "--yes", "--offline", "--channel", "email"]
        send = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
        while not re.match(r"  email", send.stdout.readline()):
            assert send.poll() is None, "it ended before the plan"
        frozen = time.monotonic() - began
        # From a tenth on, or from the thousandth mail: what comes before is the first connections'.
        first = before + min(members // 10, 2_000)
        while sink.count() < first:
            time.sleep(0.01)
        from_count, from_time = sink.count(), time.monotonic()
        end = before + members * 9 // 10
        memory = 0
        while (now := sink.count()) < end and time.monotonic() - from_time < seconds:
            memory = peak(send.pid)
            time.sleep(0.05)
        rate = (now - from_count) / (time.monotonic() - from_time)
        send.send_signal(signal.SIGTERM)
        assert send.wait(timeout=120) in (0, 75), send.returncode
        size = sum(file.stat().st_size for file in folder.glob("rundbrief.db*") if file.is_file())
        return members / frozen, rate, memory, size / members


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("numbers", type=int, nargs="*", default=[5, 20_000, 1_000_000])
    parser.add_argument("--seconds", type=float, default=20)
    chosen = parser.parse_args()
    rounds, sizes = chosen.numbers[0], chosen.numbers[1:] or [20_000, 1_000_000]
    subprocess.run(["cargo", "build", "--release", "--locked", "--quiet"], cwd=ROOT, check=True)
    sink = Sink()
    results = {members: [] for members in sizes}
    try:
        for _ in range(rounds):
            for members in sizes:
                results[members].append(one(members, sink, chosen.seconds))
    finally:
        sink.process.kill()
    print(f"{'members':>9} {'frozen/s':>9} {'mails/s':>8} {'of the first':>12} {'peak MB':>8} {'bytes each':>10}  {rounds} rounds")
    for members in sizes:
        frozen, rate, memory, size = (statistics.median(column) for column in zip(*results[members]))
        share = statistics.median(b[1] / a[1] for a, b in zip(results[sizes[0]], results[members]))
        print(f"{members:9} {frozen:9.0f} {rate:8.0f} {share:12.2f} {memory:8.0f} {size:10.0f}")
    members = max(sizes)
    frozen, rate, _, size = (statistics.median(column) for column in zip(*results[members]))
    print(f"{members} members: freeze {members} / {frozen:.0f} = {members / frozen:.0f} s, "
          f"dispatch {members} / {rate:.0f} = {members / rate:.0f} s, together {members / frozen / 60 + members / rate / 60:.0f} min; "
          f"{members} x {size:.0f} bytes = {members * size / 1e9:.1f} GB of disk")
    print(time.strftime("%Y-%m-%d"), os.cpu_count(), "cores")


main()
