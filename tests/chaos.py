"""Four workers on one record in PostgreSQL, while everything goes wrong that can: each address gets its mail once.

usage: RUNDBRIEF_POSTGRES_BIN=DIR python3 -B tests/chaos.py BINARY [MEMBERS, default 10000]
Workers are killed at every stage of a mail, one stands still beyond its lease and goes on, the database is restarted
twice. A mail server of its own on the loopback counts what it takes. Afterwards: nobody has it twice, nobody is forgotten,
and what is in doubt is no more than what was in flight. Ends by itself after some minutes, however it ends.
"""

import collections
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "support"))
from database import Database  # noqa: E402

BINARY = Path(sys.argv[1]).resolve()
MEMBERS = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
WORKERS, EACH = 4, 4
LEASE = 15
LIMIT = 300
# At which accepted mail a worker dies, and where in the next mail of its: what it was told last is in the name.
DEATHS = [
    (0.10, "MAIL"),
    (0.18, "RCPT"),
    (0.26, "DATA"),
    (0.34, "content"),
    (0.50, "dot"),
    (0.58, "accepted"),
]
STANDSTILL = 0.42
RESTARTS = [0.30, 0.66]
BEGAN = time.monotonic()


def say(text):
    print(f"{time.monotonic() - BEGAN:6.1f} s  {text}", flush=True)


class MailServer:
    """Takes every mail, knows which process sends it, and kills that where a death is planned."""

    def __init__(self):
        self.taken = collections.Counter()
        self.lock = threading.Lock()
        self.planned, self.happened = [], []
        self.workers = {}
        listener = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port = listener.getsockname()[1]
        threading.Thread(target=self.accept, args=(listener,), daemon=True).start()

    def accept(self, listener):
        while True:
            connection, peer = listener.accept()
            threading.Thread(target=self.serve, args=(connection, peer[1]), daemon=True).start()

    def serve(self, connection, port):
        try:
            self.talk(connection, port)
        except (OSError, ValueError):
            pass
        finally:
            connection.close()

    def talk(self, connection, port):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(b"220 sink.example ESMTP\r\n")
        lines = connection.makefile("rb")
        recipient, owner = None, None
        while line := lines.readline():
            verb = line.split(None, 1)[0].upper() if line.strip() else b""
            if owner is None and verb == b"MAIL":
                owner = self.owner_of(port)
            if verb == b"EHLO":
                connection.sendall(b"250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 50000000\r\n")
            elif verb == b"MAIL":
                self.reach("MAIL", owner)
                connection.sendall(b"250 2.1.0 fine\r\n")
            elif verb == b"RCPT":
                recipient = re.search(rb"<([^>]+)>", line)[1].decode()
                self.reach("RCPT", owner)
                connection.sendall(b"250 2.1.5 fine\r\n")
            elif verb == b"DATA":
                self.reach("DATA", owner)
                connection.sendall(b"354 go on\r\n")
                first = True
                while (content := lines.readline()) not in (b".\r\n", b""):
                    if first:
                        self.reach("content", owner)
                        first = False
                if not content:
                    return  # Without its dot there is no mail.
                with self.lock:
                    self.taken[recipient] += 1
                self.reach("dot", owner)
                connection.sendall(b"250 2.0.0 taken\r\n")
                self.reach("accepted", owner)
            elif verb == b"QUIT":
                connection.sendall(b"221 2.0.0 bye\r\n")
                return
            else:
                connection.sendall(b"250 2.0.0 fine\r\n")

    def reach(self, stage, owner):
        """Where a death is planned for this stage, whoever got here dies now."""
        with self.lock:
            if owner is None or not self.planned or self.planned[0] != stage:
                return
            self.planned.pop(0)
            self.happened.append((stage, owner))
        os.kill(owner, signal.SIGKILL)
        time.sleep(0.2)

    def owner_of(self, port):
        """The worker whose socket has this port at its end (proc(5), /proc/net/tcp)."""
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
            fields = line.split()
            if int(fields[1].split(":")[1], 16) == port and int(fields[2].split(":")[1], 16) == self.port:
                link = f"socket:[{fields[9]}]"
                for pid in list(self.workers):
                    try:
                        if any(os.readlink(entry) == link for entry in os.scandir(f"/proc/{pid}/fd")):
                            return pid
                    except OSError:
                        continue
        return None

    def count(self):
        with self.lock:
            return sum(self.taken.values())


class Federation:
    """An office that sends, and machines that have its configuration and its key and nothing else."""

    def __init__(self, folder, database, mail):
        self.folder, self.mail = folder, mail
        self.office = folder / "office"
        (self.office / "newsletters/lists").mkdir(parents=True)
        (self.office / "newsletters/kurz.md").write_text(
            "---\ntitle: Kurz berichtet\nlang: de\n---\nDer Vorstand hat am Freitag getagt.\n"
        )
        with open(self.office / "newsletters/lists/members.csv", "w") as table:
            table.write("Anrede;Vorname;Nachname;E-Mail\n")
            table.writelines(f"Frau;Anna;Muster{n};m{n}@verein{n % 97}.example\n" for n in range(MEMBERS))
        (self.office / "config.toml").write_text(f"""
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
port = {mail.port}
security = "none"
per_minute = 100000
connections = {WORKERS * EACH}
[lists.members]
file = "newsletters/lists/members.csv"
basis = "membership"
[ledger]
url = "postgres://anna@127.0.0.1:{database.port}/postgres"
""")
        self.machines = [folder / f"machine{n}" for n in range(WORKERS)]
        self.at_work = {}

    def environment(self, home):
        return {"PATH": os.environ["PATH"], "HOME": str(home)}

    def run(self, *arguments, check=True, folder=None):
        folder = folder or self.office
        done = subprocess.run([BINARY, *arguments], cwd=folder, env=self.environment(folder), capture_output=True,
                              text=True, timeout=120)
        if check and done.returncode != 0:
            raise SystemExit(f"rundbrief {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def begin(self):
        """Freezes and sends a little, until somebody ends it: the workers have the rest."""
        command = [BINARY, "send", "newsletters/kurz.md", "--yes", "--offline"]
        with open(self.folder / "send.log", "w") as log:
            send = subprocess.Popen(command, cwd=self.office, env=self.environment(self.office), stdout=log, stderr=log)
        try:
            until(lambda: self.mail.count() >= 100 or send.poll() is not None, 60, "the first mails")
        except AssertionError:
            send.send_signal(signal.SIGTERM)
            raise AssertionError((self.folder / "send.log").read_text()) from None
        send.send_signal(signal.SIGTERM)
        code = send.wait(timeout=60)
        assert code == 75, (code, (self.folder / "send.log").read_text())
        key = (self.office / "rundbrief.key").read_bytes()
        for machine in self.machines:
            machine.mkdir()
            (machine / "config.toml").write_bytes((self.office / "config.toml").read_bytes())
            (machine / "rundbrief.key").touch(0o600)
            (machine / "rundbrief.key").write_bytes(key)

    def put_to_work(self, machine):
        log = open(machine / "log", "a")
        command = [BINARY, "work", "--connections", str(EACH)]
        worker = subprocess.Popen(command, cwd=machine, env=self.environment(machine), stdout=log, stderr=log)
        self.at_work[machine] = worker
        self.mail.workers[worker.pid] = machine

    def replace_the_dead(self):
        for machine, worker in list(self.at_work.items()):
            if worker.poll() is not None:
                assert worker.returncode == -signal.SIGKILL, (worker.returncode, (machine / "log").read_text())
                self.put_to_work(machine)

    def dismiss(self):
        for worker in self.at_work.values():
            worker.send_signal(signal.SIGTERM)
        for machine, worker in self.at_work.items():
            assert worker.wait(timeout=60) == 0, (machine / "log").read_text()

    def totals(self):
        done = self.run("status", "kurz", "--format", "json", check=False)
        return json.loads(done.stdout)["channels"]["email"] if done.stdout else None

    def in_doubt(self):
        document = json.loads(self.run("status", "kurz", "--format", "json", check=False).stdout)
        text = json.dumps(document.get("uncertain", document))
        return set(re.findall(r"m\d+@verein\d+\.example", text))


def until(is_so, limit, what):
    end = time.monotonic() + limit
    while not is_so():
        assert time.monotonic() < end, f"{what} did not come within {limit} s"
        time.sleep(0.05)


def disturb(federation, database):
    """Everything that goes wrong, in the order of the mails taken."""
    mail = federation.mail
    plan = [(share, "death", stage) for share, stage in DEATHS]
    plan += [(share, "restart", None) for share in RESTARTS] + [(STANDSTILL, "standstill", None)]
    for share, what, stage in sorted(plan, key=lambda one: one[0]):
        until(lambda: mail.count() >= share * MEMBERS, 180, f"{share:.0%} of the mails")
        if what == "death":
            mail.planned.append(stage)
            until(lambda: not mail.planned, 60, f"a worker at {stage}")
            say(f"{mail.count():6} mails: a worker was killed at {stage}")
            time.sleep(0.3)
            federation.replace_the_dead()
        elif what == "restart":
            database.stop()
            time.sleep(2)
            database.start()
            say(f"{mail.count():6} mails: the database was restarted as after a crash")
        else:
            worker = federation.at_work[federation.machines[0]]
            worker.send_signal(signal.SIGSTOP)
            say(f"{mail.count():6} mails: a worker stands still")
            threading.Timer(LEASE + 6, worker.send_signal, [signal.SIGCONT]).start()


def settled(federation):
    totals = federation.totals()
    return totals and not any(totals[state] for state in ("pending", "claimed", "in_flight", "deferred"))


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        folder.chmod(0o755)
        (folder / "postgres").mkdir()
        database, mail = Database(folder / "postgres"), MailServer()
        federation = Federation(folder, database, mail)
        try:
            check(federation, database, mail)
        except BaseException:
            for log in sorted(folder.glob("*/log")):
                print(f"--- {log.parent.name}", log.read_text()[-2000:], sep="\n", file=sys.stderr)
            print(f"{mail.count()} mails", federation.totals(), file=sys.stderr)
            raise
        finally:
            for worker in federation.at_work.values():
                worker.kill()
            database.stop()


def check(federation, database, mail):
    federation.begin()
    say(f"{mail.count():6} mails: the send was ended in order; {WORKERS} workers go on")
    for machine in federation.machines:
        federation.put_to_work(machine)
    disturb(federation, database)
    until(lambda: settled(federation), LIMIT, "the end")
    totals, in_doubt = federation.totals(), federation.in_doubt()
    say(f"{mail.count():6} mails: {totals}")
    twice = [address for address, number in mail.taken.items() if number > 1]
    assert not twice, f"they have it twice: {twice[:10]}"
    everybody = {f"m{n}@verein{n % 97}.example" for n in range(MEMBERS)}
    lost = everybody - set(mail.taken) - in_doubt
    assert not lost, f"forgotten: {sorted(lost)[:10]}"
    assert totals["sent"] + totals["uncertain"] == MEMBERS and totals["failed"] == 0, totals
    assert len(in_doubt) == totals["uncertain"], (in_doubt, totals)
    in_flight = EACH * (len(DEATHS) + 1)
    assert totals["uncertain"] <= in_flight, f"{totals['uncertain']} are in doubt, {in_flight} can have been in flight"
    arrived = sorted(address for address in in_doubt if mail.taken[address])
    not_arrived = sorted(in_doubt - set(arrived))
    say(f"in doubt {len(in_doubt)}: {len(arrived)} had arrived, {len(not_arrived)} had not")
    # A person finds out, and decides; the workers send again what is to be sent again.
    if arrived:
        federation.run("resolve", "kurz", "--count-as-sent", *arrived)
    if not_arrived:
        federation.run("resolve", "kurz", "--send-again", *not_arrived)
    until(lambda: settled(federation) and federation.totals()["sent"] == MEMBERS, 60, "what was to be sent again")
    assert set(mail.taken.values()) == {1} and len(mail.taken) == MEMBERS
    federation.dismiss()
    say(f"each of {MEMBERS} members has the mail once")


main()
