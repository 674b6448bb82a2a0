"""Sends posts by the built program to a webhook, as a receiver would get them, and checks each request with independent
libraries: the signature with `standardwebhooks`, the body with `jsonschema` against the schema that is shipped.

Usage: webhook.py PROGRAM

Ends with 1 at the first thing that is wrong: a signature that a secret of the receiver does not verify, one that another
secret does, a body that changes from one try to the next, a body that the schema does not describe.
"""

import base64
import datetime
import http.server
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading

import jsonschema
import standardwebhooks

ROOT = pathlib.Path(__file__).resolve().parent.parent
SECRETS = ["whsec_" + base64.b64encode(letter * 32).decode() for letter in (b"n", b"o", b"x")]
MORE = {
    "bare": "---\ntitle: Ohne Datum\nlang: de\n---\nNur ein Satz mit „Zeichen“ & <b>mehr</b> \U0001f469\u200d\U0001f4bb.\n",
}

captured = []


class Receiver(http.server.BaseHTTPRequestHandler):
    """Refuses each event once, so that it comes again."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        first = self.headers["webhook-id"] not in [headers["webhook-id"] for headers, _ in captured]
        captured.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(503 if first else 204)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


def project(folder, port):
    for name in ("newsletters", "config.example.toml"):
        source = ROOT / name
        shutil.copytree(source, folder / name) if source.is_dir() else shutil.copy(source, folder / name)
    config = (folder / "config.example.toml").read_text().replace('transport = "outbox"', 'transport = "smtp"')
    config += '\n[email.smtp]\nhost = "127.0.0.1"\nport = 9\nsecurity = "none"\n'
    config += '\n[channels.hook]\nkind = "webhook"\nurl = "file:hook.url"\nallow_private = true\n'
    config += 'secret = ["file:new.secret", "file:old.secret"]\n'
    (folder / "config.toml").write_text(config)
    (folder / "hook.url").write_text(f"http://127.0.0.1:{port}/hook")
    (folder / "new.secret").write_text(SECRETS[0])
    (folder / "old.secret").write_text(SECRETS[1])
    for slug, text in MORE.items():
        (folder / "newsletters" / f"{slug}.md").write_text(text)
    for post in (folder / "newsletters").glob("*.md"):
        # The sample posts name their channels; this is about one more.
        lines = [line for line in post.read_text().splitlines() if not line.startswith(("channels:", "send_at:", "not_after:"))]
        post.write_text("\n".join(lines) + "\n")
    return sorted((folder / "newsletters").glob("*.md"))


def verifies(secret, headers, body):
    try:
        standardwebhooks.Webhook(secret).verify(body, headers)
        return True
    except standardwebhooks.WebhookVerificationError:
        return False


def main(program):
    program = pathlib.Path(program).resolve()
    schema = json.loads((ROOT / "docs" / "webhook.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        posts = project(folder, server.server_port)
        for post in posts:
            send = [program, "send", str(post), "--yes", "--offline", "--channel", "hook"]
            for expected in (75, 0):
                done = subprocess.run(send, cwd=folder, capture_output=True, text=True)
                assert done.returncode == expected, f"{post.name}: {done.returncode}\n{done.stdout}{done.stderr}"
    assert len(captured) == 2 * len(posts), f"{len(captured)} requests for {len(posts)} posts"
    for headers, body in captured:
        assert all(verifies(secret, headers, body) for secret in SECRETS[:2]), "a secret does not verify"
        assert not verifies(SECRETS[2], headers, body), "a foreign secret verifies"
        assert not verifies(SECRETS[0], headers, body + b" "), "a changed body verifies"
        validator.validate(json.loads(body))
        moment = datetime.datetime.fromisoformat(json.loads(body)["timestamp"].replace("Z", "+00:00"))
        assert moment.utcoffset() == datetime.timedelta(0), moment
    for (one, first), (two, second) in zip(captured[::2], captured[1::2]):
        assert one["webhook-id"] == two["webhook-id"] and first == second, "a repetition is another event"
    broken = json.loads(captured[0][1])
    broken["data"]["version"] = 2
    assert not validator.is_valid(broken), "the schema takes anything"
    golden = ROOT / "tests" / "networks" / "snapshots" / "networks__hooks__request_webhook.snap"
    validator.validate(json.loads(golden.read_text().split("\n\n", 1)[1]))
    print(f"{len(captured)} requests for {len(posts)} posts")


if __name__ == "__main__":
    main(sys.argv[1]) if len(sys.argv) == 2 else sys.exit(__doc__)
