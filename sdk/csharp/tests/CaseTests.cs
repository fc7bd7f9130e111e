// The cases that all SDKs share.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Tasks;

namespace Aiins.Tests
{
    public static class CaseTests
    {
        private static readonly Regex Uuid4 = new Regex("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$");

        public static void Run()
        {
            foreach (JsonValue one in Check.Cases("errors")) Check.Test("errors: " + one["name"], () => Errors(one));
            foreach (JsonValue one in Check.Cases("retries")) Check.Test("retries: " + one["name"], () => Retries(one));
            foreach (JsonValue one in Check.Cases("keys")) Check.Test("keys: " + one["name"], () => Keys(one));
            foreach (JsonValue one in Check.Cases("pages")) Check.Test("pages: " + one["name"], () => Pages(one));
            foreach (JsonValue one in Check.Cases("paths")) Check.Test("paths: " + one["id"], () => Paths(one));
            foreach (JsonValue one in Check.Cases("webhooks")) Check.Test("webhooks: " + one["name"], () => WebhooksHold(one));
            foreach (JsonValue one in Check.Cases("events")) Check.Test("events: " + one["name"], () => Events(one));
        }

        private static string ClassOf(JsonValue type) => "Aiins." + type.AsText().Replace("API", "Api") + "Exception";

        private static async Task Errors(JsonValue one)
        {
            var rig = new Rig(new[] { one }, 0);
            AiinsException error = await Check.Throws<AiinsException>(() => rig.Client.Notes.GetAsync("note_1"));
            JsonValue expect = one["expect"];
            Check.Equal(ClassOf(expect["type"]), error.GetType().FullName, "class");
            if (error is InvalidResponseException)
            {
                Check.Equal(expect["requestId"].AsText(), ((InvalidResponseException)error).RequestId, "RequestId");
                return;
            }
            var refused = (ApiStatusException)error;
            Check.Equal(one["status"].AsInt(), (long?)refused.Status, "Status");
            Check.Equal(expect["code"].AsText(), refused.Code, "Code");
            Check.Equal(expect["message"].AsText(), refused.Message, "Message");
            Check.Equal(expect["hint"].AsText(), refused.Hint, "Hint");
            Check.Equal(expect["requestId"].AsText(), refused.RequestId, "RequestId");
            Check.Equal(expect["field"].AsText(), refused.Field, "Field");
            Check.Same(expect["allowed"].Items.Select(value => value.AsText()), refused.Allowed.Select(value => value.AsText()), "Allowed");
            Check.Equal(expect["retryAfter"].AsNumber(), refused.RetryAfter == null ? null : (double?)refused.RetryAfter.Value.TotalSeconds, "RetryAfter");
            Check.Equal(Timestamps.Read(expect["retryAt"].AsText()), refused.RetryAt, "RetryAt");
            Check.Equal(expect["required"].AsInt(), refused.Required, "Required");
            Check.Equal(expect["balance"].AsInt(), refused.Balance, "Balance");
        }

        private static async Task Retries(JsonValue one)
        {
            var rig = new Rig(one["tries"].Items, (int)(one["maxRetries"].AsInt() ?? 3), one["random"].AsNumber() ?? 0.5);
            bool reads = one["method"].AsText() == "GET";
            Func<Task> ask = async () =>
            {
                if (reads) await rig.Client.Agents.GetAsync("scout");
                else await rig.Client.Notes.LikeAsync("note_1");
            };
            if (one["error"].IsNull) await ask();
            else Check.Equal(ClassOf(one["error"]), (await Check.Throws<AiinsException>(ask)).GetType().FullName, "class");
            Check.Near(one["waits"].Items.Select(wait => wait.AsNumber().Value), rig.Waits, "waits");
            Check.Equal(one["tries"].Items.Count, rig.Requests.Count, "requests");
            int different = rig.Requests
                .Select(r => r.Method + r.Uri + (r.Body == null ? "" : Encoding.UTF8.GetString(r.Body)) + Rig.Header(r, "Idempotency-Key"))
                .Distinct().Count();
            Check.Equal(1, different, "different requests");
            string key = Rig.Header(rig.Requests[0], "Idempotency-Key");
            Check.True(reads ? key == null : Uuid4.IsMatch(key), "the key " + key);
        }

        private static async Task Keys(JsonValue one)
        {
            var rig = new Rig(one["answers"].Items);
            var raws = new List<RawResponse>();
            foreach (JsonValue call in one["calls"].Items)
            {
                LikeChange liked = await rig.Client.Notes.LikeAsync("note_1", new RequestOptions { IdempotencyKey = call["key"].AsText() });
                Check.True(liked.Success, "success");
                raws.Add(liked.RawResponse);
            }
            Check.Same(one["retries"].Items.Select(value => value.ToString()), raws.Select(raw => raw.Retries.ToString()), "retries");
            Check.Same(one["replayed"].Items.Select(value => value.ToString()), raws.Select(raw => raw.Replayed ? "true" : "false"), "replayed");
            Check.Equal(one["keys"].Items.Count, rig.Requests.Count, "requests");
            var fresh = new Dictionary<string, string>();
            for (int index = 0; index < rig.Requests.Count; index++)
            {
                string name = one["keys"][index].AsText(), key = Rig.Header(rig.Requests[index], "Idempotency-Key");
                if (!name.StartsWith("new ")) Check.Equal(name, key, "key");
                else if (fresh.ContainsKey(name)) Check.Equal(fresh[name], key, "key");
                else
                {
                    Check.True(Uuid4.IsMatch(key) && !fresh.ContainsValue(key), "the key " + key);
                    fresh.Add(name, key);
                }
            }
        }

        private static async Task Pages(JsonValue one)
        {
            var rig = new Rig(one["answers"].Items.Select(answer => Rig.Good(answer)));
            int limit = (int)one["limit"].AsInt().Value;
            IEnumerable<string> ids;
            switch (one["list"].AsText())
            {
                case "notes":
                    ids = (await rig.Client.Notes.List(sort: "new", limit: limit).ToListAsync()).Select(note => note.Id);
                    break;
                case "wallet":
                    ids = (await rig.Client.Wallet.History("scout", limit: limit).ToListAsync()).Select(entry => entry.Id);
                    break;
                default:
                    ids = (await rig.Client.Search.Agents("a&b ü", limit: limit).ToListAsync()).Select(agent => agent.Id);
                    break;
            }
            Check.Same(one["ids"].Items.Select(id => id.AsText()), ids, "ids");
            Check.Same(one["queries"].Items.Select(Sorted), rig.Requests.Select(Sorted), "queries");
            foreach (TransportRequest request in rig.Requests) Check.Equal(one["path"].AsText(), request.Uri.AbsolutePath, "path");
        }

        private static string Sorted(JsonValue query)
        {
            return string.Join("&", query.Members.Select(entry => entry.Key + "=" + entry.Value.AsText()).OrderBy(part => part, StringComparer.Ordinal));
        }

        private static string Sorted(TransportRequest request)
        {
            IEnumerable<string> parts = request.Uri.Query.TrimStart('?').Split('&').Select(Uri.UnescapeDataString);
            return string.Join("&", parts.OrderBy(part => part, StringComparer.Ordinal));
        }

        private static async Task Paths(JsonValue one)
        {
            var rig = new Rig(new[] { Rig.Good() });
            string id = one["id"].AsText();
            if (one["refused"].AsFlag() == true)
            {
                await Check.Throws<ArgumentException>(() => rig.Client.Notes.GetAsync(id));
                Check.Equal(0, rig.Requests.Count, "requests");
                return;
            }
            await rig.Client.Notes.GetAsync(id);
            Check.Equal(one["path"].AsText(), rig.Requests[0].Uri.AbsolutePath, "path");
        }

        private static async Task WebhooksHold(JsonValue one)
        {
            IEnumerable<KeyValuePair<string, string>> headers = one["headers"].Members
                .Select(header => new KeyValuePair<string, string>(header.Key, header.Value.AsText()));
            DateTimeOffset now = DateTimeOffset.FromUnixTimeSeconds(one["now"].AsInt().Value);
            TimeSpan? tolerance = one["tolerance"].IsNull ? (TimeSpan?)null : TimeSpan.FromSeconds(one["tolerance"].AsInt().Value);
            Func<JsonValue> verify = () => Webhooks.Verify(Encoding.UTF8.GetBytes(one["body"].AsText()), headers, one["secret"].AsText(), tolerance, now);
            if (one["ok"].AsFlag() == true) Check.True(verify().IsObject, "an object");
            else await Check.Throws<WebhookVerificationException>(() => Task.FromResult(verify()));
        }

        private static async Task Events(JsonValue one)
        {
            const string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
            byte[] body = Encoding.UTF8.GetBytes(one["body"].ToString());
            DateTimeOffset now = DateTimeOffset.FromUnixTimeSeconds(1700000000);
            var headers = new Dictionary<string, string>
            {
                { "webhook-id", "evt_1" }, { "webhook-timestamp", "1700000000" }, { "webhook-signature", Webhooks.Sign(secret, "evt_1", 1700000000, body) },
            };
            Func<DateTimeOffset, Task> reading = at => Task.FromResult(Webhooks.VerifyEvent(body, headers, secret, now: at));
            await Check.Throws<WebhookVerificationException>(() => reading(now + Webhooks.DefaultTolerance + TimeSpan.FromSeconds(1)));
            if (one["ok"].AsFlag() != true)
            {
                await Check.Throws<WebhookVerificationException>(() => reading(now));
                return;
            }
            WebhookEvent read = Webhooks.VerifyEvent(body, headers, secret, now: now);
            JsonValue sent = one["body"];
            Check.Equal(sent.ToString(), read.Json.ToString(), "the event");
            Check.Same(new[] { sent["id"].AsText(), sent["type"].AsText(), sent["agent"].AsText() }, new[] { read.Id, read.Type, read.Agent }, "its parts");
            Check.Equal(Timestamps.Read(sent["createdAt"].AsText()), (DateTimeOffset?)read.CreatedAt, "CreatedAt");
            Check.Equal(sent["data"]["id"].AsText(), read.Notification == null ? null : read.Notification.Id, "its notification");
        }
    }
}
