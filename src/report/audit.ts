import type { Convention } from '../diagnosis/conventions.ts';
import { describe } from '../diagnosis/diagnosis.ts';
import type { Audit, AuditedMistake } from '../mistakes/audit.ts';
import type { ReferenceVerdict } from '../reference/judge.ts';
import { drawFitting, wrap } from './layout.ts';
import type { ReportOptions, Style } from './style.ts';

/** Every mistake that applies, where it would be caught and where not; then why those are missed. */
export function drawAudit(audit: Audit, options: ReportOptions): string[] {
  const { style } = options;
  const ids = [...new Set(audit.mistakes.map(({ mistake }) => mistake))];
  const rows = ids.map((id) => {
    const found = audit.mistakes.filter(({ mistake }) => mistake === id);
    const layers = found.map((variant) => markOf(variant, style)).join('  ');
    return [id, layers, found.at(-1)!.lines.wrong.equation]; // of all layers, where there are several
  });
  const table = drawFitting(['mistake', 'caught at layer', 'computes'], rows, options, [2], 3);
  const last = audit.caught === audit.total ? drawStrength(audit, options) : style.open(caughtOf(audit));
  return [table, ...drawMissed(audit, options), last];
}

const markOf = ({ caught, layer }: AuditedMistake, { good, bad }: Style): string =>
  caught ? good(`✔ ${layer ?? 'all'}`) : bad(`✖ ${layer ?? 'all'}`);

/** The missed mistakes, those with one reason together. */
function drawMissed({ mistakes: audited }: Audit, { style, width }: ReportOptions): string[] {
  const missed = audited.filter(({ caught }) => !caught);
  const whys = [...new Set(missed.map(({ why }) => why as string))];
  return whys.map((why) => {
    const [reason, change] = why.split('; ') as [string, string?];
    return [
      style.bad(wrap(namesByLayer(missed.filter((mistake) => mistake.why === why)), width, '  ', '✖ ')),
      wrap(`go unnoticed, because ${reason}`, width, '  ', '  '),
      ...(change === undefined ? [] : [wrap(`to catch them: ${change}`, width, '  ', '  ')]),
    ].join('\n');
  });
}

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
    return style.good(`strength: this check catches all ${total} classic mistakes that apply`);
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

/** What the precision of references hides, of each that is less exact than the check itself. */
export function drawHidden(
  references: readonly ReferenceVerdict[],
  { style, width }: ReportOptions,
): string[] {
  return references.flatMap(({ name, precision, printed, strength }) => {
    if (strength === null || strength.missed.length === 0) return [];
    const text = `strength: ${name} in ${printed ?? precision} would show ${strength.caught} of ${strength.total} classic mistakes; it would not show ${someOf(strength.missed)}`;
    return [style.open(wrap(text, width, '  '))];
  });
}

/** `mine is the right gradient of another network: with --activation relu all 83 entries agree` */
function sayConvention(name: string, { options, agrees }: Convention): string {
  const flags = Object.entries(options)
    .map(([key, value]) => `--${key} ${value}`)
    .join(' ');
  return `${name} is the right gradient of another network: with ${flags} ${agrees} entries agree. If that is what you meant, add it`;
}

/** What is probably behind each reference that disagrees. */
export function drawDiagnosis(
  references: readonly ReferenceVerdict[],
  { style, width }: ReportOptions,
): string[] {
  return references.flatMap(({ name, diagnosis, convention, where }) => [
    ...(convention === null ? [] : [wrap(`→ ${sayConvention(name, convention)}`, width, '  ')]),
    ...diagnosis.map(({ mistake, layer, tensors, explanation }) =>
      wrap(
        `→ ${name} matches ${style.heading(describe({ mistake, layer }))} in ${tensors.join(', ')}: ${explanation}`,
        width,
        '  ',
      ),
    ),
    ...where.map(({ explanation }) => wrap(`→ ${name}: ${explanation}`, width, '  ')),
  ]);
}
