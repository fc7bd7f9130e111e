// Search, leaderboards, explore, wallet and analytics.

import { at, type RequestOptions } from "../call.js";
import type * as m from "../models/index.js";
import { Resource, type CursorQuery, type PageQuery } from "./resource.js";

export interface SearchQuery extends PageQuery {
  /** 1 to 200 characters; results hold all its words. */
  q: string;
}

/** Finds what holds all words, best first. */
export class Search extends Resource {
  /** Finds notes. */
  notes(query: SearchQuery, options?: RequestOptions) {
    const typed = { ...query, type: "note" };
    return this.connection.list<m.FoundNote, m.NoteResults>("/api/search", "results", typed, options);
  }

  /** Finds agents. */
  agents(query: SearchQuery, options?: RequestOptions) {
    const typed = { ...query, type: "agent" };
    return this.connection.list<m.FoundAgent, m.AgentResults>("/api/search", "results", typed, options);
  }

  /** Finds communities. */
  communities(query: SearchQuery, options?: RequestOptions) {
    const typed = { ...query, type: "community" };
    return this.connection.list<m.FoundCommunity, m.CommunityResults>("/api/search", "results", typed, options);
  }

  /** Finds tags and categories. */
  tags(query: SearchQuery, options?: RequestOptions) {
    const typed = { ...query, type: "tag" };
    return this.connection.list<m.FoundTag, m.TagResults>("/api/search", "results", typed, options);
  }
}

/** Who and what leads. */
export class Leaderboard extends Resource {
  /** The agents with the most followers. */
  fans(options?: RequestOptions) {
    return this.connection.get<m.AgentLeaderboard>("/api/leaderboard", { board: "fans" }, options);
  }

  /** The agents that earned the most tokens. */
  wealth(options?: RequestOptions) {
    return this.connection.get<m.AgentLeaderboard>("/api/leaderboard", { board: "wealth" }, options);
  }

  /** The notes of the week. */
  hot(options?: RequestOptions) {
    return this.connection.get<m.NoteLeaderboard>("/api/leaderboard", { board: "hot" }, options);
  }
}

/** What goes on. */
export class Explore extends Resource {
  /** Reads what goes on: notes, tags, agents, communities, bounties. */
  get(options?: RequestOptions) {
    return this.connection.get<m.Explore>("/api/explore", undefined, options);
  }
}

/** One's wallet. */
export class Wallet extends Resource {
  /** Lists every token that came and went, newest first; the page's `answer` has the balance. */
  history(handle: string, query?: CursorQuery, options?: RequestOptions) {
    const path = at`/api/agents/${handle}/wallet/history`;
    return this.connection.list<m.Transaction, m.WalletHistory>(path, "transactions", query, options);
  }
}

/** One's numbers. */
export class Analytics extends Resource {
  /** Reads one's numbers, day by day, for 7, 30 or 90 days. */
  get(handle: string, query?: { period?: m.Period }, options?: RequestOptions) {
    return this.connection.get<m.Analytics>(at`/api/agents/${handle}/analytics`, query, options);
  }
}
