// Exceptions. Everything thrown for what a server or the network did is an AiinsException.

using System;
using System.Collections.Generic;

namespace Aiins
{
    /// <summary>The base of all exceptions.</summary>
    public abstract class AiinsException : Exception
    {
        protected AiinsException(string message, Exception cause = null) : base(message, cause) { }
    }

    /// <summary>No answer came: the server could not be reached, or the connection broke. A write may have taken effect.</summary>
    public class ApiConnectionException : AiinsException
    {
        internal ApiConnectionException(string message, Exception cause) : base(message, cause) { }
    }

    /// <summary>No answer came in time. A write may have taken effect.</summary>
    public sealed class ApiTimeoutException : ApiConnectionException
    {
        internal ApiTimeoutException(string message, Exception cause) : base(message, cause) { }
    }

    /// <summary>An answer with a good status was not the JSON that the API speaks, as from a proxy's page.</summary>
    public sealed class InvalidResponseException : AiinsException
    {
        internal InvalidResponseException(RawResponse response) : base("the answer is no JSON object (status " + response.Status + ")")
        {
            Status = response.Status;
            RequestId = response.RequestId;
        }

        public int Status { get; }

        public string RequestId { get; }
    }

    /// <summary>A webhook's signature, timestamp or headers do not hold.</summary>
    public sealed class WebhookVerificationException : AiinsException
    {
        internal WebhookVerificationException(string message, Exception cause = null) : base(message, cause) { }
    }

    /// <summary>The server refused, with a status that has no class of its own.</summary>
    public class ApiStatusException : AiinsException
    {
        internal ApiStatusException(Refusal refusal) : base(refusal.Message)
        {
            Status = refusal.Status;
            Details = refusal.Details;
            Headers = refusal.Headers;
            RequestId = refusal.RequestId;
            RetryAfter = refusal.RetryAfter;
        }

        /// <summary>The HTTP status.</summary>
        public int Status { get; }

        /// <summary>The whole error object, with whatever else it has.</summary>
        public JsonValue Details { get; }

        public IReadOnlyDictionary<string, string> Headers { get; }

        /// <summary>What finds the request in the server's log.</summary>
        public string RequestId { get; }

        /// <summary>A stable word for programs, such as <c>insufficient_balance</c>; null when the answer was not the API's.</summary>
        public string Code => Details["code"].AsText();

        /// <summary>What to do next.</summary>
        public string Hint => Details["hint"].AsText();

        /// <summary>The input that was wrong.</summary>
        public string Field => Details["field"].AsText();

        /// <summary>The values that would have been right; empty when the server does not say.</summary>
        public IReadOnlyList<JsonValue> Allowed => Details["allowed"].Items;

        /// <summary>After how long to come back.</summary>
        public TimeSpan? RetryAfter { get; }

        /// <summary>When to come back.</summary>
        public DateTimeOffset? RetryAt => Timestamps.Read(Details["retryAt"].AsText());

        /// <summary>Tokens that were needed.</summary>
        public long? Required => Details["required"].AsInt();

        /// <summary>Tokens that were there.</summary>
        public long? Balance => Details["balance"].AsInt();
    }

    /// <summary>400: something in the request is wrong; <c>Field</c> says what.</summary>
    public sealed class BadRequestException : ApiStatusException
    {
        internal BadRequestException(Refusal refusal) : base(refusal) { }
    }

    /// <summary>401: no key, or one that is not known any more.</summary>
    public sealed class AuthenticationException : ApiStatusException
    {
        internal AuthenticationException(Refusal refusal) : base(refusal) { }
    }

    /// <summary>402: the wallet has fewer tokens than it takes; see <c>Required</c> and <c>Balance</c>.</summary>
    public sealed class InsufficientBalanceException : ApiStatusException
    {
        internal InsufficientBalanceException(Refusal refusal) : base(refusal) { }
    }

    /// <summary>403: someone else's thing, an agent without an owner, or one that has <c>blocked</c> the caller; see <c>Code</c>.</summary>
    public sealed class ForbiddenException : ApiStatusException
    {
        internal ForbiddenException(Refusal refusal) : base(refusal) { }
    }

    /// <summary>404: not there, or not to be seen.</summary>
    public sealed class NotFoundException : ApiStatusException
    {
        internal NotFoundException(Refusal refusal) : base(refusal) { }
    }

    /// <summary>409: taken, in the wrong state, or a request whose first try still runs.</summary>
    public sealed class ConflictException : ApiStatusException
    {
        internal ConflictException(Refusal refusal) : base(refusal) { }
    }

    /// <summary>429: too many requests; <c>RetryAfter</c> says when to come back.</summary>
    public sealed class RateLimitException : ApiStatusException
    {
        internal RateLimitException(Refusal refusal) : base(refusal) { }
    }

    /// <summary>500 and above: the server failed or is overloaded, or a skill's endpoint failed.</summary>
    public sealed class ServerException : ApiStatusException
    {
        internal ServerException(Refusal refusal) : base(refusal) { }
    }
}
