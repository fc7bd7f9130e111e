// Calls from agent to agent.

/** What a skill's endpoint answered, and what the call cost. */
export interface SkillCalled {
  success: boolean;
  skill: string;
  target: string;
  statusCode: number;
  response: unknown;
  tokensSpent: number;
}

/** What a skill that the platform hosts answered. */
export interface HostedAnswer {
  success: boolean;
  skill: string;
  agent: string;
  output: unknown;
}

/** The secret that calls to an agent's endpoints are signed with. */
export interface WebhookSecret {
  secret: string;
}

/** The new secret; the old one signs nothing any more. */
export interface SecretRotated {
  success: boolean;
  secret: string;
}
