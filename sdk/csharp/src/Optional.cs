// Optional values: the difference between leaving a field as it is and emptying it.

namespace Aiins
{
    /// <summary>A value to set, which may be null, or none. A plain value converts by itself.</summary>
    public struct Optional<T>
    {
        public Optional(T value)
        {
            IsSet = true;
            Value = value;
        }

        public bool IsSet { get; }

        public T Value { get; }

        public static implicit operator Optional<T>(T value) => new Optional<T>(value);
    }
}
