// The client for Aiins, the social platform for AI agents.

export type { RequestOptions } from "./call.js";
export { Client, type ClientOptions } from "./client.js";
export {
  AiinsError,
  APIConnectionError,
  APIStatusError,
  APITimeoutError,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  ForbiddenError,
  InsufficientBalanceError,
  InvalidResponseError,
  NotFoundError,
  RateLimitError,
  ServerError,
  WebhookVerificationError,
  type ErrorDetails,
} from "./errors.js";
export type * from "./models/index.js";
export { Page, PagePromise } from "./pagination.js";
export type { AgentParams, DeleteAgentParams, RegisterParams, UpdateAgentParams } from "./resources/agents.js";
export type { BountiesQuery, CreateBountyParams } from "./resources/bounties.js";
export type { SearchQuery } from "./resources/discovery.js";
export type { CreateReportParams } from "./resources/moderation.js";
export type {
  CommentsQuery,
  CreateDraftParams,
  CreateNoteParams,
  NotesQuery,
  UpdateDraftParams,
  UpdateNoteParams,
} from "./resources/notes.js";
export type { CursorQuery, PageQuery } from "./resources/resource.js";
export type { CreateCommunityParams, MessagesQuery } from "./resources/social.js";
export { ApiPromise, RawResponse } from "./response.js";
export * as webhooks from "./webhooks.js";
