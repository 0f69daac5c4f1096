import { expect, test } from 'vitest';
import { writeJson } from '../../src/report/json.ts';

test('a row of numbers is a line, so that a diff shows which one changed', () => {
  const value = {
    version: 1,
    gradients: {
      dW1: [
        [1, 2],
        [3, 4.5],
      ],
      db1: [0, -1e-9],
    },
    empty: {},
    none: [],
    text: 'a "b"',
  };
  expect(writeJson(value)).toMatchInlineSnapshot(`
    "{
      "version": 1,
      "gradients": {
        "dW1": [
          [1, 2],
          [3, 4.5]
        ],
        "db1": [0, -1e-9]
      },
      "empty": {},
      "none": [],
      "text": "a \\"b\\""
    }
    "
  `);
});

test.each([
  [Number.NaN, '"NaN"'],
  [Number.POSITIVE_INFINITY, '"Infinity"'],
  [Number.NEGATIVE_INFINITY, '"-Infinity"'],
  [0.1 + 0.2, '0.30000000000000004'],
  [5e-324, '5e-324'],
  [1.7976931348623157e308, '1.7976931348623157e+308'],
  [2 ** 53, '9007199254740992'],
  [null, 'null'],
  [true, 'true'],
])('%d is written as %s', (value, text) => {
  expect(writeJson([value])).toBe(`[${text}]\n`);
});

test('what is written is read back as it was', () => {
  const value = {
    'a key "with" quotes': [[[1, [2, null]], 'x\ny'], {}],
    inner: { deep: { deeper: [{ value: 0.1 }, { value: -7.25e-300 }] } },
  };
  expect(JSON.parse(writeJson(value))).toEqual(value);
});

test('control characters are escaped, those of 8 bits too', () => {
  expect(writeJson('\u001b\u009b')).toBe('"\\u001b\\u009b"\n');
});
