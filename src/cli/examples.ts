/** What each command's help shows it with: a line, and what it does. */
const EXAMPLES: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  forward: [['fcnet forward net.json', 'logits and outputs of your network']],
  loss: [
    ['fcnet loss net.json --reg 0', 'without the penalty'],
    ['generate | fcnet loss - --json', 'a config on standard input, JSON out'],
  ],
  backprop: [
    ['fcnet backprop net.json', 'logits, loss and dW1, db1, …'],
    ['fcnet backprop net.json --json -o golden.json', 'a reference for later'],
  ],
  gradcheck: [
    ['fcnet gradcheck net.json', 'analytic against numerical gradient'],
    ['fcnet gradcheck toy.ts', 'the gradient of any function'],
  ],
  compare: [
    ['fcnet compare net.json --reference mine.json', 'yours against both'],
    ['fcnet compare net.json --against "python3 my_net.py"', 'the same of your program'],
    ["fcnet compare 'nets/*.json' --against ./net --format junit=report.xml", 'in CI'],
  ],
  audit: [['fcnet audit net.json', 'which mistakes that check would not notice']],
  check: [
    ['fcnet check', 'what fcnet.json says'],
    ['fcnet check --update', 'writes the golden files of all its nets'],
  ],
  explain: [['fcnet explain missing-slope', 'right and wrong, as equations and as code']],
  init: [['fcnet init 3 4 5 -n 7 --seed 1 -o net.json', 'a network to check with']],
  train: [['fcnet train net.json --iterations 100 -o out.json', 'the loss as a curve']],
  schema: [['fcnet schema project', 'the keys of fcnet.json, for an editor']],
  completion: [
    ['source <(fcnet completion bash)', 'in ~/.bashrc'],
    ['source <(fcnet completion zsh)', 'in ~/.zshrc, after compinit'],
    ['fcnet completion fish | source', 'in ~/.config/fish/config.fish'],
  ],
};

/** As they stand at the end of a help: what they do in a column, where the lines are short. */
export function examplesText(name: string): string {
  const examples = EXAMPLES[name] ?? [];
  if (examples.length === 0) return '';
  const widest = Math.min(WIDEST, Math.max(...examples.map(([line]) => line.length)));
  const lines = examples.map(([line, what]) =>
    line.length > WIDEST
      ? `  ${line}\n  ${' '.repeat(widest)}  ${what}`
      : `  ${line.padEnd(widest)}  ${what}`,
  );
  return `\nExamples:\n${lines.join('\n')}`;
}

const WIDEST = 52;
