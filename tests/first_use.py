"""A first use, as a new user goes about it on the built program in an empty folder: from `init` with a Postfix of its own
(STARTTLS, login) to the report. What each command prints is compared with tests/first_use/NN-name.txt, and what Postfix
delivered with what the report says: each member has each post once, and in the text that the report names.

usage: python3 tests/first_use.py BINARY    (as root: Postfix wants that; needs postfix, dovecot-core, openssl)
FIRST_USE_UPDATE=1 writes the cases anew; read them before you commit them.
Listens on 127.0.0.1 alone and stops what it started.
"""

import collections
import csv
import difflib
import email
import email.policy
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mail_servers import PASSWORD, PATIENCE, Postfix, authority, dovecot, encrypted_login

BINARY = os.path.abspath(sys.argv[1])
CASES = Path(__file__).resolve().parent / "first_use"
UPDATE = os.environ.get("FIRST_USE_UPDATE") == "1"
NINE = 1795507200  # 24 November 2026, 09:00 in Berlin
HOUR = 3600

# As Excel writes it in Germany.
LIST = """Mitgliedsname;Anrede;Titel;Vorname;Nachname;E-Mail;Newsletter
Tafel Köln;Frau;Dr.;Änne;Müller-Lüdenscheidt;aenne@tafel-koeln.test;ja
Tafel Köln;Herr;;Jörg;Groß;joerg@tafel-koeln.test;ja
Chor Weiß-Blau;Frau;;Süheyla;Özdemir;sueheyla@chor.test;ja
Chor Weiß-Blau;Herr;Prof. Dr.;Björn;Håkansson;bjoern@chor.test;ja
Sportverein Süd;;;Kim;Weiß;kim@sv-sued.test;ja
Sportverein Süd;Frau;;Zoë;Läufer;zoe@sv-sued.test;ja
Heimatbund;Herr;;Günter;Käßmann;guenter@heimatbund.test;ja
Heimatbund;Frau;;Bärbel;Schön;baerbel@heimatbund.test;ja
Theater am Fluß;Frau;;Mia;Großkopf;mia@theater.test;ja
Theater am Fluß;Herr;;Jürgen;Möller;juergen@theater.test;ja
Jugendring;Frau;;Jana;Kühn;jana-ohne-adresse;ja
Jugendring;Herr;;Øyvind;Strøm;oyvind@jugendring.test;nein
""".replace("\n", "\r\n").encode("cp1252")
MEMBERS = 10  # who can be written to and wants to be

FIRST = """120 Mitglieder haben am Freitag in Köln über den Haushalt 2027 beraten. Der Beitrag bleibt, wie er ist; für die
Ausbildung der Ehrenamtlichen stehen 20.000 € mehr bereit.

## Was beschlossen wurde

- **Beitrag:** unverändert, auch für Fördermitglieder.
- **Ausbildung:** vier Kurse im Jahr, für Kolleg\\*innen aus allen Vereinen kostenfrei.

Das Protokoll kommt im Dezember mit der Post.
"""
SECOND = """Unsere Sprechstunde findet am Mitwoch, dem 2. Dezember, um 17 Uhr per Video statt.

Wer Fragen vorab schickt, bekommt sie zuerst beantwortet.
"""


MAIL = "Die E-Mail, wie sie hinausging"  # where the report begins to show the mails


class Folder:
    """The newcomer's folder, and what is said there."""

    def __init__(self, path: Path, chance: list[tuple[str, str]]):
        self.path, self.chance, self.steps, self.wrong = path, chance, 0, []
        self.now = NINE
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(path.parent), "LOGNAME": "petra", "LANG": "C.UTF-8"}

    def command(self, *arguments: str) -> dict:
        self.now += 60  # a command a minute
        environment = self.environment | {"SOURCE_DATE_EPOCH": str(self.now)}
        return {"args": [BINARY, *arguments], "cwd": self.path, "env": environment, "text": True, "encoding": "utf-8",
                "stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}

    def does(self, name: str, *arguments: str, code: int | None = 0) -> str:
        """Runs a command; what it prints and how it ends is a case."""
        ran = subprocess.run(**self.command(*arguments), timeout=PATIENCE)
        self.compares(name, arguments, ran.stdout, ran.returncode, code)
        return ran.stdout

    def begins(self, *arguments: str) -> subprocess.Popen:
        return subprocess.Popen(**self.command(*arguments))

    def compares(self, name: str, arguments, said: str, ended: int, code: int | None):
        self.steps += 1
        case = CASES / f"{self.steps:02}-{name}.txt"
        shown = "$ rundbrief " + " ".join(shlex.quote(argument) for argument in arguments)
        text = self.plain(f"{shown}\n{said}" + ("" if ended == 0 or code is None else f"[exit code {ended}]\n"))
        if code is not None and ended != code:
            self.wrong.append(f"{case.name}: exit code {ended} and not {code}\n{text}")
        self.same(case, text)

    def same(self, case: Path, text: str):
        if UPDATE:
            case.write_text(text)
        before = case.read_text() if case.exists() else ""
        if before != text:
            change = difflib.unified_diff(before.splitlines(True), text.splitlines(True), f"{case.name}", "now")
            self.wrong.append("".join(change))

    def plain(self, text: str) -> str:
        """Without what is a matter of chance, and without the clock that this test sets."""
        text = re.sub(r"(?s)\nerror +spf.*|\nok +spf.*|\n[a-z ]+ (spf|dkim) .*", "\n(and what the DNS says)\n", text)
        for pattern, word in self.chance:
            text = re.sub(pattern, word, text)
        return text

    def write(self, name: str, text: str):
        (self.path / name).write_text(text, encoding="utf-8")

    def edits(self, name: str, before: str, after: str):
        text = (self.path / name).read_text(encoding="utf-8")
        assert before in text, (name, before, text)
        self.write(name, text.replace(before, after, 1))

    def writes_post(self, slug: str, body: str, more: str = ""):
        """What `new` began, with the comments deleted and the text written."""
        name = f"newsletters/{slug}.md"
        head = (self.path / name).read_text(encoding="utf-8").split("\n---\n", 1)[0]
        kept = [line for line in head.splitlines() if not line.startswith(("#", "draft"))]
        self.write(name, "\n".join(kept) + f"\n{more}---\n{body}")

    def writes_second(self, title: str) -> str:
        slug = "2026-11-24-" + title.lower().replace(" ", "-")
        subprocess.run(**self.command("new", title), timeout=PATIENCE, check=True)
        self.writes_post(slug, SECOND)
        return slug

    def is_stopped_on_the_way(self, slug: str, relay: Postfix):
        """Ten a minute, the first at once: the send is stopped right after the second mail."""
        before = len(relay.delivered(0))
        sending = self.begins("send", slug, "--yes", "--offline")
        is_there(lambda: len(relay.delivered(0)) >= before + 2 or sending.poll() is not None)
        self.does("stop", "stop", slug)
        said = sending.communicate(timeout=PATIENCE)[0]
        self.compares("what-was-stopped", ["send", slug, "--yes", "--offline"], said, sending.returncode, 75)

    def same_file(self, name: str, file: str, shown=lambda text: text):
        text = (self.path / file).read_text(encoding="utf-8-sig")
        self.same(CASES / f"{self.steps:02}-{name}", self.plain(shown(text)))


def readable(html: str) -> str:
    """What a browser shows of the page above the mails, more or less."""
    text = re.sub(r"(?s)<(style|head)\b.*?</\1>", "", html.split(MAIL, 1)[0])
    text = re.sub(r"</(td|th)>(?=<t)", " | ", text)
    text = re.sub(r"<[^>]+>", "", re.sub(r"</(p|tr|h\d|li|div|dt|dd|caption)>|<br\s*/?>", "\n", text))
    lines = [re.sub(r"[ \t]+", " ", line).strip() for line in text.splitlines()]
    return re.sub(r"\n{2,}", "\n", "\n".join(lines)).strip() + "\n"


def anybody(table: str) -> str:
    """The rows of a report without who it was and at which second: the order of members is a matter of chance."""
    rows = list(csv.reader(table.splitlines(), delimiter=";"))
    for row in rows[1:]:
        row[5:7] = ["somebody@…", "Somebody"] if row[5] else row[5:7]
        row[9:11] = [re.sub(r"\d\d$", "…", time) for time in row[9:11]]
    return "\n".join([";".join(rows[0]), *sorted(";".join(row) for row in rows[1:])]) + "\n"


def mails_of(here: Folder) -> list[dict[str, str]]:
    """The rows of the report that are mails."""
    table = csv.DictReader((here.path / "bericht.csv").read_text(encoding="utf-8-sig").splitlines(), delimiter=";")
    return [row for row in table if row["Kanal"] == "email"]


def proves(here: Folder, relay: Postfix):
    """Each member has each post once, and in the text of which the report says so; and what Petra was told."""
    got, misspelt, told = collections.Counter(), {}, []
    # Three posts, the sample, a test, and three notifications at least.
    for path in sorted(relay.delivered(3 * MEMBERS + 5), key=lambda path: path.stat().st_mtime_ns):
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        to, subject, text = mail["X-Original-To"], mail["Subject"], mail.get_body(("plain",)).get_content()
        if to.endswith("@verband-muster.de"):
            told.append(f"To: {to}\nSubject: {subject}\n\n{text.rstrip()}\n")
        else:
            got[subject, to] += 1
            misspelt[subject, to] = "Mitwoch" in text
    assert set(got.values()) == {1}, [one for one, count in got.items() if count != 1]
    for title in ("Beitrag bleibt, Ausbildung wächst", "Sprechstunde Finanzen", "Sprechstunde Recht"):
        members = {to for subject, to in got if subject == title}
        assert len(members) == MEMBERS and "oyvind@jugendring.test" not in members, (title, members)
    mails = mails_of(here)
    assert len(mails) == MEMBERS, mails
    for row in mails:
        assert misspelt["Sprechstunde Finanzen", row["Adresse"]] == (row["Fassung"] == "1"), row
    assert all(misspelt["Sprechstunde Recht", to] for subject, to in got if subject == "Sprechstunde Recht")
    here.same(CASES / "mails-to-the-office.txt", here.plain(f"\n{'-' * 80}\n".join(told)))


def is_there(what, patience=PATIENCE):
    until = time.monotonic() + patience
    while not what():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.02)


def main():
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        base.chmod(0o755)
        authority(base)
        with dovecot(base), Postfix(base, "relay", encrypted_login(base)) as relay:
            first_use(base, relay)


def first_use(base: Path, relay: Postfix):
    path = base / "verband"
    path.mkdir()
    chance = [
        (r".*SOURCE_DATE_EPOCH is set.*\n", ""),
        (rf"\b{relay.port}\b", "PORT"),
        (re.escape(str(base)), "/home/petra"),
        (r"queued as \w+", "queued as 4F2A11"),
        (r"(ledger\.id +)[0-9a-f]{12}", r"\g<1>0123456789ab"),
        (r"<[0-9a-f]{32}\.[0-9a-f]{16}\.(r\d@)", r"<0f1e….2d3c….\1"),
        (r"(?m)^(\d+/\d+) · .*", r"\1 · so many a minute"),  # the progress
    ]
    here = Folder(path, chance)
    (path / "mitglieder.csv").write_bytes(LIST)
    here.write("passwort.txt", PASSWORD + "\n")
    (path / "passwort.txt").chmod(0o600)
    (path / "ca.pem").write_text((base / "ca.pem").read_text())

    here.does("init", "init", "--name=Verband Muster e.V.", "--url=www.verband-muster.de",
              "--imprint=Verband Muster e.V.\nRheinufer 1, 50667 Köln", "--from=newsletter@verband-muster.de",
              "--privacy-url=www.verband-muster.de/datenschutz",
              "--unsubscribe=abmelden@verband-muster.de", "--provider=relay", "--host=localhost", f"--port={relay.port}",
              "--security=starttls",
              "--ca-file=ca.pem", "--username=verband@localhost", "--password-file=passwort.txt", "--list=mitglieder.csv",
              "--where=Newsletter=ja", "--test-to=petra@verband-muster.de", "--notify=petra@verband-muster.de",
              code=69)
    here.does("doctor", "doctor", code=None)
    here.does("doctor-on-this-computer", "doctor", "--offline")
    here.does("check-of-the-sample", "check", "2026-11-herbsttagung")

    # The first post: written, looked at, released, sent by a timer.
    here.does("new", "new", "Beitrag bleibt, Ausbildung wächst")
    first = "2026-11-24-beitrag-bleibt-ausbildung-waechst"
    here.writes_post(first, FIRST, "send_at: 2026-11-24 14:00\ntags: [Verband, Ehrenamt]\n")
    here.does("build", "build", first)
    here.does("check", "check", first)
    here.does("dry-run", "send", first, "--dry-run")
    here.does("test-mail", "send", first, "--test", "vorstand@verband-muster.de", "--as", "bjoern@chor.test")
    here.edits("config.toml", "#[approval] ", "[approval] ")
    here.edits("config.toml", "#required = true", "required = true")
    here.does("not-approved", "send", first, "--yes", "--offline", code=65)
    here.does("approve", "approve", first, "--by", "Dr. Erika Weber", "--note", "wie am Freitag besprochen")
    here.does("status-before", "status")
    here.does("run-too-early", "run")
    here.now += 5 * HOUR
    here.does("run", "run")
    here.does("run-again", "run")
    here.does("status", "status", first)

    # The second: stopped because of a typing error; the rest get the corrected text.
    here.now += HOUR
    here.does("slower", "init", "--per-minute=10", "--no-test")
    second, third = (here.writes_second(what) for what in ("Sprechstunde Finanzen", "Sprechstunde Recht"))
    here.does("approve-second", "approve", second, "--by", "Dr. Erika Weber")
    here.is_stopped_on_the_way(second, relay)
    here.edits(f"newsletters/{second}.md", "Mitwoch", "Mittwoch")
    here.does("edited", "send", second, "--yes", "--offline", code=64)
    here.does("new-text-not-approved", "send", second, "--rest-with-new-text", "--yes", "--offline", code=65)
    here.does("approve-new-text", "approve", second, "--by", "Dr. Erika Weber", "--note", "Tippfehler behoben")
    here.does("as-fast-as-it-goes", "init", "--per-minute=0", "--no-test")
    here.does("rest-with-new-text", "send", second, "--rest-with-new-text", "--yes", "--offline")
    here.does("status-of-both-texts", "status", second)

    # The third: stopped as well, but what was released goes on.
    here.now += HOUR
    here.does("approve-third", "approve", third, "--by", "Dr. Erika Weber")
    subprocess.run(**here.command("init", "--per-minute=10", "--no-test"), timeout=PATIENCE, check=True)
    here.is_stopped_on_the_way(third, relay)
    here.edits(f"newsletters/{third}.md", "Mitwoch", "Mittwoch")
    subprocess.run(**here.command("init", "--per-minute=0", "--no-test"), timeout=PATIENCE, check=True)
    here.does("rest-unchanged", "send", third, "--rest-unchanged", "--yes", "--offline")

    # And the proof.
    here.now += HOUR
    here.does("status-of-all", "status")
    here.does("posted", "posted", first, "linkedin", "https://www.linkedin.com/posts/verband-muster-1")
    here.does("report", "report", first)
    for kind, shown in (("md", str), ("csv", anybody), ("html", readable)):
        here.does(f"report-{kind}", "report", second, "--out", f"bericht.{kind}")
        here.same_file(f"report-{kind}-shown.txt", f"bericht.{kind}", shown)
    # Somebody with the corrected text; when the third post came to them is a matter of chance.
    late = next(row["Adresse"] for row in mails_of(here) if row["Fassung"] == "2")
    here.chance += [(re.escape(late), "somebody@…"), (r"16:3\d", "16:3…")]
    here.does("explain", "explain", late)
    here.does("second-send", "send", first, "--yes", "--offline")
    here.does("doctor-at-the-end", "doctor", "--offline")
    proves(here, relay)
    if here.wrong:
        sys.exit("\n".join(here.wrong) + "\nFIRST_USE_UPDATE=1 writes the cases anew; read them before you commit them.")
    print(f"{here.steps} commands say what they should; each member has each post once, in the text that the report names")


main()
