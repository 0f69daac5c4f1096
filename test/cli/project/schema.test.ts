import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { FORMAT_NAMES } from '../../../src/cli/formats.ts';
import { checkEntry, PROJECT_KEYS } from '../../../src/cli/project/keys.ts';
import { Findings } from '../../../src/files/errors.ts';
import { root } from '../fcnet.ts';

/** The schema as the package ships it. */
const schema = JSON.parse(readFileSync(path.join(root, 'dist/project.schema.json'), 'utf8'));
const validate = new Ajv2020({ strictRequired: false, strictTypes: false, allowUnionTypes: true }).compile(
  schema,
);

function isAccepted(entry: unknown): boolean {
  const findings = new Findings();
  checkEntry(entry, [], findings.add);
  return findings.count === 0;
}

/** Values of every kind, right for some key and wrong for others. */
const VALUES: readonly unknown[] = [
  ...[
    '',
    'a',
    'nets/*.json',
    'float32',
    'missing-slope',
    'relu',
    'softmax',
    'cross-entropy',
    'hinge',
    'mean',
  ],
  ...['half', 'rows', 'in-out', 'first', 'junit', 'junit=', 'junit=a.xml', 'jso', 'dW1', 'columns'],
  ...FORMAT_NAMES,
  ...[0, 1, -1, 1.5, 17, 18, 1e-9, 2 ** 53, true, false, null],
  ...[[], [''], ['a'], ['a', 3], ['missing-slope'], ['missing-slope', 'a'], ['table', 'json=a']],
  ...[['relu', { elu: 1 }], ['relu', { tanh: 1 }], [['a']]],
  ...[{}, { a: 'b' }, { a: '' }, { a: 3 }, { fc: 'dW1' }, { fc: 'dW0' }, { elu: 0.5 }, { elu: '1' }],
  ...[{ 'leaky-relu': 1, elu: 1 }],
];

test.each([...PROJECT_KEYS, 'agianst'])(
  'the schema and fcnet think the same of %s, whatever it holds',
  (key) => {
    const judged = VALUES.map((value) => {
      const entry = { nets: 'a.json', [key]: value };
      return { value, ours: isAccepted(entry), schema: validate(entry) };
    });
    expect(judged.filter(({ ours, schema: theirs }) => ours !== theirs)).toEqual([]);
    if (key !== 'agianst') expect(judged.some(({ ours }) => ours)).toBe(true);
    expect(judged.some(({ ours }) => !ours)).toBe(true);
  },
);

test('the schema knows every key, and no other', () => {
  expect(Object.keys(schema.$defs.entry.properties).sort()).toEqual([...PROJECT_KEYS].sort());
});

test('both refuse an object without nets, and a list of none', () => {
  for (const entry of [{}, { strict: true }, 3, null]) {
    expect(validate(entry)).toBe(false);
    expect(isAccepted(entry)).toBe(false);
  }
  expect(validate([])).toBe(false);
  expect(validate([{ nets: 'a' }, { nets: ['b'] }])).toBe(true);
});
