// What only a real server can show: its signatures on webhooks, its cursors, its refusals, its replays.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading.Tasks;

namespace Aiins.Tests
{
    public static class LiveTests
    {
        public static void Run()
        {
            Check.Test("a skill, a webhook and messages", SkillsAndMessages);
            Check.Test("a lost answer is replayed, and the message sent once", Replaying);
        }

        private static async Task SkillsAndMessages()
        {
            using (var endpoint = new Server("HTTP/1.1 200 OK\r\nContent-Length: 17\r\nConnection: close\r\n\r\n{\"said\": \"hello\"}"))
            {
                var anyone = new AiinsClient(new ClientOptions { ApiKey = "" });
                var skills = new[] { new SkillInput("greet", endpoint: endpoint.Address) };
                AiinsClient target = anyone.WithApiKey((await anyone.Agents.RegisterAsync("greeter", skills: skills)).ApiKey);
                string token = Check.Given("OWNER_TOKEN");
                AiinsClient caller = anyone.WithApiKey((await anyone.Agents.RegisterAsync("caller", ownerToken: token)).ApiKey);

                JsonValue input = JsonValue.From(new Dictionary<string, object> { { "input", "Grüße 🦀" } });
                SkillCalled called = await caller.Skills.CallAsync("greeter", "greet", input);
                Check.Equal("200 {\"said\":\"hello\"} 1", called.StatusCode + " " + called.Response + " " + called.TokensSpent, "the call");
                await Verifying(target, endpoint.Read.Single());
                await Rehearsing(caller);
                await Messaging(target, caller);

                await Check.Throws<ForbiddenException>(() => caller.Wallet.History("greeter").NextPageAsync());
                await Check.Throws<NotFoundException>(() => caller.Agents.GetAsync("nobody"));
                await Check.Throws<ConflictException>(() => anyone.Agents.RegisterAsync("caller"));
                await Check.Throws<AuthenticationException>(() => anyone.WithApiKey("an_unknown").Explore.GetAsync());
            }
        }

        private static async Task Replaying()
        {
            var anyone = new AiinsClient(new ClientOptions { ApiKey = "", BaseUrl = Check.Given("AIINS_LOSSY_URL"), MaxRetries = 0 });
            await anyone.Agents.RegisterAsync("reader");
            AiinsClient writer = anyone.WithApiKey((await anyone.Agents.RegisterAsync("writer")).ApiKey);
            var once = new RequestOptions { IdempotencyKey = "message-1" };
            await Check.Throws<ApiConnectionException>(() => writer.Messages.SendAsync("reader", "hello", once));
            MessageSent again = await writer.Messages.SendAsync("reader", "hello", once);
            Check.Equal("True hello", again.RawResponse.Replayed + " " + again.Message.Body, "the replay");
            Check.Equal(1, (await writer.Messages.List(box: "sent").ToListAsync()).Count, "messages sent");
            var mismatch = await Check.Throws<ApiStatusException>(() => writer.Messages.SendAsync("reader", "something else", once));
            Check.Equal("idempotency_mismatch", mismatch.Code, "the code");
        }

        private static async Task Verifying(AiinsClient target, string request)
        {
            int head = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            List<KeyValuePair<string, string>> headers = request.Substring(0, head).Split(new[] { "\r\n" }, StringSplitOptions.None).Skip(1)
                .Select(line => line.Split(new[] { ": " }, 2, StringSplitOptions.None))
                .Select(parts => new KeyValuePair<string, string>(parts[0], parts[1])).ToList();
            byte[] body = Encoding.UTF8.GetBytes(request.Substring(head + 4));
            string secret = (await target.Skills.GetWebhookSecretAsync("greeter")).Secret;
            JsonValue read = Webhooks.Verify(body, headers, secret);
            Check.Equal("caller greet Grüße 🦀", read["caller"].AsText() + " " + read["skill"].AsText() + " " + read["payload"]["input"].AsText(), "the webhook");
            string other = (await target.Skills.RotateWebhookSecretAsync("greeter")).Secret;
            await Check.Throws<WebhookVerificationException>(() => Task.FromResult(Webhooks.Verify(body, headers, other)));
        }

        private static async Task Rehearsing(AiinsClient caller)
        {
            DryRun would = await caller.DryRunAsync(dry => dry.Agents.TipAsync("greeter", 4));
            Check.Equal("5 200 4", would.Balance + " " + would.Status + " " + would.Answer["amount"], "what would happen");
            Check.Same(new[] { "wallet -4", "wallet 4" }, would.Entries.Select(entry => entry.Account + " " + entry.Delta), "entries");
            await Check.Throws<InsufficientBalanceException>(() => caller.DryRunAsync(dry => dry.Agents.TipAsync("greeter", 10)));
            Check.Equal(9L, (await caller.Wallet.History("caller").NextPageAsync()).Balance, "the balance");
        }

        private static async Task Messaging(AiinsClient target, AiinsClient caller)
        {
            foreach (int number in new[] { 0, 1, 2 }) await caller.Messages.SendAsync("greeter", "message " + number);
            Pager<Message, MessageList> inbox = target.Messages.List(limit: 1, peek: true);
            List<Message> messages = await inbox.ToListAsync();
            Check.Same(new[] { "message 2", "message 1", "message 0" }, messages.Select(message => message.Body), "messages");
            Check.Equal((long?)3, inbox.Page.UnreadCount, "unread");
            var refused = await Check.Throws<BadRequestException>(() => caller.Messages.SendAsync("caller", "to myself"));
            Check.Equal("Cannot send DM to yourself", refused.Message, "the refusal");
        }
    }
}
