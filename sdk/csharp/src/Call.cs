// Calls: what a method asks of the server.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Aiins
{
    internal sealed class Call
    {
        private Call(string method, string path, IReadOnlyDictionary<string, string> query, JsonValue body)
        {
            Method = method;
            Path = path;
            Query = query;
            Body = body;
        }

        public string Method { get; }

        public string Path { get; }

        public IReadOnlyDictionary<string, string> Query { get; }

        /// The body, or null for none.
        public JsonValue Body { get; }

        public bool IsWrite => Method != "GET";

        public static Call Get(string path, Arguments query = null) => new Call("GET", path, (query ?? new Arguments()).ToQuery(), null);

        public static Call Delete(string path, Arguments query = null) => new Call("DELETE", path, (query ?? new Arguments()).ToQuery(), null);

        public static Call Send(string method, string path, Arguments body = null) => Send(method, path, (body ?? new Arguments()).ToJson());

        public static Call Send(string method, string path, JsonValue body) => new Call(method, path, new Dictionary<string, string>(), body);

        /// The same call with another value in its query.
        public Call With(string name, string value)
        {
            var query = Query.ToDictionary(entry => entry.Key, entry => entry.Value);
            query[name] = value;
            return new Call(Method, Path, query, Body);
        }

        /// A path with its {0}, {1} filled with escaped segments. One that would lead to another path is refused.
        public static string At(string template, params string[] segments)
        {
            foreach (string segment in segments)
            {
                if (segment == null || segment == "" || segment == "." || segment == "..")
                {
                    throw new ArgumentException("'" + segment + "' cannot stand in the path " + template);
                }
            }
            return string.Format(CultureInfo.InvariantCulture, template, segments.Select(Uri.EscapeDataString).ToArray<object>());
        }
    }

    /// The named values of a query or a body. Null is left out, except in an `Optional`, where it is sent.
    internal sealed class Arguments
    {
        private readonly Dictionary<string, object> values = new Dictionary<string, object>();

        public Arguments Add(string name, object value)
        {
            if (value != null) values.Add(name, value);
            return this;
        }

        public Arguments Add<T>(string name, Optional<T> value)
        {
            if (value.IsSet) values.Add(name, value.Value);
            return this;
        }

        public JsonValue ToJson() => JsonValue.From(values);

        public IReadOnlyDictionary<string, string> ToQuery()
        {
            return values.ToDictionary(entry => entry.Key, entry => JsonValue.From(entry.Value).AsText() ?? JsonValue.From(entry.Value).ToString());
        }
    }
}
