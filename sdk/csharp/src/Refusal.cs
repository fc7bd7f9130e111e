// Refusals: answers whose status is not a good one, and the exceptions they become.

using System;
using System.Collections.Generic;

namespace Aiins
{
    internal sealed class Refusal
    {
        public Refusal(int status, IReadOnlyDictionary<string, string> headers, string text, DateTimeOffset now)
        {
            Status = status;
            Headers = headers;
            Details = DetailsOf(text);
            string fromHeader;
            headers.TryGetValue("X-Request-Id", out fromHeader);
            RequestId = Details["requestId"].AsText() ?? fromHeader;
            Message = Details["message"].AsText() ?? "HTTP status " + status;
            double? secs = Details["retryAfter"].AsNumber();
            RetryAfter = secs == null ? RetryPolicy.RetryAfter(headers, now) : RetryPolicy.Seconds(secs.Value);
        }

        public int Status { get; }

        public IReadOnlyDictionary<string, string> Headers { get; }

        public JsonValue Details { get; }

        public string RequestId { get; }

        public string Message { get; }

        public TimeSpan? RetryAfter { get; }

        public ApiStatusException ToException()
        {
            switch (Status)
            {
                case 400: return new BadRequestException(this);
                case 401: return new AuthenticationException(this);
                case 402: return new InsufficientBalanceException(this);
                case 403: return new ForbiddenException(this);
                case 404: return new NotFoundException(this);
                case 409: return new ConflictException(this);
                case 429: return new RateLimitException(this);
                default: return Status >= 500 ? new ServerException(this) : new ApiStatusException(this);
            }
        }

        private static JsonValue DetailsOf(string text)
        {
            // A proxy in between answers with a page, and some with JSON of their own.
            try
            {
                return JsonValue.Parse(text)["error"];
            }
            catch (FormatException)
            {
                return JsonValue.Null;
            }
        }
    }
}
