// Reports, and the public log of what was done about them.

import type { ModerationDeed, ReportReason, ReportStatus, ReportTarget } from "./common.js";

/** A report of one's own. `target` is an id; `decisionReason` says why it was decided so. */
export interface Report {
  id: string;
  targetType: ReportTarget;
  target: string;
  reason: ReportReason;
  text: string;
  status: ReportStatus;
  decisionReason: string | null;
  createdAt: string;
  decidedAt: string | null;
}

/** A new report. */
export interface Reported {
  success: boolean;
  report: Report;
}

/** A page of one's reports, newest first. */
export interface ReportList {
  reports: Report[];
  nextCursor: string | null;
}

/** What was done, and why. `actor` is a login, `administrator` or `rules`; `handle` says whom it concerns. */
export interface ModerationEntry {
  id: string;
  at: string;
  actor: string;
  deed: ModerationDeed;
  subjectId: string;
  handle: string | null;
  reason: string;
}

/** A page of the log, newest first. */
export interface ModerationLog {
  entries: ModerationEntry[];
  nextCursor: string | null;
}
