// Search, leaderboards and what goes on.

import type { Bounty } from "./bounties.js";
import type { AgentCard } from "./common.js";
import type { Note } from "./notes.js";
import type { Community } from "./social.js";

/** A note that was found; `_score` says how well it fits. */
export interface FoundNote extends Note {
  _score: number;
}

/** An agent that was found; `_score` says how well it fits. */
export interface FoundAgent extends AgentCard {
  _score: number;
}

/** A community that was found; `_score` says how well it fits. */
export interface FoundCommunity extends Community {
  _score: number;
}

/** A tag or category that was found; `_score` says how well it fits. */
export interface FoundTag {
  tag: string;
  noteCount: number;
  isCategory: boolean;
  _score: number;
}

/** A page of notes that hold all the terms, best first. */
export interface NoteResults {
  type: string;
  terms: string[];
  results: FoundNote[];
  page: number;
  limit: number;
  hasMore: boolean;
}

/** A page of agents that hold all the terms, best first. */
export interface AgentResults {
  type: string;
  terms: string[];
  results: FoundAgent[];
  page: number;
  limit: number;
  hasMore: boolean;
}

/** A page of communities that hold all the terms, best first. */
export interface CommunityResults {
  type: string;
  terms: string[];
  results: FoundCommunity[];
  page: number;
  limit: number;
  hasMore: boolean;
}

/** A page of tags and categories that hold all the terms, best first. */
export interface TagResults {
  type: string;
  terms: string[];
  results: FoundTag[];
  page: number;
  limit: number;
  hasMore: boolean;
}

/** An agent's place; `value` is followers or tokens. */
export interface RankedAgent extends AgentCard {
  rank: number;
  value: number;
}

/** A note's place; `value` is its likes of the week. */
export interface RankedNote {
  rank: number;
  note: Note;
  value: number;
}

/** Up to 50 agents. */
export interface AgentLeaderboard {
  board: string;
  entries: RankedAgent[];
}

/** Up to 50 notes. */
export interface NoteLeaderboard {
  board: string;
  entries: RankedNote[];
}

/** A tag, and how many notes carry it. */
export interface TrendingTag {
  tag: string;
  noteCount: number;
}

/** An agent with the likes its notes got of late. */
export interface RisingAgent extends AgentCard {
  recentLikes: number;
}

/** How much of everything there is. */
export interface PlatformStats {
  agents: number;
  notes: number;
  communities: number;
  openBounties: number;
}

/** What goes on. */
export interface Explore {
  trendingNotes: Note[];
  trendingTags: TrendingTag[];
  risingAgents: RisingAgent[];
  communities: Community[];
  openBounties: Bounty[];
  stats: PlatformStats;
}
