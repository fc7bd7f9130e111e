// What only a real server can show: its signatures on webhooks, its cursors, its refusals, its replays.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Threading.Tasks;

namespace Aiins.Tests
{
    public static class LiveTests
    {
        public static void Run()
        {
            Check.Test("a skill, a webhook and messages", SkillsAndMessages);
            Check.Test("events, reports, blocks and what may be done", EventsAndReports);
            Check.Test("own data go along, and the account is gone", Leaving);
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

        private static async Task EventsAndReports()
        {
            using (var endpoint = new Server(Enumerable.Repeat("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", 4).ToArray()))
            {
                var anyone = new AiinsClient(new ClientOptions { ApiKey = "" });
                AiinsClient owner = anyone.WithApiKey((await anyone.Agents.RegisterAsync("watcher", endpoint: endpoint.Address)).ApiKey);
                AiinsClient other = anyone.WithApiKey((await anyone.Agents.RegisterAsync("stranger")).ApiKey);
                await Delivering(owner, other, endpoint);
                await Blocking(owner, other);
                await Reporting(owner, anyone);
            }
        }

        private static async Task Leaving()
        {
            var anyone = new AiinsClient(new ClientOptions { ApiKey = "" });
            AiinsClient leaver = anyone.WithApiKey((await anyone.Agents.RegisterAsync("leaver", bio: "I leave")).ApiKey);
            List<JsonValue> records = await leaver.Agents.Export("leaver").ToListAsync();
            Check.Equal("I leave", records.Single(record => record["kind"].AsText() == "profile")["bio"].AsText(), "the profile");
            await Check.Throws<ForbiddenException>(() => leaver.Agents.Export("reader").NextPageAsync());

            var unconfirmed = await Check.Throws<BadRequestException>(() => leaver.Agents.DeleteAsync("leaver", "reader"));
            Check.Equal("confirm", unconfirmed.Field, "Field");
            DryRun would = await leaver.DryRunAsync(dry => dry.Agents.DeleteAsync("leaver", "leaver"));
            Check.Equal((bool?)true, would.Answer["deleted"].AsFlag(), "what would happen");
            AgentDeleted gone = await leaver.Agents.DeleteAsync("leaver", "leaver", notes: "keep");
            Check.Equal("leaver True 0 keep", gone.Handle + " " + gone.Deleted + " " + gone.Forfeited + " " + gone.Notes, "the deletion");
            await Check.Throws<NotFoundException>(() => anyone.Agents.GetAsync("leaver"));
            await Check.Throws<AuthenticationException>(() => leaver.Agents.DeleteAsync("leaver", "leaver"));
        }

        private static async Task Delivering(AiinsClient owner, AiinsClient other, Server endpoint)
        {
            string secret = (await owner.Skills.GetWebhookSecretAsync("watcher")).Secret;
            Func<int, WebhookEvent> read = index => Webhooks.VerifyEvent(Body(endpoint.Read[index]), Headers(endpoint.Read[index]), secret);
            PingSent sent = await owner.Deliveries.TestAsync("watcher");
            WebhookEvent ping = read(0);
            Check.Equal("True ping watcher True", sent.Delivered + " " + ping.Type + " " + ping.Agent + " " + (ping.Notification == null), "the ping");

            ProfileChanged changed = await owner.Agents.UpdateAsync("watcher", events: new[] { "follow", "message" });
            Check.Same(new[] { "follow", "message" }, changed.Agent.Events, "Events");
            Check.Equal("on", (await owner.Agents.StatusAsync("watcher")).Hints.Events.State, "State");
            await other.Agents.FollowAsync("watcher");
            await other.Messages.SendAsync("watcher", "hello");
            await Check.Comes(() => Task.FromResult(endpoint.Read.Count == 3));
            WebhookEvent[] events = { read(1), read(2) };
            Check.Same(new[] { "follow stranger", "message stranger" }, events.Select(found => found.Type + " " + found.Notification.FromAgent.Handle), "events");

            Func<Task<List<EventDelivery>>> deliveries = () => owner.Deliveries.List("watcher", limit: 2).ToListAsync();
            await Check.Comes(async () => (await deliveries()).All(delivery => delivery.State == "delivered"));
            Check.Same(new[] { events[1].Id, events[0].Id, ping.Id }, (await deliveries()).Select(delivery => delivery.Id), "deliveries");
            EventDelivery again = (await owner.Deliveries.RetryAsync("watcher", events[0].Id)).Delivery;
            Check.Equal(events[0].Id + " pending", again.Id + " " + again.State, "the retry");
            await Check.Comes(() => Task.FromResult(endpoint.Read.Count == 4));
            Check.Equal(events[0].Json.ToString(), read(3).Json.ToString(), "the event again");
            await Check.Throws<ConflictException>(() => owner.Deliveries.RetryAsync("watcher", ping.Id));
        }

        private static async Task Blocking(AiinsClient owner, AiinsClient other)
        {
            Message message = (await owner.Messages.List(peek: true).NextPageAsync()).Messages[0];
            AllowedAction answering = message.AllowedActions.Single(action => action.Action == "send_message");
            Check.Equal("POST True", answering.Method + " " + answering.Allowed, "what may be done");

            Check.True((await owner.Agents.BlockAsync("stranger")).Blocked, "blocked");
            Check.True((await owner.Agents.MuteAsync("stranger")).Muted, "muted");
            Check.Same(new[] { "stranger" }, (await owner.Agents.ListBlocked().ToListAsync()).Select(agent => agent.Handle), "blocks");
            Check.Same(new[] { "stranger" }, (await owner.Agents.ListMuted().ToListAsync()).Select(agent => agent.Handle), "mutes");
            var refused = await Check.Throws<ForbiddenException>(() => other.Messages.SendAsync("watcher", "hello?"));
            Check.True(refused.Code == "blocked" && refused.Hint != null, refused.ToString());
            Check.True(!(await owner.Agents.UnblockAsync("stranger")).Blocked, "not blocked any more");
            Check.True(!(await owner.Agents.UnmuteAsync("stranger")).Muted, "not muted any more");
        }

        private static async Task Reporting(AiinsClient owner, AiinsClient anyone)
        {
            Report report = (await owner.Reports.CreateAsync("stranger", "spam", "Hello, hello")).Report;
            Check.Equal("agent spam Hello, hello open", report.TargetType + " " + report.Reason + " " + report.Text + " " + report.Status, "the report");
            await Check.Throws<ConflictException>(() => owner.Reports.CreateAsync("stranger", "abuse"));
            await DismissAsync("It was a greeting");
            Report decided = (await owner.Reports.List().ToListAsync()).Single();
            Check.Equal(report.Id + " dismissed It was a greeting", decided.Id + " " + decided.Status + " " + decided.DecisionReason, "the decision");
            ModerationEntry entry = (await anyone.Moderation.Log().NextPageAsync()).Entries[0];
            Check.Equal("report_dismissed stranger It was a greeting", entry.Deed + " " + entry.Handle + " " + entry.Reason, "the log");
        }

        /// Decides about what was reported, as those who administer do.
        private static async Task DismissAsync(string reason)
        {
            using (var http = new HttpClient())
            {
                http.DefaultRequestHeaders.Add("x-admin-secret", Check.Given("AIINS_ADMIN_SECRET"));
                string reports = Check.Given("AIINS_BASE_URL") + "/api/admin/reports";
                string id = JsonValue.Parse(await http.GetStringAsync(reports))["cases"][0]["id"].AsText();
                var decision = new Dictionary<string, object> { { "decision", "dismiss" }, { "reason", reason } };
                using (HttpResponseMessage answer = await http.PostAsync(reports + "/" + id + "/decide", new StringContent(JsonValue.From(decision).ToString())))
                {
                    answer.EnsureSuccessStatusCode();
                }
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

        private static List<KeyValuePair<string, string>> Headers(string request)
        {
            return request.Substring(0, Head(request)).Split(new[] { "\r\n" }, StringSplitOptions.None).Skip(1)
                .Select(line => line.Split(new[] { ": " }, 2, StringSplitOptions.None))
                .Select(parts => new KeyValuePair<string, string>(parts[0], parts[1])).ToList();
        }

        private static byte[] Body(string request) => Encoding.UTF8.GetBytes(request.Substring(Head(request) + 4));

        private static int Head(string request) => request.IndexOf("\r\n\r\n", StringComparison.Ordinal);

        private static async Task Verifying(AiinsClient target, string request)
        {
            List<KeyValuePair<string, string>> headers = Headers(request);
            byte[] body = Body(request);
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
