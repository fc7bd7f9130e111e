// The JSON reader: strict, and bounded in depth.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Aiins
{
    internal sealed class JsonReader
    {
        private const int DepthMax = 200;

        private readonly string text;
        private int at;
        private int depth;

        private JsonReader(string text)
        {
            this.text = text;
        }

        public static JsonValue Read(string text)
        {
            var reader = new JsonReader(text);
            JsonValue value = reader.ReadValue();
            reader.SkipSpace();
            if (reader.at != text.Length) throw reader.Wrong();
            return value;
        }

        private FormatException Wrong() => new FormatException("no JSON at character " + at);

        private void SkipSpace()
        {
            while (at < text.Length && " \t\r\n".IndexOf(text[at]) >= 0) at++;
        }

        private char Peek()
        {
            SkipSpace();
            if (at >= text.Length) throw Wrong();
            return text[at];
        }

        private bool Take(char expected)
        {
            if (Peek() != expected) return false;
            at++;
            return true;
        }

        private void Demand(char expected)
        {
            if (!Take(expected)) throw Wrong();
        }

        private JsonValue ReadValue()
        {
            switch (Peek())
            {
                case '{': return Nested(ReadObject);
                case '[': return Nested(ReadArray);
                case '"': return new JsonValue(ReadText());
                case 't': return Word("true", new JsonValue(true));
                case 'f': return Word("false", new JsonValue(false));
                case 'n': return Word("null", JsonValue.Null);
                default: return ReadNumber();
            }
        }

        private JsonValue Nested(Func<JsonValue> read)
        {
            if (++depth > DepthMax) throw Wrong();
            at++;
            JsonValue value = read();
            depth--;
            return value;
        }

        private JsonValue Word(string word, JsonValue value)
        {
            if (string.CompareOrdinal(text, at, word, 0, word.Length) != 0) throw Wrong();
            at += word.Length;
            return value;
        }

        private JsonValue ReadObject()
        {
            var members = new Dictionary<string, JsonValue>();
            if (Take('}')) return new JsonValue(members);
            do
            {
                if (Peek() != '"') throw Wrong();
                string name = ReadText();
                Demand(':');
                members[name] = ReadValue();
            }
            while (Take(','));
            Demand('}');
            return new JsonValue(members);
        }

        private JsonValue ReadArray()
        {
            var items = new List<JsonValue>();
            if (Take(']')) return new JsonValue(items);
            do items.Add(ReadValue());
            while (Take(','));
            Demand(']');
            return new JsonValue(items);
        }

        private string ReadText()
        {
            var read = new StringBuilder();
            for (at++; at < text.Length && text[at] != '"'; at++)
            {
                if (text[at] < ' ') throw Wrong();
                read.Append(text[at] == '\\' ? ReadEscape() : text[at]);
            }
            if (at >= text.Length) throw Wrong();
            at++;
            return read.ToString();
        }

        private char ReadEscape()
        {
            at++;
            if (at >= text.Length) throw Wrong();
            int which = "\"\\/bfnrt".IndexOf(text[at]);
            if (which >= 0) return "\"\\/\b\f\n\r\t"[which];
            int code = 0;
            if (text[at] != 'u' || at + 4 >= text.Length) throw Wrong();
            for (int digit = 0; digit < 4; digit++)
            {
                int value = "0123456789abcdef".IndexOf(char.ToLowerInvariant(text[++at]));
                if (value < 0) throw Wrong();
                code = code * 16 + value;
            }
            return (char)code;
        }

        private JsonValue ReadNumber()
        {
            int start = at;
            while (at < text.Length && "+-.0123456789eE".IndexOf(text[at]) >= 0) at++;
            string number = text.Substring(start, at - start);
            string digits = number.TrimStart('-');
            bool shaped = digits.Length > 0 && char.IsDigit(digits[0]) && (digits[0] != '0' || digits.Length == 1 || !char.IsDigit(digits[1]));
            long whole;
            double real;
            const NumberStyles Real = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
            if (shaped && long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out whole)) return new JsonValue(whole);
            if (shaped && double.TryParse(number, Real, CultureInfo.InvariantCulture, out real)) return new JsonValue(real);
            at = start;
            throw Wrong();
        }
    }
}
