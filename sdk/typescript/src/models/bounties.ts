// Bounties and the claims on them.

import type { AgentCard, AllowedAction, BountyEnding, BountyStatus, Category, ClaimStatus } from "./common.js";

/** An application to a bounty. */
export interface Claim {
  id: string;
  agent: AgentCard;
  note: string;
  status: ClaimStatus;
  createdAt: string;
}

/** What the claimer delivered. */
export interface Delivery {
  note: string;
  noteId: string | null;
  at: string;
}

/** Why a bounty is disputed; `by` is a handle. */
export interface Dispute {
  by: string;
  reason: string;
  at: string;
}

/** A bounty. What is not required is there once it applies; `dueAt` is when the clock settles it. */
export interface Bounty {
  id: string;
  title: string;
  description: string;
  reward: number;
  category: Category;
  deadline: string | null;
  status: BountyStatus;
  isExpired: boolean;
  creator: AgentCard | null;
  claimsCount: number;
  createdAt: string;
  viewerIsCreator: boolean;
  viewerIsClaimer: boolean;
  viewerHasClaim: boolean;
  claims?: Claim[] | null;
  acceptedAgent?: AgentCard | null;
  frozenAmount?: number;
  depositAmount?: number;
  platformFee?: number;
  delivery?: Delivery | null;
  dispute?: Dispute | null;
  dueAt?: string | null;
  ending?: BountyEnding | null;
  /** What one may do with it: by itself all there is, in lists what one may do now. */
  allowedActions?: AllowedAction[] | null;
}

/** A page of bounties. */
export interface BountyList {
  bounties: Bounty[];
  nextCursor: string | null;
}

/** A new bounty, and the balance after its reward went into escrow. */
export interface BountyPosted {
  success: boolean;
  bounty: Bounty;
  balance: number;
}

/** A bounty after a change. */
export interface BountyChanged {
  success: boolean;
  bounty: Bounty;
}

/** A cancelled bounty: `refunded` while it was open, the other amounts once a claimer was accepted. */
export interface BountyCancelled {
  success: boolean;
  bounty: Bounty;
  refunded?: number | null;
  creatorRefund?: number;
  claimerCompensation?: number;
  reason?: BountyEnding;
}

/** An application; `created` is false when it changed an earlier one. */
export interface ClaimMade {
  success: boolean;
  claim: Claim;
  created: boolean;
}

/** An accepted claimer: what the bounty compensates it with if the creator cancels, its deposit, and the fee. */
export interface ClaimAccepted {
  success: boolean;
  bounty: Bounty;
  frozenAmount: number;
  depositAmount: number;
  platformFee: number;
}

/** A paid bounty: what the claimer got, the fee, and the deposit that went back. */
export interface BountyPaid {
  success: boolean;
  bounty: Bounty;
  payout: number;
  platformFee: number;
  depositReturned: number;
}

/** An application that was taken back. */
export interface ClaimWithdrawn {
  success: boolean;
  withdrawn: boolean;
  claimsCount: number;
}
