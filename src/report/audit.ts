import { describe } from '../diagnosis/diagnosis.ts';
import type { Audit, AuditedMistake } from '../mistakes/audit.ts';
import { drawFitting, wrap } from './layout.ts';
import { drawAuditScreen } from './screen/audit.ts';
import type { ReportOptions, Style } from './style.ts';

/** The mistakes that are missed somewhere (in full: all that apply), and where; then why, and what to change. */
export function drawAudit(audit: Audit, options: ReportOptions): string[] {
  const { style, full } = options;
  const missed = audit.mistakes.filter(({ caught }) => !caught).map(({ mistake }) => mistake);
  const ids = [...new Set(full ? audit.mistakes.map(({ mistake }) => mistake) : missed)];
  const rows = ids.map((id) => {
    const found = audit.mistakes.filter(({ mistake }) => mistake === id);
    const layers = found.map((variant) => markOf(variant, style)).join('  ');
    return [id, layers, found.at(-1)!.lines.wrong.equation]; // of all layers, where there are several
  });
  const table = drawFitting(['mistake', 'caught at layer', 'computes'], rows, options, [2], 3);
  return [...(rows.length === 0 ? [] : [table]), drawAuditScreen(audit, options)];
}

const markOf = ({ caught, layer }: AuditedMistake, { bad }: Style): string =>
  caught ? `✔ ${layer ?? 'all'}` : bad(`✖ ${layer ?? 'all'}`);

/** `missing-slope, slope-sign at layer 1; missing-weights at layer 2` */
export function namesByLayer(missed: readonly AuditedMistake[]): string {
  const layers = [...new Set(missed.map(({ layer }) => layer))];
  return layers
    .map((layer) => {
      const names = missed.filter((mistake) => mistake.layer === layer).map(({ mistake }) => mistake);
      return `${names.join(', ')} ${layer === null ? 'at all layers' : `at layer ${layer}`}`;
    })
    .join('; ');
}

const caughtOf = ({ caught, total }: Pick<Audit, 'caught' | 'total'>): string =>
  `strength: this check catches ${caught} of ${total} classic mistakes`;

/** `strength: this check catches 37 of 50 classic mistakes; it would not notice …` in a line or two. */
export function drawStrength(audit: Audit, { style, width }: ReportOptions): string {
  const { caught, total, mistakes: audited } = audit;
  if (caught === total)
    return style.good(
      wrap(`strength: this check catches all ${total} classic mistakes that apply`, width, '  '),
    );
  const missed = someOf(audited.filter((mistake) => !mistake.caught));
  return style.open(
    wrap(`${caughtOf(audit)}; it would not notice ${missed} (fcnet audit says why)`, width, '  '),
  );
}

/** `missing-reg at layer 1, l1-reg and 2 more` */
function someOf(variants: readonly { readonly mistake: string; readonly layer: number | null }[]): string {
  const names = variants.map(describe);
  return names.length <= 4
    ? names.join(', ')
    : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}
