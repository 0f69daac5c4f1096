import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { isArrayKey } from '../../src/config/schema.ts';
import { checkSetting } from '../../src/config/settings.ts';
import { parseConfig } from '../../src/index.ts';
import { FIXTURES, fixture, type Json, root, run, TINY } from './fcnet.ts';

const NAMES = ['config', 'reference', 'project', 'result'];

const schemaOf = (name: string): Json => JSON.parse(readFileSync(`${root}dist/${name}.schema.json`, 'utf8'));
const validatorOf = (name: string) =>
  new Ajv2020({ strictRequired: false, strictTypes: false, allowUnionTypes: true }).compile(schemaOf(name));

describe('schema', () => {
  test.each(NAMES)('prints that of a %s, as the package has it', async (name) => {
    const { code, stdout, stderr } = await run(['schema', name]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual(schemaOf(name));
  });

  test('prints that of a config where nothing is said', async () => {
    expect(JSON.parse((await run(['schema'])).stdout)).toEqual(schemaOf('config'));
  });

  test('says what there is where it has none', async () => {
    const { code, stdout, stderr } = await run(['schema', 'confg']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Expected one of config, reference, project, result. Did you mean config?');
  });
});

describe('the schema of a config', () => {
  const validate = validatorOf('config');

  test.each(FIXTURES)('takes %s', (name) => {
    expect(validate(fixture(`${name}.json`)) ? [] : validate.errors).toEqual([]);
  });

  test.each([
    ['a foreign key', { ...TINY, x: 1 }],
    ['no X', { ...TINY, X: undefined }],
    ['no weights', { ...TINY, W1: undefined }],
    ['text for numbers', { ...TINY, X: [['1', 2]] }],
    ['an empty row', { ...TINY, X: [[]] }],
    [
      'a random array that is both',
      { ...TINY, W1: { shape: [2, 1], constant: 1, normal: { mean: 0, std: 1 } } },
    ],
    ['a layer 0', { ...TINY, W0: [[1]] }],
  ])('refuses %s, as fcnet does', (_, config) => {
    const json = JSON.parse(JSON.stringify(config));
    expect(validate(json)).toBe(false);
    expect(() => parseConfig(json)).toThrow();
  });

  const VALUES: readonly unknown[] = [
    ...[
      '',
      'a',
      'sigmoid',
      'softmax',
      'relu',
      'elu',
      'cross-entropy',
      'hinge',
      'mean',
      'half',
      'rows',
      'first',
    ],
    ...[
      'none',
      'in-out',
      'x'.repeat(201),
      0,
      1,
      -1,
      1.5,
      true,
      null,
      [],
      ['relu'],
      ['relu', { elu: 1 }],
      [3],
      [{}],
    ],
    ...[
      {},
      { elu: 0.5 },
      { elu: 'a' },
      { 'leaky-relu': 1 },
      { 'leaky-relu': 1, elu: 1 },
      ['a.json', {}],
      [''],
    ],
  ];

  test.each(Object.keys(schemaOf('config').properties).filter((key) => !isArrayKey(key)))(
    'thinks of %s as fcnet does, whatever it holds',
    (key) => {
      const differing = VALUES.filter((value) => {
        let complaints = 0;
        checkSetting(key, value, () => complaints++);
        return validate({ ...TINY, [key]: value }) !== (complaints === 0);
      });
      expect(differing).toEqual([]);
    },
  );
});

describe('the schema of a reference', () => {
  const validate = validatorOf('reference');

  test('takes what backprop prints, and the references of the fixtures', async () => {
    const printed = JSON.parse((await run(['backprop', '--json'])).stdout);
    for (const reference of [printed, fixture('two-layer.pytorch.json'), fixture('textbook.pytorch.json')])
      expect(validate(reference) ? [] : validate.errors).toEqual([]);
  });

  test.each([
    ['a list', []],
    ['words for numbers', { dW1: [['a']] }],
    ['a precision that there is not', { dtype: 'float80', dW1: [[1]] }],
    ['a loss of no parts', { loss: {}, dW1: [[1]] }],
  ])('refuses %s', (_, reference) => {
    expect(validate(reference)).toBe(false);
  });
});
