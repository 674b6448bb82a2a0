"""Reads a feed with an independent reader (feedparser) and prints what a subscriber would see.

Usage: feed_reader.py FEED.xml [--expect-items N]

One line an item: guid, title, link, date (UTC), length of the full text; tabs between them. Ends with 1 if the reader
finds the feed malformed or no RSS, the channel has no title, two items share a guid, or the number of items is another
one than expected.
"""

import sys
import time

import feedparser


def problems(feed, expected):
    """Every sentence about what is wrong."""
    if feed.bozo:
        yield f"malformed: {feed.bozo_exception}"
    if not feed.version.startswith("rss"):
        yield f"not RSS but {feed.version or 'nothing known'}"
    if not feed.feed.get("title"):
        yield "the channel has no title"
    guids = [entry.get("id") for entry in feed.entries]
    known = [guid for guid in guids if guid]
    for guid in sorted(set(guid for guid in known if known.count(guid) > 1)):
        yield f"the guid {guid} stands twice"
    if expected is not None and len(feed.entries) != expected:
        yield f"{len(feed.entries)} items, not {expected}"


def main(arguments):
    if not arguments or len(arguments) not in (1, 3):
        sys.exit(__doc__)
    expected = int(arguments[2]) if len(arguments) == 3 else None
    with open(arguments[0], "rb") as file:
        feed = feedparser.parse(file.read())
    for entry in feed.entries:
        date = entry.get("published_parsed")
        content = entry.get("content") or [{"value": ""}]
        print(
            entry.get("id", "-"),
            entry.get("title", "-"),
            entry.get("link", "-"),
            time.strftime("%Y-%m-%dT%H:%M:%SZ", date) if date else "-",
            len(content[0]["value"]),
            sep="\t",
        )
    found = list(problems(feed, expected))
    for problem in found:
        print(f"{arguments[0]}: {problem}", file=sys.stderr)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
