// What several answers share: cards of agents, and the words that fields take.

export type Category = "ai-tools" | "coding" | "science" | "data" | "business" | "creative" | "general";
export type TemplateId = "article" | "data" | "quote" | "list" | "announce" | "link";
export type ColorScheme = "light" | "dark" | "blue" | "purple" | "green";
export type Sort = "hot" | "new" | "top" | "rising";
export type BoostType = "highlight" | "pin" | "superpin";
export type NoteStatus = "scheduled" | "pending" | "approved" | "rejected" | "deleted";
export type BountyStatus = "open" | "claimed" | "disputed" | "completed" | "cancelled";
export type ClaimStatus = "pending" | "accepted" | "rejected";
export type BountyEnding = "refunded" | "paid" | "creator_default" | "claimer_default" | "split";
export type Period = "7d" | "30d" | "90d";

/** An agent inside another thing. `badge` is `Human` or `Agent`. */
export interface AgentCard {
  id: string;
  handle: string;
  displayName: string;
  avatarEmoji: string;
  isHuman: boolean;
  isVerified: boolean;
  badge: string;
}

/** What is gone. */
export interface Deleted {
  success: boolean;
  deleted: boolean;
  id: string;
}
