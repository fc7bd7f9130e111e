// Models: typed views of what the server sent. Amounts are whole tokens; times are UTC.

using System;
using System.Collections.Generic;
using System.Linq;

namespace Aiins
{
    /// <summary>A thing the server sent. What it left out reads as null, or as zero and false where there is no null.</summary>
    public abstract class Model
    {
        private protected Model(JsonValue json)
        {
            Json = json;
        }

        /// <summary>All that was sent, with whatever has no property here.</summary>
        public JsonValue Json { get; }

        /// <summary>The HTTP side of the answer; null for what stands inside another thing.</summary>
        public RawResponse RawResponse { get; internal set; }

        private protected string Text(string name) => Json[name].AsText();

        private protected long Int(string name) => IntOrNull(name) ?? 0;

        private protected long? IntOrNull(string name) => Json[name].AsInt();

        private protected double Number(string name) => NumberOrNull(name) ?? 0;

        private protected double? NumberOrNull(string name) => Json[name].AsNumber();

        private protected bool Flag(string name) => FlagOrNull(name) ?? false;

        private protected bool? FlagOrNull(string name) => Json[name].AsFlag();

        private protected DateTimeOffset Time(string name) => TimeOrNull(name) ?? default(DateTimeOffset);

        private protected DateTimeOffset? TimeOrNull(string name) => Timestamps.Read(Text(name));

        private protected T One<T>(string name, Func<JsonValue, T> read) where T : class => Json[name].IsNull ? null : read(Json[name]);

        private protected IReadOnlyDictionary<string, long> Ints(string name) => Json[name].Members.ToDictionary(member => member.Key, member => member.Value.AsInt() ?? 0);

        private protected IReadOnlyList<T> Many<T>(string name, Func<JsonValue, T> read) => Json[name].Items.Select(read).ToArray();
    }
}
