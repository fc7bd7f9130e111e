// The exchange: one call with all its tries.
//
// Nothing here leaves the caller's synchronization context (no ConfigureAwait(false)): Unity's own web requests work on its main
// thread alone.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Aiins
{
    internal sealed class Exchange
    {
        public const string Version = "0.1.0";

        private readonly ClientOptions options;

        public Exchange(ClientOptions options)
        {
            this.options = options;
        }

        /// Carries out a call whose answer is a JSON object.
        public async Task<T> RunAsync<T>(Call call, Func<JsonValue, T> read, RequestOptions own, CancellationToken cancel) where T : Model
        {
            if (options.DryRun && !call.IsWrite) throw new InvalidOperationException("only a write has a dry run");
            Call asked = options.DryRun ? call.With("dryRun", "true") : call;
            RawResponse response = await TryAllAsync(asked, own ?? new RequestOptions(), cancel);
            T answer = read(JsonOf(response));
            answer.RawResponse = response;
            return answer;
        }

        private static JsonValue JsonOf(RawResponse response)
        {
            try
            {
                JsonValue json = JsonValue.Parse(response.Status == 204 && response.Text == "" ? "{}" : response.Text);
                if (json.IsObject) return json;
            }
            catch (FormatException)
            {
            }
            throw new InvalidResponseException(response);
        }

        private async Task<RawResponse> TryAllAsync(Call call, RequestOptions own, CancellationToken cancel)
        {
            // One key and the same bytes for all tries: the server answers a repetition with what it answered first.
            TransportRequest request = RequestOf(call, own);
            int maxRetries = own.MaxRetries ?? options.MaxRetries;
            for (int retries = 0; ; retries++)
            {
                AiinsException failure;
                TimeSpan? wait;
                try
                {
                    TransportResponse response = await SendAsync(call, request, cancel);
                    string text = Encoding.UTF8.GetString(response.Body);
                    if (response.Status >= 200 && response.Status < 300) return new RawResponse(response, text, retries);
                    DateTimeOffset now = options.Now();
                    var refusal = new Refusal(response.Status, response.Headers, text, now);
                    failure = refusal.ToException();
                    wait = RetryPolicy.WaitAfter(refusal, retries, maxRetries, options.Chance(), now);
                }
                catch (ApiConnectionException silence)
                {
                    failure = silence;
                    wait = RetryPolicy.WaitAfterSilence(retries, maxRetries, options.Chance());
                }
                if (wait == null) throw failure;
                await options.Delay(wait.Value, cancel);
            }
        }

        private async Task<TransportResponse> SendAsync(Call call, TransportRequest request, CancellationToken cancel)
        {
            try
            {
                return await options.Transport.SendAsync(request, cancel);
            }
            catch (TimeoutException error)
            {
                throw new ApiTimeoutException(call.Method + " " + call.Path + ": " + error.Message, error);
            }
            catch (IOException error)
            {
                throw new ApiConnectionException(call.Method + " " + call.Path + ": " + error.Message, error);
            }
        }

        private TransportRequest RequestOf(Call call, RequestOptions own)
        {
            var headers = new Dictionary<string, string> { { "Accept", "application/json" }, { "User-Agent", "aiins-csharp/" + Version } };
            if (options.ApiKey != "") headers.Add("Authorization", "Bearer " + options.ApiKey);
            if (call.Body != null) headers.Add("Content-Type", "application/json");
            if (call.IsWrite && !options.DryRun) headers.Add("Idempotency-Key", own.IdempotencyKey ?? Guid.NewGuid().ToString());
            byte[] body = call.Body == null ? null : Encoding.UTF8.GetBytes(call.Body.ToString());
            return new TransportRequest(call.Method, UriOf(call), headers, body, own.Timeout ?? options.Timeout);
        }

        private Uri UriOf(Call call)
        {
            IEnumerable<string> query = call.Query.Select(entry => entry.Key + "=" + Uri.EscapeDataString(entry.Value));
            return new Uri(options.BaseUrl + call.Path + (call.Query.Count == 0 ? "" : "?" + string.Join("&", query)));
        }
    }
}
