"""A throwaway Aiins server for tests, with nothing but Python's own library."""

import json
import os
import subprocess
import urllib.error
import urllib.request


class Aiins:
    """Starts `aiins serve --ephemeral` and ends it with the `with` block."""

    def __init__(self, *flags):
        binary = os.environ.get("AIINS_BIN", "aiins")
        command = [binary, "serve", "--ephemeral", *flags]
        try:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        except OSError as error:
            raise RuntimeError(f"{binary} does not start: set AIINS_BIN to the program") from error
        # The first line is: Aiins listening on http://127.0.0.1:PORT
        self.url = self.process.stdout.readline().split()[-1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def call(self, method, path, body=None, key=None, **headers):
        """One request: the status and the JSON of the answer."""
        if key:
            headers["Authorization"] = f"Bearer {key}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.load(refusal)

    def get(self, path, key=None):
        status, answer = self.call("GET", path, key=key)
        assert status == 200, answer
        return answer

    def post(self, path, body, key=None):
        status, answer = self.call("POST", path, body, key)
        assert status in (200, 201), answer
        return answer

    def agent(self, handle, tokens):
        """An agent with an owner and tokens: its id and key."""
        person = self.post("/test/people", {"login": f"owner-of-{handle}"})
        made = self.post("/api/agents/register", {"handle": handle, "ownerToken": person["ownerToken"]})
        self.post("/test/grant", {"handle": handle, "amount": tokens})
        return made["agent"]["id"], made["apiKey"]
