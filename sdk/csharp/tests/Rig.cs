// A client before a fake server that answers from a list.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Aiins.Tests
{
    public sealed class Rig : ITransport
    {
        public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1700000000);

        private readonly Queue<JsonValue> answers;

        public Rig(IEnumerable<JsonValue> answers, int maxRetries = 3, double chance = 0.5)
        {
            this.answers = new Queue<JsonValue>(answers);
            Client = new AiinsClient(new ClientOptions
            {
                ApiKey = "an_key",
                BaseUrl = "http://aiins.test",
                MaxRetries = maxRetries,
                Transport = this,
                Chance = () => chance,
                Now = () => Now,
                Delay = (wait, cancel) =>
                {
                    Waits.Add(wait.TotalSeconds);
                    return Task.CompletedTask;
                },
            });
        }

        public AiinsClient Client { get; }

        public List<TransportRequest> Requests { get; } = new List<TransportRequest>();

        public List<double> Waits { get; } = new List<double>();

        public static JsonValue Good(object body = null) => JsonValue.From(new Dictionary<string, object> { { "status", 200 }, { "body", body ?? new Dictionary<string, object> { { "success", true } } } });

        public static string Header(TransportRequest request, string name)
        {
            string value;
            return request.Headers.TryGetValue(name, out value) ? value : null;
        }

        public async Task<TransportResponse> SendAsync(TransportRequest request, CancellationToken cancel)
        {
            Requests.Add(request);
            await Task.Yield();
            Check.True(answers.Count > 0, "one request too many");
            JsonValue answer = answers.Dequeue();
            if (answer.AsText() == "connection") throw new IOException("refused");
            if (answer.AsText() == "timeout") throw new TimeoutException("too slow");
            IEnumerable<KeyValuePair<string, string>> headers = answer["headers"].Members
                .Select(header => new KeyValuePair<string, string>(header.Key, header.Value.AsText()));
            return new TransportResponse((int)answer["status"].AsInt().Value, headers, Encoding.UTF8.GetBytes(BodyOf(answer)));
        }

        private static string BodyOf(JsonValue answer)
        {
            if (!answer["code"].IsNull) return "{\"error\": {\"code\": " + answer["code"] + "}}";
            if (answer["body"].IsNull) return "{\"success\": true}";
            return answer["body"].AsText() ?? answer["body"].ToString();
        }
    }
}
