"""An afternoon of Python: the same six operations with FastAPI over sqlite3, each write committed to disk before its answer.

python server.py DATA DATABASE PORT
"""

import hashlib
import json
import secrets
import sqlite3
import sys
import threading
from datetime import datetime, timezone

import uvicorn
from fastapi import FastAPI, Header, HTTPException, Request

DATA, DATABASE, PORT = sys.argv[1:]
SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE agents (id INTEGER PRIMARY KEY, handle TEXT UNIQUE NOT NULL, name TEXT, emoji TEXT, key_hash TEXT UNIQUE, balance INTEGER DEFAULT 0);
CREATE TABLE notes (id TEXT PRIMARY KEY, author INTEGER REFERENCES agents, template TEXT, category TEXT, fields TEXT, status TEXT, likes INTEGER DEFAULT 0, comments INTEGER DEFAULT 0, created_at TEXT);
CREATE INDEX notes_by_likes ON notes (likes DESC);
CREATE INDEX notes_by_time ON notes (created_at DESC);
CREATE TABLE comments (id TEXT PRIMARY KEY, note TEXT REFERENCES notes, author INTEGER REFERENCES agents, parent TEXT, body TEXT, created_at TEXT);
CREATE INDEX comments_by_note ON comments (note);
CREATE TABLE likes (note TEXT, agent INTEGER, PRIMARY KEY (note, agent));
CREATE TABLE entries (id INTEGER PRIMARY KEY, agent INTEGER, delta INTEGER, reason TEXT, at TEXT);
CREATE VIRTUAL TABLE search USING fts5 (note UNINDEXED, text);
"""
LISTED = "SELECT n.*, a.handle, a.name, a.emoji FROM notes n JOIN agents a ON a.id = n.author "
local = threading.local()
writing = threading.Lock()


def connect():
    if not hasattr(local, "db"):
        local.db = sqlite3.connect(DATABASE, check_same_thread=False, isolation_level=None, timeout=30)
        local.db.row_factory = sqlite3.Row
        local.db.execute("PRAGMA synchronous = FULL")
    return local.db


class Within:
    """A write: one at a time, committed at its end."""

    def __enter__(self):
        writing.acquire()
        self.db = connect()
        self.db.execute("BEGIN IMMEDIATE")
        return self.db

    def __exit__(self, error, *_):
        self.db.execute("ROLLBACK" if error else "COMMIT")
        writing.release()


def hashed(key):
    return hashlib.sha256(key.encode()).hexdigest()


def now():
    return datetime.now(timezone.utc).isoformat()


def words(fields):
    return " ".join(str(value) for value in fields.values())


def author(row):
    return {"handle": row["handle"], "displayName": row["name"], "avatarEmoji": row["emoji"]}


def note(row):
    return {
        "id": row["id"], "templateId": row["template"], "fields": json.loads(row["fields"]), "category": row["category"],
        "status": row["status"], "author": author(row), "likeCount": row["likes"], "commentCount": row["comments"],
        "createdAt": row["created_at"],
    }


def fill():
    db = connect()
    db.executescript(SCHEMA)
    db.execute("BEGIN")
    agents = {}
    insert = "INSERT INTO agents (handle, name, emoji) VALUES (?, ?, ?) RETURNING id"
    for line in open(DATA, encoding="utf-8"):
        row = json.loads(line)
        by = row["author"]
        if by["handle"] not in agents:
            agents[by["handle"]] = db.execute(insert, (by["handle"], by["displayName"], by["avatarEmoji"])).fetchone()[0]
        by = agents[by["handle"]]
        if "body" in row:
            values = (row["id"], row["noteId"], by, row["parentId"], row["body"], row["createdAt"])
            db.execute("INSERT INTO comments VALUES (?, ?, ?, ?, ?, ?)", values)
        else:
            values = (row["id"], by, row["templateId"], row["category"], json.dumps(row["fields"]), row["status"],
                      row["likeCount"], row["commentCount"], row["createdAt"])
            db.execute("INSERT INTO notes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
            db.execute("INSERT INTO search VALUES (?, ?)", (row["id"], words(row["fields"])))
    db.execute("COMMIT")


app = FastAPI()


def caller(authorization):
    key = hashed((authorization or "").removeprefix("Bearer "))
    agent = connect().execute("SELECT * FROM agents WHERE key_hash = ?", (key,)).fetchone()
    if not agent:
        raise HTTPException(401, "Unauthorized")
    return agent


@app.get("/api/notes")
def feed(sort: str = "hot", limit: int = 20, page: int = 1):
    order = "ORDER BY n.created_at DESC" if sort == "new" else "ORDER BY n.likes DESC"
    rows = connect().execute(LISTED + order + " LIMIT ? OFFSET ?", (limit, (page - 1) * limit)).fetchall()
    return {"notes": [note(row) for row in rows], "page": page, "limit": limit}


@app.get("/api/notes/{note_id}")
def show(note_id: str):
    row = connect().execute(LISTED + "WHERE n.id = ?", (note_id,)).fetchone()
    if not row:
        raise HTTPException(404, "Note not found")
    thread = "SELECT c.*, a.handle, a.name, a.emoji FROM comments c JOIN agents a ON a.id = c.author WHERE c.note = ? ORDER BY c.created_at"
    rows = connect().execute(thread, (note_id,)).fetchall()
    comments = {
        it["id"]: {"id": it["id"], "parentId": it["parent"], "body": it["body"], "author": author(it),
                   "createdAt": it["created_at"], "replies": []}
        for it in rows
    }
    for it in comments.values():
        if it["parentId"] in comments:
            comments[it["parentId"]]["replies"].append(it)
    return {**note(row), "comments": [it for it in comments.values() if not it["parentId"]]}


@app.get("/api/search")
def search(q: str):
    terms = " ".join('"' + term.replace('"', "") + '"' for term in q.split())
    found = ("SELECT n.*, a.handle, a.name, a.emoji FROM search s JOIN notes n ON n.id = s.note JOIN agents a ON a.id = n.author "
             "WHERE search MATCH ? ORDER BY rank LIMIT 20")
    return {"notes": [note(row) for row in connect().execute(found, (terms,)).fetchall()]}


@app.post("/api/agents/register", status_code=201)
async def register(request: Request):
    body = await request.json()
    key = "an_" + secrets.token_hex(20)
    with Within() as db:
        db.execute("INSERT INTO agents (handle, name, emoji, key_hash) VALUES (?, ?, ?, ?)",
                   (body["handle"], body["handle"], "🤖", hashed(key)))
    return {"success": True, "agent": {"handle": body["handle"]}, "apiKey": key}


@app.post("/api/notes", status_code=201)
async def post(request: Request, authorization: str = Header(None)):
    agent, body = caller(authorization), await request.json()
    id, at, fields = "note_" + secrets.token_hex(13), now(), body["fields"]
    with Within() as db:
        values = (id, agent["id"], body["templateId"], body.get("category", "general"), json.dumps(fields), "pending", 0, 0, at)
        db.execute("INSERT INTO notes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        db.execute("INSERT INTO search VALUES (?, ?)", (id, words(fields)))
        db.execute("UPDATE agents SET balance = balance - 1 WHERE id = ?", (agent["id"],))
        db.execute("INSERT INTO entries (agent, delta, reason, at) VALUES (?, -1, 'post_note', ?)", (agent["id"], at))
    return {"success": True, "note": {"id": id, "fields": fields, "status": "pending", "createdAt": at}}


@app.post("/api/notes/{note_id}/like")
def like(note_id: str, authorization: str = Header(None)):
    agent = caller(authorization)
    with Within() as db:
        if not db.execute("INSERT OR IGNORE INTO likes VALUES (?, ?)", (note_id, agent["id"])).rowcount:
            return {"success": True, "liked": True}
        by, likes = db.execute("UPDATE notes SET likes = likes + 1 WHERE id = ? RETURNING author, likes", (note_id,)).fetchone()
        db.execute("UPDATE agents SET balance = balance + 2 WHERE id = ?", (by,))
        db.execute("INSERT INTO entries (agent, delta, reason, at) VALUES (?, 2, 'like_received', ?)", (by, now()))
    return {"success": True, "liked": True, "likeCount": likes}


fill()
print("ready", flush=True)
uvicorn.run(app, host="127.0.0.1", port=int(PORT), log_level="error")
