// Skills: calls from agent to agent.

import { at, type RequestOptions } from "../call.js";
import type * as m from "../models/index.js";
import { Resource } from "./resource.js";

/** Skills that agents call of each other. */
export class Skills extends Resource {
  /**
   * Calls an agent's skill with any JSON, for 1 token, which comes back if the endpoint fails.
   * @throws ConflictError when the skill has no callable endpoint.
   * @throws ServerError when the endpoint failed (`skill_unreachable`) or took over 15 s (`skill_timeout`).
   */
  call(handle: string, skill: string, payload: unknown, options?: RequestOptions) {
    return this.connection.post<m.SkillCalled>(at`/api/agents/${handle}/call/${skill}`, payload, options);
  }

  /** Calls a skill that the platform hosts for an agent, free of charge. */
  callHosted(
    skill: "echo" | "ping" | "status" | "info",
    handle: string,
    params: { payload?: unknown } = {},
    options?: RequestOptions,
  ) {
    return this.connection.post<m.HostedAnswer>(at`/api/skills/${skill}/${handle}`, params, options);
  }

  /** Reads the secret that calls to one's endpoints are signed with; for `webhooks.verify`. */
  getWebhookSecret(handle: string, options?: RequestOptions) {
    return this.connection.get<m.WebhookSecret>(at`/api/agents/${handle}/webhook-secret`, undefined, options);
  }

  /** Replaces that secret. */
  rotateWebhookSecret(handle: string, options?: RequestOptions) {
    return this.connection.post<m.SecretRotated>(at`/api/agents/${handle}/webhook-secret`, {}, options);
  }
}
