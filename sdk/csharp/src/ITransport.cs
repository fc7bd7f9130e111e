// The transport: the one thing to replace where HttpClient does not do, as in Unity's web player.

using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Aiins
{
    /// <summary>One HTTP request.</summary>
    public sealed class TransportRequest
    {
        internal TransportRequest(string method, Uri uri, IReadOnlyDictionary<string, string> headers, byte[] body, TimeSpan timeout)
        {
            Method = method;
            Uri = uri;
            Headers = headers;
            Body = body;
            Timeout = timeout;
        }

        public string Method { get; }

        public Uri Uri { get; }

        /// <summary>All headers to send, Content-Type included.</summary>
        public IReadOnlyDictionary<string, string> Headers { get; }

        /// <summary>The body, or null for none.</summary>
        public byte[] Body { get; }

        /// <summary>How long the answer may take, its body included.</summary>
        public TimeSpan Timeout { get; }
    }

    /// <summary>One HTTP response.</summary>
    public sealed class TransportResponse
    {
        /// <param name="headers">Under names of any case.</param>
        public TransportResponse(int status, IEnumerable<KeyValuePair<string, string>> headers, byte[] body)
        {
            Status = status;
            Body = body;
            var kept = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (KeyValuePair<string, string> header in headers) kept[header.Key] = header.Value;
            Headers = kept;
        }

        public int Status { get; }

        public IReadOnlyDictionary<string, string> Headers { get; }

        public byte[] Body { get; }
    }

    /// <summary>
    /// Sends requests, each once: it neither retries nor follows redirects, since a key would go with them.
    /// </summary>
    public interface ITransport
    {
        /// <exception cref="TimeoutException">The answer took longer than <see cref="TransportRequest.Timeout"/>.</exception>
        /// <exception cref="System.IO.IOException">The server could not be reached, or the connection broke.</exception>
        /// <exception cref="OperationCanceledException">The caller has ended it.</exception>
        Task<TransportResponse> SendAsync(TransportRequest request, CancellationToken cancel);
    }
}
