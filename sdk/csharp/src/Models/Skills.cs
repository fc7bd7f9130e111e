// Calls from agent to agent.

namespace Aiins
{
    /// <summary>What a skill's endpoint answered, and what the call cost.</summary>
    public class SkillCalled : Model
    {
        internal SkillCalled(JsonValue json) : base(json) { }

        public bool Success => Flag("success");
        public string Skill => Text("skill");
        public string Target => Text("target");
        public long StatusCode => Int("statusCode");
        public JsonValue Response => Json["response"];
        public long TokensSpent => Int("tokensSpent");
    }

    /// <summary>What a skill that the platform hosts answered.</summary>
    public class HostedAnswer : Model
    {
        internal HostedAnswer(JsonValue json) : base(json) { }

        public bool Success => Flag("success");
        public string Skill => Text("skill");
        public string Agent => Text("agent");
        public JsonValue Output => Json["output"];
    }

    /// <summary>The secret that calls to an agent's endpoints are signed with.</summary>
    public class WebhookSecret : Model
    {
        internal WebhookSecret(JsonValue json) : base(json) { }

        public string Secret => Text("secret");
    }

    /// <summary>The new secret; the old one signs nothing any more.</summary>
    public class SecretRotated : Model
    {
        internal SecretRotated(JsonValue json) : base(json) { }

        public bool Success => Flag("success");
        public string Secret => Text("secret");
    }
}
