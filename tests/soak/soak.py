"""A soak: readers, writers and programs on one server for a long time, while its memory, threads, descriptors and files
are watched. It fails when memory, threads or descriptors go on growing after a warm-up, when the log is not cut, when
an answer is a failure of ours, and when the file is not clean afterwards."""

import http.client
import json
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

CLIENTS = 8
AGENTS = 40
# Few enough that the counters of all of them are there when the warm-up ends: a new one for each request would look like a
# leak until the table is full.
ADDRESSES = 4000
# Nothing is judged before this part of the time is over.
WARM_UP = 0.3
# Growth from the first third after it to the last third that is no leak: what the caches of a young server still take.
MEMORY_GROWTH_MAX = 0.10
MEMORY_GROWTH_MIB = 16
# A log is cut at 64 MiB; what is written while that happens comes on top.
LOG_MIB_MAX = 160

WORDS = "gull tide harbour ledger kelp anchor 機械 学習 north quiet copper signal drift marsh lantern".split()


class Server:
    """The binary at work on a file of its own, with its limits on but wide, so that what they remember is there."""

    def __init__(self, binary, folder):
        self.path = os.path.join(folder, "aiins.db")
        limits = ["READ", "WRITE", "READ_BURST", "WRITE_BURST", "ANONYMOUS", "REGISTER", "MESSAGE", "SKILL_CALL", "HUMAN"]
        settings = {f"AIINS_LIMITS_{name}": "1000000" for name in limits}
        settings |= {"AIINS_ADMIN_SECRET": "hush", "AIINS_LOG": "warn"}
        settings["AIINS_SERVER_TRUSTED_PROXIES"] = "127.0.0.1"
        settings = {name: value for name, value in os.environ.items() if not name.startswith("AIINS_")} | settings
        self.binary, self.environment = binary, settings
        words = [binary, "serve", "--listen", "127.0.0.1:0", "--database", self.path]
        self.process = subprocess.Popen(words, env=self.environment, cwd=folder, stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if found := re.match(r"Aiins listening on http://([\d.]+):(\d+)", line):
                self.address = found[1], int(found[2])
                break
        else:
            sys.exit("the server did not start")
        # What else it says goes nowhere, and must not fill a pipe.
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def command(self, *words):
        done = subprocess.run(
            [self.binary, *words, "--database", self.path], env=self.environment, capture_output=True, text=True
        )
        if done.returncode != 0:
            sys.exit(f"aiins {' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout

    def sample(self):
        """Memory in MiB, threads, descriptors, and the file and its log in MiB."""
        process = f"/proc/{self.process.pid}"
        with open(f"{process}/status") as file:
            status = dict(line.split(":", 1) for line in file)
        mib = lambda name: int(status[name].split()[0]) / 1024
        size = lambda path: os.path.getsize(path) / 2**20 if os.path.exists(path) else 0.0
        return {
            # Pages of the file that are mapped are the machine's cache, so the server's own memory is told apart.
            "memory": mib("RssAnon"),
            "rss": mib("VmRSS"),
            "threads": int(status["Threads"]),
            "descriptors": len(os.listdir(f"{process}/fd")),
            "file": size(self.path),
            "log": size(self.path + "-wal"),
        }


class Client:
    """One connection and what it asks, as one of the agents."""

    def __init__(self, server, seed):
        self.server, self.random = server, random.Random(seed)
        self.connection = None
        self.counts = {}

    def ask(self, method, path, body=None, agent=None, headers=None):
        headers = dict(headers or {})
        if agent:
            headers["Authorization"] = f"Bearer {agent['key']}"
        else:
            nth = self.random.randrange(ADDRESSES)
            headers["X-Forwarded-For"] = f"203.0.{nth // 250}.{nth % 250}"
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if self.connection is None or self.random.random() < 0.01:
            self.close()
            self.connection = http.client.HTTPConnection(*self.server.address, timeout=60)
        self.connection.request(method, path, data, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        status = answer.status
        self.counts[status] = self.counts.get(status, 0) + 1
        if status >= 500:
            raise AssertionError(f"{method} {path}: {status} {text[:300]}")
        if answer.getheader("Connection") == "close":
            self.close()
        return status, text

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def json(self, *words, **more):
        status, text = self.ask(*words, **more)
        return status, json.loads(text) if text else None

    def words(self, count):
        return " ".join(self.random.choice(WORDS) for _ in range(count))


def arrive(server):
    """Agents with owners, tokens and a note each."""
    client, agents = Client(server, 0), []
    for nth in range(AGENTS):
        secret = {"x-admin-secret": "hush"}
        _, token = client.json("POST", "/api/owner/token", {"ownerHandle": f"owner-{nth}"}, headers=secret)
        new = {"handle": f"agent-{nth}", "ownerToken": token["ownerToken"]}
        status, made = client.json("POST", "/api/agents/register", new)
        assert status == 201, made
        agents.append({"handle": new["handle"], "key": made["apiKey"]})
        server.command("grant", new["handle"], "100000")
    notes = [publish(client, agent) for agent in agents]
    client.close()
    return agents, notes


def publish(client, agent):
    fields = {"title": f"{client.words(4)} {client.random.random()}", "body": client.words(60), "tags": ["soak"]}
    status, made = client.json("POST", "/api/notes", {"templateId": "article", "fields": fields}, agent=agent)
    assert status == 201, made
    return made["note"]["id"], agent


def work(client, agents, notes, until):
    """One request after the other, of every kind, until the time is over."""
    chance = client.random
    while time.monotonic() < until:
        agent, other = chance.sample(agents, 2)
        note, author = chance.choice(notes)
        me = f"/api/agents/{agent['handle']}"
        kind = chance.randrange(100)
        if kind < 18:
            # The heartbeat of an agent: its status, its notifications, and those marked as read.
            client.ask("GET", f"{me}/status", agent=agent)
            client.ask("GET", "/api/notifications?unread=true", agent=agent)
            client.ask("POST", "/api/notifications/read", {"all": True}, agent=agent)
        elif kind < 33:
            page = f"sort={chance.choice(['hot', 'new', 'top', 'rising'])}&page={chance.randrange(1, 4)}"
            client.ask("GET", f"/api/notes?{page}", agent=chance.choice([agent, None]))
        elif kind < 41:
            query = f"/api/search?q={chance.choice(['gull', 'tide+har', 'nothing-like-it', '%E6%A9%9F%E6%A2%B0'])}"
            client.ask("GET", query)
        elif kind < 52:
            path = chance.choice(["/", "/?sort=new", f"/notes/{note}", f"/agents/{other['handle']}", "/explore",
                                  "/leaderboard", "/bounties", "/feed.atom", "/docs/api"])
            client.ask("GET", path, headers={"Accept": "text/html", "Accept-Encoding": "gzip"})
        elif kind < 60:
            client.ask("POST", f"/api/notes/{note}/like", {}, agent=agent)
            client.ask("DELETE", f"/api/notes/{note}/like", agent=agent)
        elif kind < 66:
            client.ask("POST", f"/api/notes/{note}/comments", {"body": client.words(9)}, agent=agent)
        elif kind < 74:
            # A message, sent again under its key as after a lost answer.
            key = {"Idempotency-Key": f"{chance.getrandbits(64):x}"}
            sent = {"to": other["handle"], "body": client.words(20)}
            first = client.ask("POST", "/api/messages", sent, agent=agent, headers=key)
            second = client.ask("POST", "/api/messages", sent, agent=agent, headers=key)
            assert first == second, (first, second)
        elif kind < 78:
            client.ask("POST", f"/api/agents/{other['handle']}/follow", {}, agent=agent)
            client.ask("DELETE", f"/api/agents/{other['handle']}/follow", agent=agent)
        elif kind < 80:
            notes[chance.randrange(len(notes))] = publish(client, agent)
        elif kind < 86:
            call = {"name": "status", "arguments": {}}
            for method, params in [("initialize", {"protocolVersion": "2025-06-18", "capabilities": {},
                                    "clientInfo": {"name": "soak", "version": "1"}}), ("tools/list", {}),
                                   ("tools/call", call)]:
                message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
                client.ask("POST", "/mcp", message, agent=agent, headers={"Accept": "application/json"})
        elif kind < 89:
            client.ask("POST", f"/api/notes/{note}/boost?dryRun=true", {"type": "highlight"}, agent=author)
        elif kind < 95:
            # What is refused: bad JSON, a long body, a wrong key, a path that is not there.
            client.ask("POST", "/api/notes", b"{\"templateId\": [" + b"1," * chance.randrange(20_000), agent=agent)
            client.ask("GET", f"/api/notes/{chance.random()}")
            client.ask("GET", "/api/notes", headers={"Authorization": f"Bearer aiins_{chance.getrandbits(99):x}"})
        else:
            # Someone who begins and goes away.
            with socket.create_connection(client.server.address) as stream:
                stream.sendall(chance.choice([b"", b"GET / HT", b"POST /api/notes HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n{"]))


def watch(server, seconds, began, failures):
    """Samples over the whole time, of which some are told."""
    samples = []
    step, told = max(0.5, seconds / 200), -1
    print("seconds  memory MiB  rss MiB  threads  descriptors  file MiB  log MiB", flush=True)
    while (at := time.monotonic() - began) < seconds and not failures:
        sample = server.sample() | {"at": at}
        samples.append(sample)
        if int(at * 20 / seconds) > told:
            told = int(at * 20 / seconds)
            print("{at:7.0f}  {memory:10.1f}  {rss:7.1f}  {threads:7d}  {descriptors:11d}  {file:8.1f}  {log:7.1f}"
                  .format(**sample), flush=True)
        time.sleep(step)
    return samples


def judge(samples, seconds):
    """What grew that should not have."""
    warm = [sample for sample in samples if sample["at"] >= seconds * WARM_UP]
    third = max(1, len(warm) // 3)
    middle = lambda part, name: statistics.median(sample[name] for sample in part)
    first, last = warm[:third], warm[-third:]
    found = []
    before, after = middle(first, "memory"), middle(last, "memory")
    if after > before * (1 + MEMORY_GROWTH_MAX) + MEMORY_GROWTH_MIB:
        found.append(f"memory grew from {before:.1f} to {after:.1f} MiB")
    for name, room in [("threads", 2), ("descriptors", 6)]:
        before, after = middle(first, name), middle(last, name)
        if after > before + room:
            found.append(f"{name} grew from {before} to {after}")
    if (log := max(sample["log"] for sample in samples)) > LOG_MIB_MAX:
        found.append(f"the log grew to {log:.0f} MiB")
    return found


def main():
    binary, seconds = os.path.abspath(sys.argv[1]), float(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="aiins-soak-") as folder:
        server = Server(binary, folder)
        try:
            soak(server, seconds)
        finally:
            if server.process.poll() is None:
                server.process.kill()
            server.process.wait()


def soak(server, seconds):
    agents, notes = arrive(server)
    failures, began = [], time.monotonic()
    clients = [Client(server, nth + 1) for nth in range(CLIENTS)]

    def run(client):
        try:
            work(client, agents, notes, began + seconds)
        except Exception as error:
            failures.append(f"{type(error).__name__}: {error}")
        client.close()

    threads = [threading.Thread(target=run, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    samples = watch(server, seconds, began, failures)
    for thread in threads:
        thread.join()
    counts = {}
    for client in clients:
        for status, count in client.counts.items():
            counts[status] = counts.get(status, 0) + count
    took = time.monotonic() - began
    told = ", ".join(f"{status}: {count}" for status, count in sorted(counts.items()))
    print(f"{sum(counts.values())} answers in {took:.0f} s ({told})")
    failures = failures or judge(samples, seconds)
    # Everyone has hung up: their threads rest, and their descriptors are given back.
    time.sleep(2)
    print("at rest: {threads} threads, {descriptors} descriptors, {memory:.1f} MiB".format(**server.sample()))
    server.process.send_signal(signal.SIGTERM)
    if server.process.wait(60) != 0:
        failures.append(f"the server ended with {server.process.returncode}")
    said = json.loads(server.command("check", "--json"))
    if not said["ok"]:
        failures.append(f"the file is not clean: {said}")
    for failure in failures:
        print(f"FAILED: {failure}")
    sys.exit(1 if failures else 0)


main()
