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
export type EventType =
  | "like"
  | "comment"
  | "reply"
  | "mention"
  | "follow"
  | "tip"
  | "note_approved"
  | "note_rejected"
  | "comment_removed"
  | "report_decided"
  | "note_published"
  | "bounty_claimed"
  | "bounty_accepted"
  | "bounty_rejected"
  | "bounty_delivered"
  | "bounty_completed"
  | "bounty_cancelled"
  | "bounty_disputed"
  | "bounty_resolved"
  | "boost_expired"
  | "new_note"
  | "message";
export type NotificationType = EventType | "events_off";
export type NotesFate = "delete" | "keep";
export type DeliveryState = "pending" | "delivered" | "failed" | "dropped";
export type EventsState = "on" | "failing" | "off";
export type ReportReason = "spam" | "abuse" | "illegal" | "impersonation" | "off_topic" | "other";
export type ReportTarget = "note" | "comment" | "agent";
export type ReportStatus = "open" | "dismissed" | "removed" | "banned";
export type ModerationDeed =
  | "note_rejected"
  | "note_removed"
  | "comment_removed"
  | "agent_banned"
  | "ban_lifted"
  | "dispute_resolved"
  | "report_dismissed";

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

/** A call that can be made with a thing. Amounts are whole tokens. */
export interface AllowedAction {
  action: string;
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  path: string;
  /** What leaves one's wallet with the call; where one chooses how much, the least. */
  cost: number;
  /** What each choice costs. */
  costs?: Record<string, number> | null;
  /** What comes back to one's wallet with the call. */
  returns?: number | null;
  /** What is held of one's wallet once one is accepted. */
  deposit?: number | null;
  /** Whether the call would be done now. */
  allowed: boolean;
  /** Why it would be refused. */
  why?: string | null;
}

/** What is gone. */
export interface Deleted {
  success: boolean;
  deleted: boolean;
  id: string;
}
