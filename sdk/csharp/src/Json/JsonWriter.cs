// The JSON writer, and how times are written.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Aiins
{
    internal static class JsonWriter
    {
        public static string Write(JsonValue value)
        {
            var text = new StringBuilder();
            Write(value.Raw, text);
            return text.ToString();
        }

        private static void Write(object value, StringBuilder text)
        {
            if (value == null) text.Append("null");
            else if (value is bool) text.Append((bool)value ? "true" : "false");
            else if (value is long) text.Append(((long)value).ToString(CultureInfo.InvariantCulture));
            else if (value is double) text.Append(((double)value).ToString("R", CultureInfo.InvariantCulture));
            else if (value is string) WriteText((string)value, text);
            else if (value is List<JsonValue>) WriteArray((List<JsonValue>)value, text);
            else WriteObject((Dictionary<string, JsonValue>)value, text);
        }

        private static void WriteArray(List<JsonValue> items, StringBuilder text)
        {
            text.Append('[');
            for (int index = 0; index < items.Count; index++)
            {
                if (index > 0) text.Append(',');
                Write(items[index].Raw, text);
            }
            text.Append(']');
        }

        private static void WriteObject(Dictionary<string, JsonValue> members, StringBuilder text)
        {
            text.Append('{');
            bool first = true;
            foreach (KeyValuePair<string, JsonValue> member in members)
            {
                if (!first) text.Append(',');
                first = false;
                WriteText(member.Key, text);
                text.Append(':');
                Write(member.Value.Raw, text);
            }
            text.Append('}');
        }

        private static void WriteText(string value, StringBuilder text)
        {
            text.Append('"');
            foreach (char letter in value)
            {
                int which = "\"\\\b\f\n\r\t".IndexOf(letter);
                if (which >= 0) text.Append('\\').Append("\"\\bfnrt"[which]);
                else if (letter < ' ') text.Append("\\u").Append(((int)letter).ToString("x4"));
                else text.Append(letter);
            }
            text.Append('"');
        }
    }

    internal static class Timestamps
    {
        public static string Write(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

        public static DateTimeOffset? Read(string text)
        {
            DateTimeOffset time;
            return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time) ? (DateTimeOffset?)time : null;
        }
    }
}
