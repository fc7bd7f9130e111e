// What a client does around its calls, and against real sockets.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;

namespace Aiins.Tests
{
    public static class ClientTests
    {
        public static void Run()
        {
            Check.Test("JSON is read and written as it should", Json);
            Check.Test("what is no JSON is refused", NoJson);
            Check.Test("a key goes with every request, and an empty one with none", KeysGoAlong);
            Check.Test("an address is http, and retries are not negative", Settings);
            Check.Test("what is left out is not sent, null is, and times go in UTC", Bodies);
            Check.Test("a dry run says so, and carries no key", DryRuns);
            Check.Test("pages can be read one by one", PagesOneByOne);
            Check.Test("a malformed secret is the caller's mistake", Secrets);
            Check.Test("a caller can end a call, also while it waits to try again", Cancelling);
            Check.Test("a server that is silent is a timeout", Silent);
            Check.Test("a server that is not there is a connection error", Absent);
            Check.Test("a connection that breaks is tried again with the same key", Breaking);
            Check.Test("the path and the body arrive as they were meant", Arriving);
        }

        private static void Json()
        {
            string text = "{\"a\":[1,-2.5,1E+300,true,false,null,\"\\\"\\\\\\n\\u0001/ü🦀\"],\"b\":{}}";
            Check.Equal(text, JsonValue.Parse(text).ToString(), "round trip");
            JsonValue value = JsonValue.Parse(" { \"x\" : \"\\u00fc\\ud83e\\udd80\\/\" , \"n\" : 9007199254740993 } ");
            Check.Equal("ü🦀/", value["x"].AsText(), "escapes");
            Check.Equal((long?)9007199254740993, value["n"].AsInt(), "a large number");
            Check.True(value["x"]["y"][3]["z"].IsNull, "what is not there");
        }

        private static async Task NoJson()
        {
            foreach (string text in new[] { "", "{", "[1,]", "{\"a\"}", "{\"a\":1,}", "01", "-", "nul", "\"\n\"", "\"\\x\"", "\"\\u12\"", "[1] 2", "'a'", new string('[', 1000) })
            {
                await Check.Throws<FormatException>(() => Task.FromResult(JsonValue.Parse(text)));
            }
        }

        private static async Task KeysGoAlong()
        {
            var rig = new Rig(new[] { Rig.Good(), Rig.Good() });
            await rig.Client.Explore.GetAsync();
            await rig.Client.WithApiKey("").Explore.GetAsync();
            Check.Same(new[] { "Bearer an_key", null }, rig.Requests.Select(request => Rig.Header(request, "Authorization")), "keys");
        }

        private static async Task Settings()
        {
            foreach (string address in new[] { "ftp://aiins.cc", "aiins.cc", "file:///etc" })
            {
                await Check.Throws<ArgumentException>(() => Task.FromResult(new AiinsClient(new ClientOptions { BaseUrl = address })));
            }
            await Check.Throws<ArgumentException>(() => Task.FromResult(new AiinsClient(new ClientOptions { MaxRetries = -1 })));
        }

        private static async Task Bodies()
        {
            var rig = new Rig(Enumerable.Repeat(Rig.Good(), 5));
            await rig.Client.Agents.UpdateAsync("scout", endpoint: null);
            await rig.Client.Bounties.ConfirmAsync("bounty_1");
            await rig.Client.Notes.UnlikeAsync("note_1");
            await rig.Client.Drafts.CreateAsync("article", scheduledAt: new DateTimeOffset(2026, 4, 4, 11, 0, 0, TimeSpan.FromHours(2)));
            await rig.Client.Agents.UpdateAsync("scout", skills: new[] { new SkillInput("echo", "says it again") });
            string[] sent =
            {
                "{\"endpoint\":null}", "{}", null, "{\"templateId\":\"article\",\"scheduledAt\":\"2026-04-04T09:00:00.000Z\"}",
                "{\"skills\":[{\"name\":\"echo\",\"description\":\"says it again\"}]}",
            };
            Check.Same(sent, rig.Requests.Select(request => request.Body == null ? null : Encoding.UTF8.GetString(request.Body)), "bodies");
        }

        private static async Task DryRuns()
        {
            var rig = new Rig(new[] { JsonValue.Parse("{\"status\": 503}"), Rig.Good(), Rig.Good() });
            await rig.Client.DryRunAsync(dry => dry.Agents.TipAsync("scout", 5));
            await rig.Client.DryRunAsync(dry => dry.Series.RemoveNoteAsync("s", "n"));
            await Check.Throws<InvalidOperationException>(() => rig.Client.DryRunAsync(dry => dry.Notes.GetAsync("note_1")));
            Check.Same(new[] { "?dryRun=true", "?dryRun=true", "?noteId=n&dryRun=true" }, rig.Requests.Select(request => request.Uri.Query), "queries");
            foreach (TransportRequest request in rig.Requests) Check.Equal(null, Rig.Header(request, "Idempotency-Key"), "key");
        }

        private static async Task PagesOneByOne()
        {
            string[] answers = { "{\"notes\":[{\"id\":\"n1\"}],\"page\":1,\"limit\":1,\"hasMore\":true}", "{\"notes\":[],\"page\":2,\"limit\":1,\"hasMore\":false}" };
            var rig = new Rig(answers.Select(answer => Rig.Good(JsonValue.Parse(answer))));
            Pager<Note, NoteList> notes = rig.Client.Notes.List(limit: 1);
            Check.True(await notes.MoveNextAsync() && notes.Current.Id == "n1" && notes.Page.HasMore, "the first");
            Check.True((await notes.NextPageAsync()).Notes.Count == 0 && await notes.NextPageAsync() == null, "the second and the end");
            Check.True(!await notes.MoveNextAsync() && !await notes.MoveNextAsync(), "it stays at the end");
        }

        private static async Task Secrets()
        {
            foreach (string secret in new[] { "", "whsec_", "whsec_not base 64!" })
            {
                await Check.Throws<ArgumentException>(() => Task.FromResult(Webhooks.Sign(secret, "msg_1", 1700000000, new byte[0])));
            }
        }

        private static async Task Cancelling()
        {
            using (var server = new Server())
            using (var ender = new CancellationTokenSource(50))
            {
                Task call = new AiinsClient(new ClientOptions { BaseUrl = server.Address }).Explore.GetAsync(cancel: ender.Token);
                await Check.Throws<OperationCanceledException>(() => call);
            }
            var away = new ClientOptions { BaseUrl = Server.Nowhere(), Delay = (wait, cancel) => Task.Delay(TimeSpan.FromMinutes(1), cancel) };
            using (var ender = new CancellationTokenSource(200))
            {
                Task call = new AiinsClient(away).Explore.GetAsync(cancel: ender.Token);
                await Check.Throws<OperationCanceledException>(() => call);
            }
        }

        private static async Task Silent()
        {
            using (var server = new Server())
            {
                var client = new AiinsClient(new ClientOptions { BaseUrl = server.Address, Timeout = TimeSpan.FromMilliseconds(200), MaxRetries = 0 });
                await Check.Throws<ApiTimeoutException>(() => client.Explore.GetAsync());
            }
        }

        private static async Task Absent()
        {
            var client = new AiinsClient(new ClientOptions { BaseUrl = Server.Nowhere(), MaxRetries = 0 });
            var error = await Check.Throws<ApiConnectionException>(() => client.Explore.GetAsync());
            Check.True(!(error is ApiTimeoutException) && error.InnerException is IOException, error.ToString());
        }

        private static async Task Breaking()
        {
            using (var server = new Server("", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"))
            {
                var options = new ClientOptions { BaseUrl = server.Address, Delay = (wait, cancel) => Task.CompletedTask };
                LikeChange liked = await new AiinsClient(options).Notes.LikeAsync("note_1");
                Check.Equal(2, liked.RawResponse.Retries, "retries");
                IEnumerable<string> keys = server.Read.Select(request => Regex.Match(request, "Idempotency-Key: (.*)\r").Groups[1].Value);
                Check.True(keys.Count() == 3 && keys.Distinct().Count() == 1, string.Join(" ", keys));
            }
        }

        private static async Task Arriving()
        {
            using (var server = new Server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Request-Id: req_1\r\n\r\n{}"))
            {
                var client = new AiinsClient(new ClientOptions { BaseUrl = server.Address, ApiKey = "an_key" });
                BountyPaid paid = await client.Bounties.ConfirmAsync("a/b ü");
                Check.Equal("req_1", paid.RawResponse.RequestId, "request id");
                string read = server.Read.Single();
                Check.True(read.StartsWith("PUT /api/bounties/a%2Fb%20%C3%BC/claim HTTP/1.1\r\n"), read);
                Check.True(read.Contains("Authorization: Bearer an_key\r\n") && read.EndsWith("\r\n\r\n{}"), read);
                Check.True(!read.Contains("Expect:"), read);
            }
        }
    }
}
