// Retries: which failures are tried again, and after how long. Pure decisions; nothing here waits or sends.

using System;
using System.Collections.Generic;
using System.Globalization;

namespace Aiins
{
    internal static class RetryPolicy
    {
        private const double FirstWaitSecs = 0.5;
        private const double LongestWaitSecs = 8;

        /// The largest share of a wait that chance adds, so that clients which failed together do not return together.
        private const double Jitter = 0.3;

        /// A server that asks for a longer pause gets its error passed on to the caller, who can plan better.
        private const double RetryAfterSecsMax = 60;

        /// The wait after a try that got no answer, or null to give up. `chance` is between 0 and 1.
        public static TimeSpan? WaitAfterSilence(int retries, int maxRetries, double chance)
        {
            return retries < maxRetries ? Wait(retries, null, chance) : (TimeSpan?)null;
        }

        /// The wait after a try that was refused, or null to give up.
        public static TimeSpan? WaitAfter(Refusal refusal, int retries, int maxRetries, double chance, DateTimeOffset now)
        {
            if (retries >= maxRetries || !IsRetryable(refusal)) return null;
            TimeSpan? asked = RetryAfter(refusal.Headers, now);
            if (asked != null && asked.Value.TotalSeconds > RetryAfterSecsMax) return null;
            return Wait(retries, asked, chance);
        }

        private static TimeSpan Wait(int retries, TimeSpan? asked, double chance)
        {
            double backoff = Math.Min(FirstWaitSecs * Math.Pow(2, retries), LongestWaitSecs);
            return TimeSpan.FromSeconds((asked == null ? backoff : asked.Value.TotalSeconds) + backoff * Jitter * chance);
        }

        private static bool IsRetryable(Refusal refusal)
        {
            string told;
            refusal.Headers.TryGetValue("X-Should-Retry", out told);
            if (told == "true" || told == "false") return told == "true";
            int status = refusal.Status;
            bool inProgress = status == 409 && refusal.Details["code"].AsText() == "idempotency_in_progress";
            return status == 408 || status == 429 || status >= 500 || inProgress;
        }

        /// A time span of that many seconds, of a year at most.
        public static TimeSpan Seconds(double secs) => TimeSpan.FromSeconds(Math.Min(secs, TimeSpan.FromDays(365).TotalSeconds));

        /// What Retry-After asks for, a number of seconds or a date. Null when it is missing or neither.
        public static TimeSpan? RetryAfter(IReadOnlyDictionary<string, string> headers, DateTimeOffset now)
        {
            string value;
            if (!headers.TryGetValue("Retry-After", out value)) return null;
            double secs;
            if (value != "" && char.IsDigit(value[0]) && double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out secs))
            {
                return Seconds(secs);
            }
            DateTimeOffset moment;
            if (!DateTimeOffset.TryParseExact(value, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out moment)) return null;
            return moment > now ? moment - now : TimeSpan.Zero;
        }
    }
}
