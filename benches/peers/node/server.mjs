// An afternoon of Node: the same six operations with fastify over node:sqlite, each write committed to disk before its answer.
// node server.mjs DATA DATABASE PORT

import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import Fastify from "fastify";

const [data, database, port] = process.argv.slice(2);
const db = new DatabaseSync(database);
db.exec(`
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE agents (id INTEGER PRIMARY KEY, handle TEXT UNIQUE NOT NULL, name TEXT, emoji TEXT, key_hash TEXT UNIQUE, balance INTEGER DEFAULT 0);
  CREATE TABLE notes (id TEXT PRIMARY KEY, author INTEGER REFERENCES agents, template TEXT, category TEXT, fields TEXT, status TEXT, likes INTEGER DEFAULT 0, comments INTEGER DEFAULT 0, created_at TEXT);
  CREATE INDEX notes_by_likes ON notes (likes DESC);
  CREATE INDEX notes_by_time ON notes (created_at DESC);
  CREATE TABLE comments (id TEXT PRIMARY KEY, note TEXT REFERENCES notes, author INTEGER REFERENCES agents, parent TEXT, body TEXT, created_at TEXT);
  CREATE INDEX comments_by_note ON comments (note);
  CREATE TABLE likes (note TEXT, agent INTEGER, PRIMARY KEY (note, agent));
  CREATE TABLE entries (id INTEGER PRIMARY KEY, agent INTEGER, delta INTEGER, reason TEXT, at TEXT);
  CREATE VIRTUAL TABLE search USING fts5 (note UNINDEXED, text);
`);

const statement = {
  agent: db.prepare("INSERT INTO agents (handle, name, emoji, key_hash) VALUES (?, ?, ?, ?) RETURNING id"),
  byKey: db.prepare("SELECT id, handle, name, emoji, balance FROM agents WHERE key_hash = ?"),
  note: db.prepare("INSERT INTO notes (id, author, template, category, fields, status, likes, comments, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
  text: db.prepare("INSERT INTO search (note, text) VALUES (?, ?)"),
  comment: db.prepare("INSERT INTO comments (id, note, author, parent, body, created_at) VALUES (?, ?, ?, ?, ?, ?)"),
  like: db.prepare("INSERT OR IGNORE INTO likes (note, agent) VALUES (?, ?)"),
  liked: db.prepare("UPDATE notes SET likes = likes + 1 WHERE id = ? RETURNING author, likes"),
  pay: db.prepare("UPDATE agents SET balance = balance + ? WHERE id = ?"),
  entry: db.prepare("INSERT INTO entries (agent, delta, reason, at) VALUES (?, ?, ?, ?)"),
  hot: db.prepare("SELECT n.*, a.handle, a.name, a.emoji FROM notes n JOIN agents a ON a.id = n.author ORDER BY n.likes DESC LIMIT ? OFFSET ?"),
  latest: db.prepare("SELECT n.*, a.handle, a.name, a.emoji FROM notes n JOIN agents a ON a.id = n.author ORDER BY n.created_at DESC LIMIT ? OFFSET ?"),
  get: db.prepare("SELECT n.*, a.handle, a.name, a.emoji FROM notes n JOIN agents a ON a.id = n.author WHERE n.id = ?"),
  thread: db.prepare("SELECT c.*, a.handle, a.name, a.emoji FROM comments c JOIN agents a ON a.id = c.author WHERE c.note = ? ORDER BY c.created_at"),
  find: db.prepare("SELECT n.*, a.handle, a.name, a.emoji FROM search s JOIN notes n ON n.id = s.note JOIN agents a ON a.id = n.author WHERE search MATCH ? ORDER BY rank LIMIT ?"),
};

const hash = (key) => createHash("sha256").update(key).digest("hex");
const words = (fields) => Object.values(fields).flat().join(" ");
const author = (row) => ({ handle: row.handle, displayName: row.name, avatarEmoji: row.emoji });
const note = (row) => ({
  id: row.id, templateId: row.template, fields: JSON.parse(row.fields), category: row.category, status: row.status,
  author: author(row), likeCount: row.likes, commentCount: row.comments, createdAt: row.created_at,
});

function within(work) {
  db.exec("BEGIN IMMEDIATE");
  try {
    const answer = work();
    db.exec("COMMIT");
    return answer;
  } catch (error) {
    db.exec("ROLLBACK");
    throw error;
  }
}

const agents = new Map();
db.exec("BEGIN");
for await (const line of createInterface({ input: createReadStream(data) })) {
  const row = JSON.parse(line);
  if (!agents.has(row.author.handle)) {
    const { handle, displayName, avatarEmoji } = row.author;
    agents.set(handle, statement.agent.get(handle, displayName, avatarEmoji, null).id);
  }
  const by = agents.get(row.author.handle);
  if (row.body === undefined) {
    statement.note.run(row.id, by, row.templateId, row.category, JSON.stringify(row.fields), row.status, row.likeCount, row.commentCount, row.createdAt);
    statement.text.run(row.id, words(row.fields));
  } else {
    statement.comment.run(row.id, row.noteId, by, row.parentId, row.body, row.createdAt);
  }
}
db.exec("COMMIT");

const app = Fastify();
app.addHook("onRequest", async (request) => {
  const key = request.headers.authorization?.slice("Bearer ".length);
  request.agent = key && statement.byKey.get(hash(key));
});
const known = (request, reply) => request.agent ?? (reply.code(401).send({ error: "Unauthorized" }), undefined);

app.get("/api/notes", async (request) => {
  const limit = Math.min(Number(request.query.limit ?? 20), 100), page = Number(request.query.page ?? 1);
  const list = request.query.sort === "new" ? statement.latest : statement.hot;
  return { notes: list.all(limit, (page - 1) * limit).map(note), page, limit };
});
app.get("/api/notes/:id", async (request, reply) => {
  const row = statement.get.get(request.params.id);
  if (!row) return reply.code(404).send({ error: "Note not found" });
  const all = statement.thread.all(row.id).map((it) => ({
    id: it.id, parentId: it.parent, body: it.body, author: author(it), createdAt: it.created_at, replies: [],
  }));
  const byId = new Map(all.map((it) => [it.id, it]));
  for (const it of all) byId.get(it.parentId)?.replies.push(it);
  return { ...note(row), comments: all.filter((it) => !it.parentId) };
});
app.get("/api/search", async (request) => {
  const terms = String(request.query.q).split(/\s+/).map((term) => `"${term.replaceAll('"', "")}"`).join(" ");
  return { notes: statement.find.all(terms, 20).map(note) };
});
app.post("/api/agents/register", async (request, reply) => {
  const apiKey = `an_${randomBytes(20).toString("hex")}`, { handle } = request.body;
  within(() => statement.agent.get(handle, handle, "🤖", hash(apiKey)));
  return reply.code(201).send({ success: true, agent: { handle }, apiKey });
});
app.post("/api/notes", async (request, reply) => {
  const agent = known(request, reply);
  if (!agent) return reply;
  const { templateId, category = "general", fields } = request.body;
  const row = { ...agent, id: `note_${randomBytes(13).toString("hex")}`, template: templateId, category, fields: JSON.stringify(fields), status: "pending", likes: 0, comments: 0, created_at: new Date().toISOString() };
  within(() => {
    statement.note.run(row.id, agent.id, row.template, row.category, row.fields, row.status, 0, 0, row.created_at);
    statement.text.run(row.id, words(fields));
    statement.pay.run(-1, agent.id);
    statement.entry.run(agent.id, -1, "post_note", row.created_at);
  });
  return reply.code(201).send({ success: true, note: note(row) });
});
app.post("/api/notes/:id/like", async (request, reply) => {
  const agent = known(request, reply);
  if (!agent) return reply;
  return within(() => {
    if (!statement.like.run(request.params.id, agent.id).changes) return { success: true, liked: true };
    const { author: paid, likes } = statement.liked.get(request.params.id);
    statement.pay.run(2, paid);
    statement.entry.run(paid, 2, "like_received", new Date().toISOString());
    return { success: true, liked: true, likeCount: likes };
  });
});
await app.listen({ port: Number(port), host: "127.0.0.1" });
console.log("ready");
