import { describe, expect, test } from 'vitest';
import { closeTo, exactNetworks, flat, outside, pytorchNetworks } from '../exact.ts';
import { FIXTURES, fixture, folderWith, type Json, run, runJson, TINY } from './fcnet.ts';

const LOSS = ['data', 'regularization', 'total', 'weightNorms'];
const TENSOR =
  'shape checked mismatched inconclusive maxAbsError maxRelError analytic numerical errorBar'.split(' ');
const REFERENCE = ['name', 'dtype', 'passed', 'loss', 'tensors', 'diagnosis'];
const REFERENCE_TENSOR = ['mismatched', 'inconclusive', 'maxAbsError', 'maxRelError', 'reference'];
const CHECK = ['version', 'command', 'loss', 'passed', 'step', 'tensors', 'inconclusive'];

const keys = (value: object): string[] => Object.keys(value);

/** All of these keys, and maybe more: a check may come to say more. */
const among = (expected: readonly string[]): unknown => expect.arrayContaining([...expected]);

describe.concurrent('keys and values are those of the contract:', () => {
  test('forward', async () => {
    const { json } = await runJson(['forward']);
    expect(keys(json)).toEqual(['version', 'command', 'logits', 'probabilities', 'predicted', 'right']);
    expect(json).toMatchObject({ version: 1, command: 'forward', predicted: [0, 0], right: 0 });
  });

  test('loss', async () => {
    const { json } = await runJson(['loss']);
    expect(json).toEqual({
      version: 1,
      command: 'loss',
      loss: {
        data: 1.6094379124341003,
        regularization: 34,
        total: 35.6094379124341,
        weightNorms: { W1: 56, W2: 80 },
      },
    });
    expect(keys(json.loss)).toEqual(LOSS);
  });

  test('backprop', async () => {
    const { json } = await runJson(['backprop', 'fixtures/deep.json']);
    expect(keys(json)).toEqual(['version', 'command', 'logits', 'probabilities', 'loss', 'gradients']);
    expect(keys(json.loss)).toEqual(LOSS);
    expect(keys(json.gradients)).toEqual(['dW1', 'db1', 'dW2', 'db2', 'dW3', 'db3', 'dW4', 'db4']);
  });

  test('gradcheck', async () => {
    const { json } = await runJson(['gradcheck', 'fixtures/two-layer.json']);
    expect(keys(json)).toEqual(among(CHECK));
    expect(json).toMatchObject({
      version: 1,
      command: 'gradcheck',
      passed: true,
      step: 2 ** -100,
      inconclusive: [],
    });
    expect(keys(json.loss)).toEqual(LOSS);
    expect(keys(json.tensors)).toEqual(['dW1', 'db1', 'dW2', 'db2']);
    for (const tensor of Object.values<Json>(json.tensors)) {
      expect(keys(tensor)).toEqual(TENSOR);
      for (const error of [tensor.maxAbsError, tensor.maxRelError])
        expect(keys(error)).toEqual(['value', 'index']);
    }
    expect(json.tensors.dW1).toMatchObject({ shape: [4, 3], checked: 12, mismatched: 0, inconclusive: 0 });
    expect(json.tensors.db2).toMatchObject({ shape: [5], checked: 5 });
  });

  test('compare', async () => {
    const { json } = await runJson(['compare', 'fixtures/two-layer.json']);
    expect(keys(json)).toEqual(among([...CHECK, 'logits', 'references']));
    const [reference, ...others] = json.references;
    expect(others).toEqual([]);
    expect(keys(reference)).toEqual(among(REFERENCE));
    const { loss, ...said } = fixture('two-layer.pytorch.json');
    expect(reference).toMatchObject({
      name: 'fixtures/two-layer.pytorch.json',
      dtype: 'float64',
      passed: true,
      loss,
    });
    for (const [name, tensor] of Object.entries<Json>(reference.tensors)) {
      expect(keys(tensor)).toEqual(REFERENCE_TENSOR);
      expect(tensor.reference).toEqual(said.gradients[name]);
    }
  });

  test('a tensor that a reference lacks is null', async () => {
    const stdin = JSON.stringify({ ...TINY, reference: { dW1: [[1], [2]] } });
    const { json } = await runJson(['compare', '-'], { stdin });
    expect(json.references[0].loss).toBeNull();
    expect(json.references[0].tensors.db1).toMatchObject({
      mismatched: 2,
      maxAbsError: null,
      reference: null,
    });
  });

  test.each(['gradcheck', 'compare'])('%s of several configs', async (command) => {
    const configs = ['fixtures/textbook.json', 'fixtures/deep.json'];
    const { json } = await runJson([command, ...configs]);
    expect(keys(json)).toEqual(['version', 'command', 'passed', 'results']);
    expect(json).toMatchObject({ version: 1, command, passed: true });
    expect(json.results.map((result: Json) => result.config)).toEqual(configs);
    const { version, command: _, ...single } = (await runJson([command, 'fixtures/deep.json'])).json;
    expect(json.results[1]).toEqual({ config: 'fixtures/deep.json', ...single });
  });

  test.each(['--json', '--format=json'])('%s is asked for as --format json is', async (option) => {
    const [one, other] = await Promise.all([run(['loss', option]), run(['loss', '--format', 'json'])]);
    expect(one).toEqual(other);
  });
});

describe.concurrent('numbers', () => {
  test.each(pytorchNetworks.map((network) => [network.name, network] as const))(
    'of %s have all their digits, and lie as its samples and weights do',
    async (name, { answer }) => {
      const { json } = await runJson(['backprop', `fixtures/${name}.json`]);
      const { provenance, dtype, gradients, logits } = fixture(`${name}.pytorch.json`);
      expect([provenance.tool, dtype]).toEqual(['PyTorch', 'float64']);
      expect(keys(json.gradients)).toEqual(keys(gradients));
      const pairs = [
        [json.logits, logits],
        ...keys(gradients).map((key) => [json.gradients[key], gradients[key]]),
      ];
      for (const [ours, theirs] of pairs) {
        expect(ours.length).toBe(theirs.length);
        expect(ours[0].length).toBe(theirs[0].length);
      }
      const total = answer.loss.total;
      expect(Math.abs(json.loss.total - total)).toBeLessThanOrEqual(1e-14 * total);
    },
  );

  test.each(exactNetworks.map((network) => [network.name, network] as const))(
    'of %s are the exact ones',
    async (name, { answer }) => {
      const { code, json } = await runJson(['backprop', `fixtures/exact/${name}.config.json`]);
      expect(code).toBe(0);
      const pairs = {
        ...answer.gradients,
        logits: answer.logits,
        probabilities: answer.probabilities,
        outputs: answer.outputs,
      };
      for (const [key, values] of Object.entries(pairs)) {
        if (values === undefined) continue;
        const exact = flat(values);
        // In "seed" db1 is a sum that cancels to 0.
        const allowed = name === 'seed' && key === 'db1' ? exact.map(() => 1e-22) : closeTo(exact);
        const ours = json.gradients[key] ?? json[key];
        expect(outside(flat(ours), exact, allowed), key).toEqual([]);
      }
      const losses = (loss: Json): Float64Array =>
        Float64Array.of(loss.data, loss.regularization, loss.total);
      const exact = losses(answer.loss);
      expect(outside(losses(json.loss), exact, closeTo(exact))).toEqual([]);
    },
  );

  test('that JSON has not are texts', async () => {
    const stdin = JSON.stringify({
      ...TINY,
      reference: { dW1: [['NaN'], ['-Infinity']], db1: [0, 'Infinity'] },
    });
    const { json } = await runJson(['compare', '-'], { stdin });
    const { dW1, db1 } = json.references[0].tensors;
    expect(dW1).toMatchObject({
      reference: [['NaN'], ['-Infinity']],
      maxAbsError: { value: 'NaN', index: [0, 0] },
    });
    expect(db1).toMatchObject({ reference: [0, 'Infinity'], maxAbsError: { value: 'Infinity', index: [1] } });
  });

  test('are the same in every command', async () => {
    const file = 'fixtures/deep.json';
    const [forward, loss, backprop, gradcheck, compare] = await Promise.all(
      ['forward', 'loss', 'backprop', 'gradcheck', 'compare'].map(
        async (command) => (await runJson([command, file])).json,
      ),
    );
    const analytic = ({ tensors }: Json): object =>
      Object.fromEntries(Object.entries<Json>(tensors).map(([name, tensor]) => [name, tensor.analytic]));
    expect(backprop).toMatchObject({
      logits: forward.logits,
      probabilities: forward.probabilities,
      loss: loss.loss,
    });
    expect(gradcheck.loss).toEqual(loss.loss);
    expect(analytic(gradcheck)).toEqual(backprop.gradients);
    expect(compare).toMatchObject({ logits: forward.logits, loss: loss.loss, tensors: gradcheck.tensors });
  });
});

test('a network is the same however its config lies', async () => {
  const { X, W1, W2, ...rest } = fixture('two-layer.json');
  const turned = (rows: number[][]): number[][] =>
    (rows[0] ?? []).map((_, j) => rows.map((row) => row[j] as number));
  const lying = { ...rest, X: turned(X), W1: turned(W1), W2: turned(W2), samples: 'rows', weights: 'in-out' };
  const cwd = folderWith({ 'turned.json': lying });
  const [ours, theirs] = await Promise.all([
    runJson(['backprop', 'turned.json'], { cwd }),
    runJson(['backprop', 'fixtures/two-layer.json']),
  ]);
  const { logits, probabilities, loss, gradients } = theirs.json;
  expect(ours.json).toMatchObject({
    logits: turned(logits),
    probabilities: turned(probabilities),
    loss,
    gradients: {
      dW1: turned(gradients.dW1),
      db1: gradients.db1,
      dW2: turned(gradients.dW2),
      db2: gradients.db2,
    },
  });
});

test.each(FIXTURES)(
  'the numerical gradient of %s lies within its error bar of the analytic one',
  async (name) => {
    const { json } = await runJson(['gradcheck', `fixtures/${name}.json`]);
    for (const { analytic, numerical, errorBar } of Object.values<Json>(json.tensors))
      expect(
        outside(
          flat(analytic),
          flat(numerical),
          flat(errorBar).map((bar) => 2 * bar),
        ),
      ).toEqual([]);
  },
);
