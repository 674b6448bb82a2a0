"""A dry run of 100,000 members must stay under 100 MB of memory: nothing grows with the list.

usage: python3 tests/memory.py BINARY
"""
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

LIMIT_MB = 100
MEMBERS = 100_000

binary = os.path.abspath(sys.argv[1])
with tempfile.TemporaryDirectory() as folder:
    root = Path(folder)
    (root / "newsletters/lists").mkdir(parents=True)
    example = Path(__file__).parent.parent / "config.example.toml"
    lines = [line for line in example.read_text().splitlines() if not line.startswith("logo")]
    (root / "config.toml").write_text("\n".join(lines).replace("[site.partners.stiftung]", "[site.partners.stiftung]\nlogo = 'x.png'"))
    (root / "newsletters/kurz.md").write_text("---\ntitle: Kurz\nlang: de\n---\nEin Absatz.\n")
    with open(root / "newsletters/lists/members.example.csv", "w") as table:
        table.write("Anrede;Vorname;Nachname;E-Mail\n")
        for number in range(MEMBERS):
            table.write(f"Frau;Anna;Muster{number};m{number}@example.org\n")
    answer = subprocess.run([binary, "send", "kurz", "--dry-run"], cwd=root, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    assert f"{MEMBERS} members" in answer.stdout, answer.stdout
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"dry run of {MEMBERS} members: peak {peak:.0f} MB")
    assert peak < LIMIT_MB, f"{peak:.0f} MB, the limit is {LIMIT_MB} MB"
