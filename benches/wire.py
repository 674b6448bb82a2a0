"""Mails a second on the wire, in turn with other senders, at a server of our own that is not the bottleneck.

usage: python3 benches/wire.py [PAIRS, default 5] [loopback] [far] [nodemailer]
  loopback    against Postfix's `smtp-source -d` on this machine: 1, 4 and 16 connections, 1 kB, 20 kB and 60 kB
  far         the same over a line that delays each direction by 25 ms
  nodemailer  against nodemailer with a pool of 16 connections (npm, into a temporary folder), personalised mails
rundbrief keeps its record durable meanwhile; the others keep none. Needs Debian's postfix, and npm for the last. Sends to
127.0.0.1 alone, a bounded number, and ends by itself. Prints medians, and the ratio of each pair's.
"""

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAIRS = next((int(word) for word in sys.argv[1:] if word.isdigit()), 5)
CHOSEN = [word for word in sys.argv[1:] if not word.isdigit()] or ["loopback", "far", "nodemailer"]
LATE = 25
# A run of either sender takes about so long.
SECONDS = 2.0
# Over a long line, so long that the first connections are no good part of it.
FAR_SECONDS = 6.0
NODE = """
const nodemailer = require("nodemailer");
const [port, bytes, connections, mails] = process.argv.slice(2).map(Number);
const line = "<p>Die Mitglieder haben \\u00fcber Fachkr\\u00e4fte gesprochen, und dar\\u00fcber, was daraus folgt.</p>\\n";
// As quoted-printable, so that the message has this many bytes.
const body = line.repeat(Math.max(1, Math.round((bytes - 900) / (line.length * 1.14))));
const pool = nodemailer.createTransport({ host: "127.0.0.1", port, secure: false, ignoreTLS: true, pool: true,
  maxConnections: connections, maxMessages: Infinity });
const send = (n) => pool.sendMail({ from: "Verband Beispiel <newsletter@example.org>", to: `m${n}@example${n % 97}.org`,
  subject: "R\\u00fcckblick", textEncoding: "quoted-printable", text: `Sehr geehrte Frau Muster${n}\\n`,
  html: `<p>Sehr geehrte Frau Muster${n}</p>${body}` });
(async () => {
  const began = process.hrtime.bigint();
  let next = 0;
  const worker = async () => { while (next < mails) await send(next++); };
  await Promise.all(Array.from({ length: connections * 2 }, worker));
  console.log(mails / (Number(process.hrtime.bigint() - began) / 1e9));
  pool.close();
})();
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def built():
    """The programs of a release build, by name."""
    command = ["cargo", "bench", "--locked", "--no-run", "--bench", "dispatch", "--bench", "sink",
               "--message-format=json"]
    output = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    messages = [json.loads(line) for line in output.splitlines()]
    return {about["target"]["name"]: about["executable"] for about in messages if about.get("executable")}


def start(sink, *arguments):
    process = subprocess.Popen([sink, *map(str, arguments)])
    port = int(arguments[1])
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return process
        except OSError:
            time.sleep(0.02)
    raise SystemExit("the sink did not start")


class Ours:
    def __init__(self, dispatch, counter):
        self.dispatch, self.counter = dispatch, counter

    def counted(self):
        """Mails that the sink took, and those of them whose Message-ID had come before."""
        with socket.create_connection(("127.0.0.1", self.counter)) as asked:
            return [int(line) for line in asked.makefile()]

    def __call__(self, port, size, connections, mails):
        taken, again = self.counted()
        command = [self.dispatch, str(port), str(size), str(connections), str(mails)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=300)
        assert self.counted() == [taken + mails, again], f"each mail once: {mails}, {taken}, {again}, {self.counted()}"
        return float(done.stdout)


def smtp_source(port, size, connections, mails):
    began = time.monotonic()
    command = ["/usr/sbin/smtp-source", "-d", "-s", str(connections), "-m", str(mails), "-l", str(size),
               f"127.0.0.1:{port}"]
    subprocess.run(command, check=True, timeout=300)
    return mails / (time.monotonic() - began)


def nodemailer(folder):
    def send(port, size, connections, mails):
        command = ["node", folder / "send.js", str(port), str(size), str(connections), str(mails)]
        return float(subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=300).stdout)
    return send


def enough(rate, connections, seconds):
    """Mails for a run of about so many seconds; each connection has some."""
    return max(int(rate * seconds), 20 * connections)


def compare(title, ours, other, port, settings, seconds=SECONDS):
    print(f"\n{title}\n{'bytes':>7} {'connections':>11} {'rundbrief/s':>12} {'other/s':>9} {'ratio':>6}  (least to most)")
    for size, connections in settings:
        first = ours(port, size, connections, 20 * connections)
        theirs_first = other(port, size, connections, 10 * connections)
        # Once more with more, since the first connections are a good part of a short run.
        mails = enough(max(first, ours(port, size, connections, enough(first, connections, seconds))), connections, seconds)
        theirs_mails = enough(theirs_first, connections, seconds)
        pairs = []
        for _ in range(PAIRS):
            pairs.append((ours(port, size, connections, mails),
                          other(port, size, connections, theirs_mails)))
        rates = [statistics.median(column) for column in zip(*pairs)]
        ratios = sorted(a / b for a, b in pairs)
        print(f"{size:7} {connections:11} {rates[0]:12.0f} {rates[1]:9.0f} {statistics.median(ratios):6.2f}  "
              f"({ratios[0]:.2f} to {ratios[-1]:.2f})", flush=True)


def main():
    programs = built()
    port, counter, far = free_port(), free_port(), free_port()
    helpers = [start(programs["sink"], "serve", port, counter)]
    ours = Ours(programs["dispatch"], counter)
    try:
        if "loopback" in CHOSEN:
            sizes = [(size, connections) for size in (1_000, 20_000, 60_000) for connections in (1, 4, 16)]
            compare(f"against smtp-source -d on the loopback, {PAIRS} pairs", ours, smtp_source, port,
                    sizes)
        if "far" in CHOSEN:
            helpers.append(start(programs["sink"], "delay", far, port, LATE))
            compare(f"against smtp-source -d over {LATE} ms each way, {PAIRS} pairs", ours, smtp_source,
                    far, [(1_000, 16), (20_000, 16), (60_000, 16)], FAR_SECONDS)
        if "nodemailer" in CHOSEN:
            with tempfile.TemporaryDirectory() as folder:
                folder = Path(folder)
                (folder / "send.js").write_text(NODE)
                subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "nodemailer"], cwd=folder,
                               check=True, timeout=120)
                compare(f"against nodemailer, pooled, {PAIRS} pairs", ours, nodemailer(folder), port,
                        [(1_000, 16), (20_000, 16), (60_000, 16)])
    finally:
        for helper in helpers:
            helper.kill()
            helper.wait()
    with open("/proc/cpuinfo") as about:
        model = next(line.split(":")[1].strip() for line in about if line.startswith("model name"))
    print(f"\n{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores of {model}")


main()
