// The transport over HttpClient.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading;
using System.Threading.Tasks;

namespace Aiins
{
    /// <summary>Sends over an <see cref="HttpClient"/>. Keep one for the life of the program; it holds the connections.</summary>
    public sealed class HttpClientTransport : ITransport, IDisposable
    {
        private readonly HttpClient http;

        public HttpClientTransport()
            : this(new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }))
        {
        }

        /// <param name="http">A client of one's own, for proxies and the like. It must not follow redirects.</param>
        public HttpClientTransport(HttpClient http)
        {
            this.http = http;
            // Each request brings its own.
            http.Timeout = System.Threading.Timeout.InfiniteTimeSpan;
        }

        public async Task<TransportResponse> SendAsync(TransportRequest request, CancellationToken cancel)
        {
            using (var timer = CancellationTokenSource.CreateLinkedTokenSource(cancel))
            using (HttpRequestMessage message = Message(request))
            {
                timer.CancelAfter(request.Timeout);
                try
                {
                    using (HttpResponseMessage response = await http.SendAsync(message, HttpCompletionOption.ResponseContentRead, timer.Token))
                    {
                        byte[] body = response.Content == null ? new byte[0] : await response.Content.ReadAsByteArrayAsync();
                        return new TransportResponse((int)response.StatusCode, Headers(response), body);
                    }
                }
                catch (Exception) when (cancel.IsCancellationRequested)
                {
                    throw new OperationCanceledException(cancel);
                }
                catch (Exception error) when (timer.IsCancellationRequested)
                {
                    throw new TimeoutException("no answer within " + request.Timeout, error);
                }
                // What HttpClient throws for a broken connection differs between its versions.
                catch (Exception error) when (!(error is IOException || error is OutOfMemoryException))
                {
                    throw new IOException((error.InnerException ?? error).Message, error);
                }
            }
        }

        public void Dispose() => http.Dispose();

        private static HttpRequestMessage Message(TransportRequest request)
        {
            var message = new HttpRequestMessage(new HttpMethod(request.Method), request.Uri);
            message.Headers.ExpectContinue = false;
            if (request.Body != null) message.Content = new ByteArrayContent(request.Body);
            foreach (KeyValuePair<string, string> header in request.Headers)
            {
                if (header.Key == "Content-Type") message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(header.Value);
                else message.Headers.TryAddWithoutValidation(header.Key, header.Value);
            }
            return message;
        }

        private static IEnumerable<KeyValuePair<string, string>> Headers(HttpResponseMessage response)
        {
            IEnumerable<KeyValuePair<string, IEnumerable<string>>> all = response.Headers;
            return (response.Content == null ? all : all.Concat(response.Content.Headers))
                .Select(header => new KeyValuePair<string, string>(header.Key, string.Join(", ", header.Value)));
        }
    }
}
