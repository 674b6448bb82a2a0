"""A PostgreSQL server of one's own on the loopback, for tests and benches; RUNDBRIEF_POSTGRES_BIN is the folder of its programs."""

import os
import socket
import subprocess
from pathlib import Path


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Database:
    """A server of our own, which refuses to run as root."""

    def __init__(self, folder):
        self.data, self.log, self.port = folder / "data", folder / "log", free_port()
        self.folder = folder
        if os.getuid() == 0:
            subprocess.run(["chown", "postgres", folder], check=True)
        self.call("initdb", "--auth=trust", "--username=anna", "--no-sync", "--encoding=UTF8", "-D", self.data)
        self.start()

    def call(self, program, *arguments):
        command = [Path(os.environ["RUNDBRIEF_POSTGRES_BIN"]) / program, *arguments]
        if os.getuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)

    def start(self):
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories=''"
        self.call("pg_ctl", "-w", "-o", options, "-l", self.log, "-D", self.data, "start")

    def stop(self):
        self.call("pg_ctl", "-m", "immediate", "-D", self.data, "stop")
