import { createInterface } from 'node:readline';

/**
 * A process that speed.ts asks over and over, as cs231n.py: a line of standard input is a network or a question, and
 * the answer is a line of JSON.
 *
 * @param make makes a network of a config: a function (which may be async) that computes loss and gradients, and one
 *   that reads them as numbers
 */
export async function serve(make) {
  let net;
  for await (const line of createInterface({ input: process.stdin })) {
    const question = JSON.parse(line);
    let answer = {};
    if ('X' in question) net = await make(question);
    else if (question.ask === 'results') answer = resultsOf(await net.read(await net.backprop()));
    else {
      const start = process.cpuUsage();
      for (let i = 0; i < question.times; i++) await net.read(await net.backprop());
      const { user, system } = process.cpuUsage(start);
      answer = { seconds: (user + system) / 1e6 / question.times };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

/** The loss, and Σ|.| of each gradient: whether it is the same work. */
function resultsOf({ loss, ...gradients }) {
  const sums = Object.entries(gradients).map(([name, values]) => [
    name,
    Float64Array.from(values).reduce((sum, value) => sum + Math.abs(value), 0),
  ]);
  return { loss, sums: Object.fromEntries(sums) };
}
