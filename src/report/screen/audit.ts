import { describe } from '../../diagnosis/diagnosis.ts';
import type { Audit, AuditedMistake } from '../../mistakes/audit.ts';
import type { ReportOptions } from '../style.ts';
import { paragraph, someOf } from './prose.ts';

/** What a terminal shows at once. */
const SCREEN = 20;

/** How many mistakes an example would hide, those with one reason together, and what to change; the most first. */
export function drawAuditScreen({ caught, total, mistakes }: Audit, options: ReportOptions): string {
  const { style, full, strictness } = options;
  if (caught === total) {
    const text = `This example would show each of the ${total} classic mistakes that apply to it.`;
    return paragraph(text, options, '  ', '✔ ')
      .map((line) => style.good(line))
      .join('\n');
  }
  const missed = mistakes.filter((mistake) => !mistake.caught);
  const reasons = [...new Set(missed.map(({ why }) => why as string))]
    .map((why) => ({ why, hidden: missed.filter((mistake) => mistake.why === why) }))
    .sort((a, b) => b.hidden.length - a.hidden.length);
  const dress = strictness.strict ? style.bad : style.open;
  const head = paragraph(
    `This example would show ${caught} of the ${total} classic mistakes that apply to it, and hide ${total - caught}:`,
    options,
    '  ',
    strictness.strict ? '✖ ' : '! ',
  ).map((line) => dress(line));
  const last = paragraph('fcnet init draws an example that shows all; --full lists all mistakes.', options);
  const texts = reasons.map(({ why, hidden }) => drawReason(why, hidden, options));
  const shown = full ? texts : fitting(texts, SCREEN - head.length - last.length - 1);
  const left = reasons.slice(shown.length).reduce((count, { hidden }) => count + hidden.length, 0);
  const more =
    left === 0 ? [] : [`  ${String(left).padStart(3)}  for ${reasons.length - shown.length} other reasons`];
  return [...head, ...shown.flat(), ...more, ...(full ? [] : last)].join('\n');
}

/** As many of the texts as there is room for. */
function fitting(texts: readonly string[][], lines: number): readonly string[][] {
  let room = lines;
  const first = texts.findIndex((text) => {
    room -= text.length;
    return room < 0;
  });
  return first < 0 ? texts : texts.slice(0, first);
}

/** `19  data-zero at layer 1, … and 16 more: all rows of W2 are equal …; give its rows different values` */
function drawReason(why: string, hidden: readonly AuditedMistake[], options: ReportOptions): string[] {
  const [reason, ...changes] = why.split('; ');
  const names = hidden.map(describe);
  const shown = options.full ? names.join(', ') : someOf(names, 2);
  const count = `  ${String(hidden.length).padStart(3)}  `;
  const indent = ' '.repeat(count.length);
  return [
    ...paragraph(`${shown}: ${reason}`, options, indent, count),
    ...(changes.length === 0 ? [] : paragraph(`→ ${changes.join('; ')}`, options, `${indent}  `, indent)),
  ];
}
