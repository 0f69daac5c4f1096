import { type MistakeId, mistakeIds, mistakes } from './catalogue.ts';
import { type Finding, type FittedId, fittedFindings } from './fitted.ts';
import type { Mistake } from './mistake.ts';
import { LESSON, type Line, type Place, written } from './writing.ts';

/** Anything that a diagnosis may find. */
export type FindingId = MistakeId | FittedId;

/** All ids that can be explained: the catalogue from the output down, then what is fitted. */
export const findingIds: readonly FindingId[] = [
  ...mistakeIds,
  ...(Object.keys(fittedFindings) as FittedId[]),
];

/** A mistake in words, equations and code. */
export interface Explanation {
  readonly mistake: FindingId;
  /** what the author of such a gradient did */
  readonly explanation: string;
  /** the equation, and a line of NumPy with a sample a column */
  readonly right: Line;
  readonly wrong: Line;
  /** what to do about it */
  readonly mend: string;
  /** where the lesson derives the right line */
  readonly derivation: string;
  /** other ways to make it, that are known to the diagnosis */
  readonly forms: readonly string[];
}

/**
 * Explains a mistake: the right equation and the wrong one, code as people write it, and the mend.
 *
 * Without a place the equations are for any layer l, and the code for the lesson's two layers, or for a network that
 * the mistake can be made in.
 */
export function explain(id: FindingId, place?: Place): Explanation {
  const finding: Finding & Partial<Pick<Mistake, 'forms' | 'explainedOn'>> = isMistake(id)
    ? mistakes[id]
    : fittedFindings[id];
  const { explanation, mend, derivation, forms = [], explainedOn } = finding;
  const lines = written(finding, place ?? { ...LESSON, ...explainedOn });
  return {
    mistake: id,
    explanation,
    ...lines,
    mend,
    derivation,
    forms: [...new Set(forms.map(({ note }) => note))],
  };
}

const isMistake = (id: FindingId): id is MistakeId => id in mistakes;
