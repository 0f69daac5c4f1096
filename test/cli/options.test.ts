import { describe, expect, test } from 'vitest';
import { centralQuotients, closeTo, flat, largest, outside } from '../exact.ts';
import { fixture, folderWith, type Json, run, runJson } from './fcnet.ts';

const NET = 'fixtures/two-layer.json';

/** A folder with PyTorch's answer to two-layer.json in which each entry of dW2 is a little too large. */
const inflated = (factor: number): string => {
  const reference = fixture('two-layer.pytorch.json');
  reference.gradients.dW2 = reference.gradients.dW2.map((row: number[]) =>
    row.map((value) => value * factor),
  );
  return `${folderWith({ 'inflated.json': reference })}/inflated.json`;
};

describe.concurrent('--only', () => {
  test.each([
    ['dW2,db2', ['dW2', 'db2']],
    ['db2, dW1', ['dW1', 'db2']],
  ])('%s checks these and no others', async (only, names) => {
    const [{ code, json }, { stdout }] = await Promise.all([
      runJson(['gradcheck', NET, '--only', only]),
      run(['gradcheck', NET, '--only', only]),
    ]);
    expect(code).toBe(0);
    expect(Object.keys(json.tensors)).toEqual(names);
    expect(stdout.match(/^d[Wb]\d/gm)).toEqual(names);
  });

  test('may be given twice', async () => {
    const { json } = await runJson(['gradcheck', NET, '--only', 'dW1', '--only', 'db1']);
    expect(Object.keys(json.tensors)).toEqual(['dW1', 'db1']);
  });

  test('leaves out the mismatch of another tensor', async () => {
    const args = ['compare', NET, '--reference', inflated(2), '-q', '--only'];
    expect(await run([...args, 'dW1,db1'])).toMatchObject({ code: 0 });
    expect(await run([...args, 'dW1,dW2'])).toMatchObject({ code: 1 });
  });
});

describe.concurrent('--sample', () => {
  const sampled = async (...options: string[]): Promise<Json> =>
    (await runJson(['gradcheck', NET, '--sample', '3', ...options])).json;
  const drawn = ({ tensors }: Json): boolean[] =>
    Object.values<Json>(tensors).flatMap(({ numerical }) =>
      numerical.flat().map((value: number | null) => value !== null),
    );

  test('checks so many entries of each tensor, and the others are null', async () => {
    const { passed, tensors } = await sampled();
    expect(passed).toBe(true);
    for (const { checked, analytic, numerical, errorBar } of Object.values<Json>(tensors)) {
      const isNull = (values: Json): boolean[] => values.flat().map((value: unknown) => value === null);
      expect(checked).toBe(3);
      expect(isNull(numerical).filter((missing) => !missing)).toHaveLength(3);
      expect(isNull(errorBar)).toEqual(isNull(numerical));
      expect(isNull(analytic)).not.toContain(true);
    }
  });

  test('draws the same entries for the same seed, and others for another', async () => {
    const [unseeded, again, zero, one] = await Promise.all([
      sampled(),
      sampled(),
      sampled('--seed', '0'),
      sampled('--seed', '1'),
    ]);
    expect(drawn(again)).toEqual(drawn(unseeded));
    expect(drawn(zero)).toEqual(drawn(unseeded));
    expect(drawn(one)).not.toEqual(drawn(unseeded));
  });

  test('of more entries than there are checks all', async () => {
    const { json } = await runJson(['gradcheck', NET, '--sample', '1000']);
    expect(drawn(json)).not.toContain(false);
  });

  test.each(['gradcheck', 'compare'])('%s prints its coverage', async (command) => {
    const { stdout } = await run([command, NET, '--sample', '3']);
    expect(stdout).toContain('12 of 41 entries (29.3%)');
    expect(stdout).toContain('–'); // what was not checked
  });
});

test.concurrent.each(Object.keys(centralQuotients))(
  '--step 0.01 gives the exact central quotients of %s at 0.01',
  async (name) => {
    const { json } = await runJson(['gradcheck', `fixtures/exact/${name}.config.json`, '--step', '0.01']);
    expect(json.step).toBe(0.01);
    for (const [tensor, quotients] of Object.entries(centralQuotients[name] ?? {})) {
      const exact = flat(quotients);
      const numerical = flat(json.tensors[tensor].numerical);
      expect(
        outside(
          numerical,
          exact,
          closeTo(exact).map((own) => own + 1e-13 * largest(exact)),
        ),
      ).toEqual([]);
    }
  },
);

describe.concurrent('tolerances', () => {
  test.each<[number, string[], number]>([
    [1 + 1e-5, [], 1],
    [1 + 1e-5, ['--rtol', '1e-4'], 0],
    [1 + 1e-5, ['--atol', '1'], 0],
    [1 + 1e-5, ['--rtol', '1e-6'], 1],
    [1 + 3e-8, [], 0],
    [1 + 3e-8, ['--rtol', '0'], 1],
    [1 + 3e-7, ['--dtype', 'float64'], 1],
    [1 + 3e-7, ['--dtype', 'float32'], 0],
    [1 + 3e-4, ['--dtype', 'float32'], 1],
    [1 + 3e-4, ['--dtype', 'float16'], 0],
  ])('a reference that is %d times too large, under %j: exit code %i', async (factor, options, code) => {
    expect(await run(['compare', NET, '--reference', inflated(factor), '-q', ...options])).toMatchObject({
      code,
    });
  });

  test('--dtype is what the report then says', async () => {
    const { json } = await runJson(['compare', NET, '--dtype', 'float32']);
    expect(json.references[0].dtype).toBe('float32');
  });
});

describe.concurrent('--naive', () => {
  test.each(['textbook', 'two-layer', 'deep', 'iris'])('agrees with backprop on %s', async (name) => {
    expect(await run(['gradcheck', `fixtures/${name}.json`, '--naive', '-q'])).toMatchObject({ code: 0 });
  });

  test('takes h = 1e-5 and says what it did', async () => {
    const { stdout } = await run(['gradcheck', NET, '--naive']);
    expect(stdout).toContain('two losses, h = 1e-5');
    expect((await run(['gradcheck', NET])).stdout).toContain('difference propagation, h = 2^-100');
  });

  test('is less exact than difference propagation, and its error bars say so', async () => {
    const [naive, own] = await Promise.all(
      [['--naive'], []].map((option) => runJson(['gradcheck', NET, ...option])),
    );
    expect(naive?.json.step).toBe(1e-5);
    for (const name of ['dW1', 'db1', 'dW2', 'db2']) {
      expect(naive?.json.tensors[name].maxAbsError.value).toBeGreaterThan(1e-12);
      expect(own?.json.tensors[name].maxAbsError.value).toBeLessThan(1e-15);
      const bars = [naive, own].map((ran) => Math.min(...flat(ran?.json.tensors[name].errorBar)));
      expect(bars[0]).toBeGreaterThan(1000 * (bars[1] as number));
    }
  });
});

describe.concurrent('what is shown', () => {
  test.each([
    ['3', '-0.824'],
    ['6', '-0.824038'],
    ['9', '-0.8240380'],
  ])('--digits %s', async (digits, shown) => {
    // The gradient of a weight is λw here where nothing else reaches it.
    const stdin = JSON.stringify({
      X: [[0, 0]],
      y: [0, 1],
      W1: [[-0.824038], [0.0123456789]],
      b1: [0, 0],
      reg: 1,
    });
    const { stdout } = await run(['backprop', '-', '--digits', digits], { stdin });
    expect(stdout).toMatch(RegExp(`│ ${shown}\\d* │`));
  });

  test('--digits leaves JSON alone', async () => {
    const [few, all] = await Promise.all([run(['loss', '--json', '--digits', '2']), run(['loss', '--json'])]);
    expect(few).toEqual(all);
  });

  test('--full summarises nothing', async () => {
    const args = ['backprop', 'fixtures/exact/digits-like.config.json'];
    const [short, full] = await Promise.all([run(args), run([...args, '--full'])]);
    expect(short.stdout).toContain('…');
    expect(full.stdout).not.toContain('…');
    expect(full.stdout.length).toBeGreaterThan(3 * short.stdout.length);
  });

  test.each(['0', '2', '12'])('--worst %s names so many of the entries that mismatch', async (worst) => {
    const args = ['compare', NET, '--reference', inflated(1.5), '--worst', worst];
    const { stdout } = await run(args);
    expect(stdout.match(/^ *│ dW2\[\d, \d\]/gm) ?? []).toHaveLength(Number(worst));
  });

  test('those come first that exceed most what is allowed', async () => {
    const reference = fixture('two-layer.pytorch.json');
    reference.gradients.db2[3] *= 2;
    reference.gradients.db2[1] *= 1 + 1e-5;
    const file = `${folderWith({ 'wrong.json': reference })}/wrong.json`;
    const { stdout } = await run(['compare', NET, '--reference', file]);
    expect(stdout.match(/│ db2\[\d\]/g)).toEqual(['│ db2[3]', '│ db2[1]']);
  });
});

describe.concurrent('on the command line instead of in the config:', () => {
  const net = fixture('two-layer.json');
  const { reference: _, ...bare } = net;
  const turned = (rows: number[][]): number[][] =>
    (rows[0] ?? []).map((__, j) => rows.map((row) => row[j] as number));
  const deeper = {
    ...bare,
    W3: [
      [0.1, -0.2, 0.3, 0.4, -0.5],
      [0.3, 0.1, 0.2, -0.1, 0.2],
    ],
    b3: [0.1, 0.2],
    y: [0, 1, 0, 1, 1, 0, 1],
  };

  test.each<[string, string[], object, object]>([
    ['--reg', ['--reg', '0.125'], bare, { ...bare, reg: 0.125 }],
    ['--reg 0', ['--reg', '0'], bare, { ...bare, reg: 0 }],
    ['--activation', ['--activation', 'tanh'], bare, { ...bare, activation: 'tanh' }],
    [
      '--activation for each layer',
      ['--activation', 'relu,softplus'],
      deeper,
      { ...deeper, activation: ['relu', 'softplus'] },
    ],
    [
      '--samples',
      ['--samples', 'rows'],
      { ...bare, X: turned(net.X) },
      { ...bare, X: turned(net.X), samples: 'rows' },
    ],
    [
      '--weights',
      ['--weights', 'in-out'],
      { ...bare, W1: turned(net.W1), W2: turned(net.W2) },
      { ...bare, W1: turned(net.W1), W2: turned(net.W2), weights: 'in-out' },
    ],
    ['--weights, over the config', ['--weights', 'out-in'], { ...bare, weights: 'in-out' }, bare],
  ])('%s', async (__, options, without, within) => {
    const cwd = folderWith({
      'without.json': { ...without, name: 'net' },
      'within.json': { ...within, name: 'net' },
    });
    const [ours, theirs, plain] = await Promise.all([
      run(['backprop', 'without.json', ...options], { cwd }),
      run(['backprop', 'within.json'], { cwd }),
      run(['backprop', 'without.json'], { cwd }),
    ]);
    expect(ours.code).toBe(0);
    expect(ours.stdout).toBe(theirs.stdout);
    expect(ours.stdout).not.toBe(plain.stdout);
  });

  test('they hold for all configs, and for the built-in one', async () => {
    const { json } = await runJson(['gradcheck', NET, 'fixtures/textbook.json', '--reg', '0']);
    expect(json.results.map((result: Json) => result.loss.regularization)).toEqual([0, 0]);
    expect((await runJson(['loss', '--reg', '1'])).json.loss.regularization).toBe(68);
  });
});
