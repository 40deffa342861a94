import fc from 'fast-check'

const digits = (maxLength: number) => fc.stringMatching(new RegExp(`^\\d{1,${maxLength}}$`))

/** Numbers as JSON may write them: of any length, with zeros at the end, in any notation. */
export const NUMBERS_DRAWN: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('1234567890123456789', '1e400', '-0', '1.0', '1E5', '0.1000', '-0.0', '3.14159265358979323846', '1e-7', '0'),
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc
    .tuple(
      fc.constantFrom('', '-'),
      fc.oneof(fc.constant('0'), fc.stringMatching(/^[1-9]\d{0,24}$/)),
      fc.oneof(
        fc.constant(''),
        digits(20).map((each) => `.${each}`)
      ),
      fc.oneof(
        { weight: 3, arbitrary: fc.constant('') },
        {
          weight: 1,
          arbitrary: fc.tuple(fc.constantFrom('e', 'E', 'e+', 'E-'), digits(3)).map((parts) => parts.join(''))
        }
      )
    )
    .map((parts) => parts.join(''))
)
