"""Reads mails with Python's own parser, which shares no code with rundbrief, and fails on anything it finds odd.

Usage: python3 tests/mime.py FILE.eml…   (standard library only, Python 3.11 or later)
Prints one line a mail; defects go to stderr and make the exit status 1.
"""

import email
import email.errors
import email.policy
import re
import sys
from email.message import EmailMessage
from pathlib import Path

ONCE = ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"]
AT_MOST_ONCE = ["Reply-To", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID"]
# An address in UTF-8, sent where the server takes SMTPUTF8; Python's parser knows RFC 5322 only.
ALLOWED_BY_RFC_6532 = (email.errors.NonASCIILocalPartDefect, email.errors.UndecodableBytesDefect)
TOKEN = re.compile(r"slot[0-9a-f]{16}n\d+e", re.IGNORECASE)


def defects_of_lines(raw: bytes):
    """RFC 5322 section 2.1.1, RFC 2045 section 6.7, RFC 2047 section 2."""
    if re.search(rb"\r(?!\n)|(?<!\r)\n", raw):
        yield "a bare CR or LF"
    if not raw.endswith(b"\r\n"):
        yield "no line end at the end"
    in_body = False
    for number, line in enumerate(raw.split(b"\r\n"), 1):
        in_body = in_body or not line
        if len(line) > 998 or (in_body and len(line) > 76):
            yield f"line {number} has {len(line)} octets"
        if not in_body and b"=?" in line and len(line) > 76:
            yield f"line {number} has an encoded word and {len(line)} octets"
        if line.startswith((b".", b"From ")):
            yield f"line {number} begins with {line[:5]!r}"
        if line.endswith((b" ", b"\t")):
            yield f"line {number} ends with a blank"


def defects_of_headers(mail: EmailMessage):
    for name in ONCE:
        if len(mail.get_all(name, [])) != 1:
            yield f"{name} stands {len(mail.get_all(name, []))} times"
    for name in AT_MOST_ONCE:
        if len(mail.get_all(name, [])) > 1:
            yield f"{name} stands more than once"
    ways = str(mail["List-Unsubscribe"] or "")
    for way in ways.split(","):
        if ways and not re.fullmatch(r"\s*<(https|mailto):[!-;=?-~]+>", way):
            yield f"List-Unsubscribe has {way!r}"
    if ("https:" in ways) != (mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"):
        yield "List-Unsubscribe-Post and an https address go together (RFC 8058)"
    if mail["To"] and not mail["To"].addresses:
        yield "To has no address"


def defects_of_part(part: EmailMessage):
    for defect in part.defects:
        yield f"{part.get_content_type()}: {defect!r}"
    for name, value in part.items():
        for defect in getattr(value, "defects", []):
            if name == "To" and isinstance(defect, ALLOWED_BY_RFC_6532):
                continue
            yield f"{name}: {defect!r}"
        if TOKEN.search(str(value)):
            yield f"{name}: a slot was not filled"
    if part.is_multipart():
        return
    if part.get_content_maintype() == "text":
        if re.search(r"=(?![0-9A-F]{2}|\r?\n)", part.get_payload()):
            yield f"{part.get_content_type()}: not quoted-printable"
        try:
            text = part.get_payload(decode=True).decode(part.get_content_charset("ascii"))
        except (LookupError, UnicodeDecodeError) as error:
            yield f"{part.get_content_type()}: {error}"
            return
        if TOKEN.search(text):
            yield f"{part.get_content_type()}: a slot was not filled"
        if "\ufffd" in text:
            yield f"{part.get_content_type()}: a replacement character"
    elif not part.get_content():
        yield f"{part.get_content_type()}: empty"


def defects_of_shape(mail: EmailMessage):
    types = [part.get_content_type() for part in mail.walk()]
    if types[:2] != ["multipart/alternative", "text/plain"] or types.count("text/html") != 1:
        yield f"parts are {types}"
        return
    html = next(part for part in mail.walk() if part.get_content_type() == "text/html")
    text = html.get_payload(decode=True).decode("utf-8", "replace")
    shown = set(re.findall(r"""["'(]cid:([^"')]+)""", text))
    held = {str(part["Content-ID"]).strip("<>") for part in mail.walk() if part["Content-ID"]}
    if shown != held:
        yield f"pictures shown {sorted(shown)}, held {sorted(held)}"


def main(files: list[str]) -> int:
    if not files:
        print(__doc__, file=sys.stderr)
        return 64
    bad = 0
    for file in files:
        raw = Path(file).read_bytes()
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        found = [*defects_of_lines(raw), *defects_of_headers(mail), *defects_of_shape(mail)]
        for part in mail.walk():
            found += defects_of_part(part)
        for defect in found:
            print(f"{file}: {defect}", file=sys.stderr)
        bad += bool(found)
        types = " ".join(part.get_content_type() for part in mail.walk() if not part.is_multipart())
        print(f"{'bad' if found else 'ok '} {len(raw):>7} B  {Path(file).name}: {mail['Subject']} -> {mail['To']} ({types})")
    print(f"{len(files)} mails read, {bad} with defects")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
