import { expect, test } from 'vitest';
import { type Explanation, explain, findingIds } from '../src/mistakes/explain.ts';

/** What is text to Markdown, as code. */
const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;

const section = ({ mistake, explanation, right, wrong, mend, derivation, forms }: Explanation): string =>
  [
    `### ${mistake}`,
    '',
    `${explanation[0]!.toUpperCase()}${explanation.slice(1)}.`,
    '',
    '| | equation | NumPy |',
    '|---|---|---|',
    `| right | ${code(right.equation)} | ${code(right.code)} |`,
    `| wrong | ${code(wrong.equation)} | ${code(wrong.code)} |`,
    '',
    `To mend it: ${mend}. In the lesson: ${derivation}.`,
    ...(forms.length === 0 ? [] : ['', `Also known as: ${forms.join('; ')}.`]),
    '',
  ].join('\n');

test('docs/mistakes.md has every mistake that fcnet knows', async () => {
  const text = `# The mistakes of backprop

What \`fcnet compare\` finds, \`fcnet audit\` plants and \`fcnet explain ID\` shows. ˡ stands for any layer and ᴸ for the
last one, δ for the derivative of the loss by z, \`da\` for the one by a, φ for an activation, ŷ for the output, t for the
targets; in the code a sample is a column, and the network has two layers unless it needs three.

The lesson that the last sentence of each speaks of is the derivation of a two-layer network's gradients, from
∂CE/∂z² = ŷ − y at the output down to dW1.

${findingIds.map((id) => section(explain(id))).join('\n')}`;
  await expect(text).toMatchFileSnapshot('../docs/mistakes.md');
});
