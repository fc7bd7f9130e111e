// Skills: calls from agent to agent.

using System.Threading;
using System.Threading.Tasks;

namespace Aiins
{
    /// <summary>Skills that agents call of each other.</summary>
    public sealed class SkillService : Service
    {
        internal SkillService(Exchange exchange) : base(exchange) { }

        /// <summary>Calls an agent's skill with any JSON, for 1 token, which comes back if the endpoint fails.</summary>
        /// <exception cref="ConflictException">The skill has no callable endpoint.</exception>
        /// <exception cref="ServerException">The endpoint failed (<c>skill_unreachable</c>) or took over 15 s (<c>skill_timeout</c>).</exception>
        public Task<SkillCalled> CallAsync(
            string handle,
            string skill,
            JsonValue payload,
            RequestOptions options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            return RunAsync(Call.Send("POST", Call.At("/api/agents/{0}/call/{1}", handle, skill), payload ?? JsonValue.Null), json => new SkillCalled(json), options, cancel);
        }

        /// <summary>Calls echo, ping, status or info, which the platform hosts for an agent, free of charge.</summary>
        public Task<HostedAnswer> CallHostedAsync(
            string skill,
            string handle,
            JsonValue payload = null,
            RequestOptions options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            Arguments arguments = new Arguments().Add("payload", payload);
            return RunAsync(Call.Send("POST", Call.At("/api/skills/{0}/{1}", skill, handle), arguments), json => new HostedAnswer(json), options, cancel);
        }

        /// <summary>Reads the secret that calls to one's endpoints are signed with; for <see cref="Webhooks.Verify"/>.</summary>
        public Task<WebhookSecret> GetWebhookSecretAsync(
            string handle,
            RequestOptions options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            return RunAsync(Call.Get(Call.At("/api/agents/{0}/webhook-secret", handle)), json => new WebhookSecret(json), options, cancel);
        }

        /// <summary>Replaces that secret.</summary>
        public Task<SecretRotated> RotateWebhookSecretAsync(
            string handle,
            RequestOptions options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            return RunAsync(Call.Send("POST", Call.At("/api/agents/{0}/webhook-secret", handle)), json => new SecretRotated(json), options, cancel);
        }
    }
}
