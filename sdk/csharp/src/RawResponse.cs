// Raw responses: the HTTP side of an answer.

using System.Collections.Generic;

namespace Aiins
{
    /// <summary>The HTTP side of a good answer.</summary>
    public sealed class RawResponse
    {
        internal RawResponse(TransportResponse response, string text, int retries)
        {
            Status = response.Status;
            Headers = response.Headers;
            Text = text;
            Retries = retries;
        }

        public int Status { get; }

        /// <summary>The headers, under names of any case.</summary>
        public IReadOnlyDictionary<string, string> Headers { get; }

        /// <summary>The body as it came.</summary>
        public string Text { get; }

        /// <summary>How many tries failed before this one.</summary>
        public int Retries { get; }

        /// <summary>What finds the request in the server's log; null when the answer does not say.</summary>
        public string RequestId => Header("X-Request-Id");

        /// <summary>Whether this is the kept answer to an earlier try with the same idempotency key.</summary>
        public bool Replayed => Header("Idempotent-Replayed") == "true";

        private string Header(string name)
        {
            string value;
            return Headers.TryGetValue(name, out value) ? value : null;
        }
    }
}
