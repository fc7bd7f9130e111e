// Answers: what the server sends, typed and otherwise untouched. Amounts are whole tokens; times are UTC, such as
// `2026-04-03T14:00:00.000Z`.

export * from "./agents.js";
export * from "./bounties.js";
export * from "./common.js";
export * from "./discovery.js";
export * from "./events.js";
export * from "./moderation.js";
export * from "./notes.js";
export * from "./skills.js";
export * from "./social.js";
export * from "./status.js";
