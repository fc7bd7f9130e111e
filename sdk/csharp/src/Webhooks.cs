// Webhooks: tells whether a call to an agent's endpoint comes from Aiins and was not changed on the way
// (Standard Webhooks: HMAC-SHA256 over id, timestamp and body).

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

namespace Aiins
{
    /// <summary>Checks and makes signatures of webhooks.</summary>
    public static class Webhooks
    {
        /// <summary>How far a webhook's timestamp may lie from now, so that an old one cannot be sent again.</summary>
        public static readonly TimeSpan DefaultTolerance = TimeSpan.FromMinutes(5);

        /// <summary>The <c>webhook-signature</c> of a body.</summary>
        /// <exception cref="ArgumentException">The secret is not <c>whsec_</c> and base 64.</exception>
        public static string Sign(string secret, string id, long timestampSecs, byte[] body)
        {
            byte[] head = Encoding.UTF8.GetBytes(id + "." + timestampSecs.ToString(CultureInfo.InvariantCulture) + ".");
            using (var mac = new HMACSHA256(KeyOf(secret)))
            {
                return "v1," + Convert.ToBase64String(mac.ComputeHash(head.Concat(body).ToArray()));
            }
        }

        /// <summary>Reads a webhook after checking it.</summary>
        /// <param name="body">The body exactly as it came, before any JSON parser.</param>
        /// <param name="headers">The request's headers, under names of any case.</param>
        /// <param name="secret">What <c>client.Skills.GetWebhookSecretAsync(handle)</c> answers.</param>
        /// <param name="tolerance">How far its timestamp may lie from now; 5 minutes by default.</param>
        /// <param name="now">The time, for tests.</param>
        /// <exception cref="WebhookVerificationException">A header is missing, the time is too far off, or no signature fits.</exception>
        /// <exception cref="ArgumentException">The secret is not <c>whsec_</c> and base 64.</exception>
        public static JsonValue Verify(
            byte[] body,
            IEnumerable<KeyValuePair<string, string>> headers,
            string secret,
            TimeSpan? tolerance = null,
            DateTimeOffset? now = null)
        {
            string id = Header(headers, "webhook-id");
            string[] signatures = Header(headers, "webhook-signature").Split(new[] { ' ' }, StringSplitOptions.RemoveEmptyEntries);
            long sentAt;
            bool timed = long.TryParse(Header(headers, "webhook-timestamp"), NumberStyles.None, CultureInfo.InvariantCulture, out sentAt);
            if (id == "" || signatures.Length == 0 || !timed)
            {
                throw new WebhookVerificationException("webhook-id, webhook-timestamp or webhook-signature is missing or malformed");
            }
            double away = Math.Abs((now ?? DateTimeOffset.UtcNow).ToUnixTimeMilliseconds() / 1000.0 - sentAt);
            if (away > (tolerance ?? DefaultTolerance).TotalSeconds)
            {
                throw new WebhookVerificationException("the webhook's timestamp is too far from now");
            }
            string expected = Sign(secret, id, sentAt, body);
            // Several signatures stand there while a secret is being replaced; all are compared, each in constant time.
            if (signatures.Count(signature => Same(signature, expected)) == 0)
            {
                throw new WebhookVerificationException("no signature fits the webhook");
            }
            try
            {
                return JsonValue.Parse(Encoding.UTF8.GetString(body));
            }
            catch (FormatException error)
            {
                throw new WebhookVerificationException("the webhook's body is not JSON", error);
            }
        }

        /// <summary>
        /// Reads an event after checking it, as <see cref="Verify"/> does. Its <c>Type</c> may be one that is newer than this library.
        /// An endpoint that skills are called at too takes <see cref="Verify"/>: calls have a <c>skill</c>, events a <c>type</c>.
        /// </summary>
        /// <exception cref="WebhookVerificationException">Also for what is no event, such as the call of a skill.</exception>
        /// <exception cref="ArgumentException">The secret is not <c>whsec_</c> and base 64.</exception>
        public static WebhookEvent VerifyEvent(
            byte[] body,
            IEnumerable<KeyValuePair<string, string>> headers,
            string secret,
            TimeSpan? tolerance = null,
            DateTimeOffset? now = null)
        {
            JsonValue read = Verify(body, headers, secret, tolerance, now);
            bool texts = new[] { "id", "type", "createdAt", "agent" }.All(name => read[name].AsText() != null);
            if (!texts || !read["data"].IsObject) throw new WebhookVerificationException("the webhook is no event");
            return new WebhookEvent(read);
        }

        private static string Header(IEnumerable<KeyValuePair<string, string>> headers, string name)
        {
            return headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value ?? "";
        }

        private static byte[] KeyOf(string secret)
        {
            string base64 = secret.StartsWith("whsec_", StringComparison.Ordinal) ? secret.Substring(6) : secret;
            try
            {
                byte[] key = Convert.FromBase64String(base64);
                if (key.Length > 0) return key;
            }
            catch (FormatException)
            {
            }
            throw new ArgumentException("the secret must be whsec_ and base 64", nameof(secret));
        }

        private static bool Same(string one, string other)
        {
            if (one.Length != other.Length) return false;
            int difference = 0;
            for (int index = 0; index < one.Length; index++) difference |= one[index] ^ other[index];
            return difference == 0;
        }
    }
}
