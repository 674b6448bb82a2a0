"""Mails a second by 1, 2, 4 and 8 workers on one record in PostgreSQL, over a line that delays each direction by 25 ms.

usage: RUNDBRIEF_POSTGRES_BIN=DIR python3 -B benches/workers.py [ROUNDS, default 5] [CONNECTIONS of each, default 16]
Each worker is a process with a folder that holds the configuration and the key. Every round sends a post of its own to new
members; the rate is that between a tenth and nine tenths of them. Sends to 127.0.0.1 alone and ends by itself.
"""

import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/support"))
from database import Database, free_port  # noqa: E402

BINARY = ROOT / "target/release/rundbrief"
NUMBERS = [int(word) for word in sys.argv[1:]]
ROUNDS = NUMBERS[0] if NUMBERS else 5
CONNECTIONS = NUMBERS[1] if len(NUMBERS) > 1 else 16
WORKERS = [1, 2, 4, 8]
LATE = 25
# What one worker sends in a round takes it about so long.
SECONDS = 15
MAILS = int(CONNECTIONS * 1000 / (4 * LATE) * SECONDS)
CONFIG = """
[site]
name = "Verband"
url = "https://www.verband-probe.de"
lang = "de"
imprint = "Verband, Musterweg 1, 10115 Berlin"
privacy_url = "https://www.verband-probe.de/datenschutz"
[sender]
from = "Verband <post@verband-probe.de>"
unsubscribe = {{ mailto = "ab@verband-probe.de" }}
[email]
transport = "smtp"
[email.smtp]
host = "127.0.0.1"
port = {port}
security = "none"
per_minute = 0
connections = {connections}
[lists.members]
file = "newsletters/lists/members.csv"
basis = "membership"
[ledger]
url = "postgres://anna@127.0.0.1:{database}/postgres"
"""


def sink():
    command = ["cargo", "bench", "--locked", "--no-run", "--bench", "sink"]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stderr
    return ROOT / said.rsplit("(", 1)[1].split(")")[0]


class Line:
    """The mail server, and the slow line to it."""

    def __init__(self):
        port, self.counter, self.port = free_port(), free_port(), free_port()
        program = sink()
        self.processes = [subprocess.Popen([program, "serve", str(port), str(self.counter)]),
                          subprocess.Popen([program, "delay", str(self.port), str(port), str(LATE)])]
        time.sleep(0.5)

    def count(self):
        with socket.create_connection(("127.0.0.1", self.counter)) as asked:
            return int(asked.makefile().readline())

    def end(self):
        for process in self.processes:
            process.kill()
            process.wait()


class Bench:
    def __init__(self, folder, line, database):
        self.folder, self.line, self.round = folder, line, 0
        self.office = folder / "office"
        (self.office / "newsletters/lists").mkdir(parents=True)
        self.config = CONFIG.format(port=line.port, connections=CONNECTIONS * max(WORKERS), database=database.port)
        (self.office / "config.toml").write_text(self.config)

    def rate(self, workers):
        """Mails a second by so many workers."""
        self.round += 1
        slug, mails = f"runde-{self.round}", MAILS * workers
        (self.office / f"newsletters/{slug}.md").write_text(f"---\ntitle: Runde {self.round}\nlang: de\n---\nEin Absatz.\n")
        with open(self.office / "newsletters/lists/members.csv", "w") as table:
            table.write("Anrede;Vorname;Nachname;E-Mail\n")
            table.writelines(f"Frau;Anna;Muster{n};r{self.round}m{n}@verein{n % 97}.example\n" for n in range(mails))
        before = self.line.count()
        self.freeze(slug, before)
        hands = [self.put_to_work(number) for number in range(workers)]
        try:
            from_count, from_time = self.reach(before + mails // 10)
            to_count, to_time = self.reach(before + mails * 9 // 10)
            self.reach(before + mails)
        finally:
            for hand in hands:
                hand.send_signal(signal.SIGTERM)
            for hand in hands:
                hand.wait(timeout=60)
        assert self.line.count() == before + mails, "some went twice"
        return (to_count - from_count) / (to_time - from_time)

    def freeze(self, slug, before):
        """Prepares the release; the workers have almost all of it."""
        command = [BINARY, "-q", "send", slug, "--yes", "--offline", "--channel", "email"]
        send = subprocess.Popen(command, cwd=self.office, stdout=subprocess.DEVNULL, env=self.environment(self.office))
        while self.line.count() == before:
            assert send.poll() is None, "the send ended before it began"
            time.sleep(0.02)
        send.send_signal(signal.SIGTERM)
        assert send.wait(timeout=60) in (0, 75)

    def put_to_work(self, number):
        machine = self.folder / f"machine{number}"
        machine.mkdir(exist_ok=True)
        (machine / "config.toml").write_text(self.config)
        key = machine / "rundbrief.key"
        if not key.exists():
            key.touch(0o600)
            key.write_bytes((self.office / "rundbrief.key").read_bytes())
        command = [BINARY, "-q", "work", "--connections", str(CONNECTIONS)]
        return subprocess.Popen(command, cwd=machine, stdout=subprocess.DEVNULL, env=self.environment(machine))

    def reach(self, count):
        end = time.monotonic() + 20 * SECONDS
        while (now := self.line.count()) < count:
            assert time.monotonic() < end, f"{now} of {count} mails, and no more"
            time.sleep(0.05)
        return now, time.monotonic()

    @staticmethod
    def environment(home):
        return {"PATH": os.environ["PATH"], "HOME": str(home)}


def main():
    subprocess.run(["cargo", "build", "--release", "--locked", "--quiet"], cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        folder.chmod(0o755)
        (folder / "postgres").mkdir()
        database, line = Database(folder / "postgres"), Line()
        try:
            bench = Bench(folder, line, database)
            rates = {workers: [] for workers in WORKERS}
            for _ in range(ROUNDS):
                for workers in WORKERS:
                    rates[workers].append(bench.rate(workers))
                    print(f"  {workers} workers: {rates[workers][-1]:.0f}/s", file=sys.stderr, flush=True)
        finally:
            line.end()
            database.stop()
    print(f"\n{CONNECTIONS} connections each, {LATE} ms each way, {ROUNDS} rounds")
    print("workers  mails/s  of linear  (least to most)")
    for workers in WORKERS:
        shares = sorted(rate / (workers * one) for rate, one in zip(rates[workers], rates[1]))
        print(f"{workers:7}  {statistics.median(rates[workers]):7.0f}  {statistics.median(shares):9.2f}  "
              f"({shares[0]:.2f} to {shares[-1]:.2f})")
    print(time.strftime("%Y-%m-%d"), os.cpu_count(), "cores")


main()
