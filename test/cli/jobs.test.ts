import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { folderWith, run, TINY } from './fcnet.ts';

/** What backprop says of TINY, so that a command can answer with it. */
const answer = (await run(['backprop', '-', '--json'], { stdin: JSON.stringify(TINY) })).stdout;

const names = ['a', 'b', 'c', 'd'];
const configs = names.map((name) => `${name}.json`);
const files = {
  ...Object.fromEntries(configs.map((file) => [file, { ...TINY, name: file }])),
  'answer.json': answer,
  // Counts how many of them run at once, and answers when so many have been started in all.
  'net.sh': `
    cat > /dev/null; echo x >> started; mkdir "running.$$"; ls -d running.* | wc -l >> counts
    for i in $(seq 400); do [ $(wc -l < started) -ge $1 ] && break; sleep 0.05; done
    sleep 0.2; rmdir "running.$$"; [ $(wc -l < started) -ge $1 ] && cat answer.json`,
};

const counts = (cwd: string): number[] =>
  readFileSync(`${cwd}/counts`, 'utf8').trim().split('\n').map(Number);

describe.concurrent('--jobs', () => {
  test('has commands run at once, no more than so many, and prints in order', async () => {
    const cwd = folderWith(files);
    const ran = await run(['compare', ...configs, '--against', 'sh net.sh 2', '--jobs', '2'], { cwd });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect([...ran.stdout.matchAll(/^✔ (\S+\.json)/gm)].map(([, name]) => name)).toEqual(configs);
    expect(Math.max(...counts(cwd))).toBe(2);
    const alone = folderWith(files);
    const one = await run(['compare', ...configs, '--against', 'sh net.sh 1'], { cwd: alone });
    expect(Math.max(...counts(alone))).toBe(1);
    expect(one.stdout).toBe(ran.stdout.replaceAll('net.sh 2', 'net.sh 1'));
  });

  test('tells the worst, and what was noted of each, in the order of the configs', async () => {
    const slow = { ...TINY, reg: 1, name: 'slow' };
    const npz = { dW1: [[1], [2]] };
    const cwd = folderWith({ 'slow.json': slow, 'fast.json': TINY, 'bad.json': '{', 'npz.json': npz });
    // Its first config takes longest; each command's answer is read by other names, which is noted.
    const command = 'grep -q \'"reg":1\' && sleep 0.5; echo \'{"grad_W1": [[1], [2]], "grad_b1": [0, 0]}\'';
    const args = ['compare', 'slow.json', 'bad.json', 'fast.json', '--against', command];
    const [one, three] = await Promise.all([run(args, { cwd }), run([...args, '--jobs', '3'], { cwd })]);
    expect(three).toEqual(one);
    expect(three.code).toBe(2);
    expect(three.stderr.match(/^note: /gm)).toHaveLength(2);
    expect(three.stdout.match(/^✖ (slow|fast)\.json/gm)).toEqual(['✖ slow.json', '✖ fast.json']);
  });

  test.each(['0', '1.5', 'all'])('is a whole number from 1: %s', async (jobs) => {
    const { code, stderr } = await run(['compare', '--jobs', jobs]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/'--jobs <n>' argument '.*' is invalid\. Expected a/);
  });
});
