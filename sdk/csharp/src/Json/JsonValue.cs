// JSON values: small and without reflection, so that ahead-of-time compilers (IL2CPP) can take it.

using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;

namespace Aiins
{
    /// <summary>A JSON value. What is not there reads as null, so that chains of indexers need no checks.</summary>
    public sealed class JsonValue
    {
        /// <summary>The JSON null.</summary>
        public static readonly JsonValue Null = new JsonValue(null);

        private static readonly JsonValue[] NoItems = new JsonValue[0];
        private static readonly Dictionary<string, JsonValue> NoMembers = new Dictionary<string, JsonValue>();

        // null, bool, long, double, string, List<JsonValue> or Dictionary<string, JsonValue>.
        private readonly object value;

        internal JsonValue(object value)
        {
            this.value = value;
        }

        public bool IsNull => value == null;
        public bool IsObject => value is Dictionary<string, JsonValue>;
        public bool IsArray => value is List<JsonValue>;

        /// <summary>The items of an array; none for what is no array.</summary>
        public IReadOnlyList<JsonValue> Items => value as List<JsonValue> ?? (IReadOnlyList<JsonValue>)NoItems;

        /// <summary>The members of an object; none for what is no object.</summary>
        public IReadOnlyDictionary<string, JsonValue> Members => value as Dictionary<string, JsonValue> ?? NoMembers;

        /// <summary>A member; null when there is none.</summary>
        public JsonValue this[string name]
        {
            get
            {
                JsonValue found;
                return Members.TryGetValue(name, out found) ? found : Null;
            }
        }

        /// <summary>An item; null when there is none.</summary>
        public JsonValue this[int index] => index >= 0 && index < Items.Count ? Items[index] : Null;

        /// <summary>The text, or null for what is no text.</summary>
        public string AsText() => value as string;

        /// <summary>The whole number, or null for what is no number.</summary>
        public long? AsInt()
        {
            if (value is long) return (long)value;
            return value is double && Math.Abs((double)value) < 9e15 ? (long?)(double)value : null;
        }

        /// <summary>The number, or null for what is none.</summary>
        public double? AsNumber()
        {
            if (value is long) return (long)value;
            return value is double ? (double?)value : null;
        }

        /// <summary>The truth value, or null for what is none.</summary>
        public bool? AsFlag() => value is bool ? (bool?)value : null;

        /// <summary>The JSON text.</summary>
        public override string ToString() => JsonWriter.Write(this);

        internal object Raw => value;

        /// <summary>Reads JSON.</summary>
        /// <exception cref="FormatException">The text is no JSON.</exception>
        public static JsonValue Parse(string text) => JsonReader.Read(text);

        /// <summary>Makes JSON of null, texts, truth values, numbers, times, dictionaries with texts for keys, and lists of these.</summary>
        /// <exception cref="ArgumentException">Something of another type.</exception>
        public static JsonValue From(object source)
        {
            if (source == null) return Null;
            if (source is JsonValue) return (JsonValue)source;
            if (source is string || source is bool || source is long) return new JsonValue(source);
            if (source is int) return new JsonValue((long)(int)source);
            if (source is float) return FromNumber((float)source);
            if (source is double) return FromNumber((double)source);
            if (source is DateTimeOffset) return new JsonValue(Timestamps.Write((DateTimeOffset)source));
            if (source is IDictionary) return FromDictionary((IDictionary)source);
            if (source is IEnumerable) return FromList((IEnumerable)source);
            throw new ArgumentException("cannot make JSON of a " + source.GetType().Name);
        }

        private static JsonValue FromNumber(double number)
        {
            if (double.IsNaN(number) || double.IsInfinity(number)) throw new ArgumentException("JSON has no " + number.ToString(CultureInfo.InvariantCulture));
            return new JsonValue(number);
        }

        private static JsonValue FromDictionary(IDictionary source)
        {
            var members = new Dictionary<string, JsonValue>();
            foreach (DictionaryEntry entry in source) members.Add((string)entry.Key, From(entry.Value));
            return new JsonValue(members);
        }

        private static JsonValue FromList(IEnumerable source)
        {
            var items = new List<JsonValue>();
            foreach (object item in source) items.Add(From(item));
            return new JsonValue(items);
        }
    }
}
