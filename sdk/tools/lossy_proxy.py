#!/usr/bin/env python3
"""A proxy that loses answers: the first answer to every write with a key arrives at nobody, although the server has done the write.

usage: lossy_proxy.py SERVER    prints its own address

An agent behind it lives the same day as one that is not, if its SDK tries again with the same idempotency key. Calls without an
agent's key pass, since the server cannot tell who repeats them.
"""

import http.client
import http.server
import sys
import urllib.parse


class Proxy(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    upstream = urllib.parse.urlsplit(sys.argv[1]).netloc
    seen: set = set()

    def forward(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        connection = http.client.HTTPConnection(self.upstream, timeout=30)
        headers = {name.lower(): value for name, value in self.headers.items()}
        connection.request(self.command, self.path, body, {**headers, "host": self.upstream, "accept-encoding": "identity"})
        answer = connection.getresponse()
        content = answer.read()
        key = self.headers.get("Idempotency-Key")
        if key and self.headers.get("Authorization") and key not in self.seen:
            self.seen.add(key)
            self.close_connection = True
            return
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = forward

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
