import type { Pass } from '../core/forward.ts';
import type { LayerEvidence } from './evidence.ts';

/** Where a mistake must be that has no name. */
export interface Place {
  /** the wrong tensors that this accounts for */
  readonly tensors: readonly string[];
  readonly explanation: string;
  /** whether it says all that is wrong with them, to rounding */
  readonly isWhole?: true;
}

/**
 * Says where a mistake must be, from what is right around it: the highest layer with something wrong, and what of it.
 *
 * @param explained the layers from the output down to this one are accounted for otherwise; L + 1 where none is
 */
export function placesOf(pass: Pass, evidence: readonly LayerEvidence[], explained: number): Place[] {
  const isWrong = (l: number, part: 'dW' | 'db'): boolean => evidence[l - 1]?.[part]?.isWrong ?? false;
  const isRight = (l: number, part: 'dW' | 'db'): boolean => evidence[l - 1]?.[part]?.isWrong === false;
  const wrongOf = (l: number): string[] =>
    (['dW', 'db'] as const).filter((part) => isWrong(l, part)).map((part) => `${part}${l}`);
  const L = pass.steps.length;
  let top = Math.min(explained - 1, L);
  while (top >= 1 && wrongOf(top).length === 0) top--;
  if (top < 1) return [];

  const here = wrongOf(top);
  const below = Array.from({ length: top - 1 }, (_, i) => wrongOf(top - 1 - i)).flat();
  const delta = `δ${superscript(top)}`;
  const input = top === 1 ? 'X' : `a${superscript(top - 1)}`;
  if (isWrong(top, 'dW') && isRight(top, 'db')) {
    const rest = placesOf(pass, evidence, top);
    const penalty = pass.network.reg > 0 ? ', and at its penalty' : '';
    return [
      {
        tensors: here,
        explanation: `db${top} agrees, so ${delta} is right, and dW${top} does not: look at the product of ${delta} with ${input}${penalty}`,
      },
      ...rest,
    ];
  }
  if (isWrong(top, 'db') && isRight(top, 'dW')) {
    return [
      {
        tensors: here,
        explanation: `dW${top} agrees, so ${delta} is right, and db${top} does not: look at how ${delta} is summed over the samples`,
      },
      ...placesOf(pass, evidence, top),
    ];
  }
  const follows = below.length === 0 ? '' : `; ${list(below)} may follow from it`;
  if (top === L)
    return [
      {
        tensors: [...here, ...below],
        explanation: `${list(here)} ${here.length === 1 ? 'is' : 'are'} wrong already at the output: look at ${delta}, the error of the output${follows}`,
      },
    ];
  const above = (['dW', 'db'] as const)
    .filter((part) => isRight(top + 1, part))
    .map((part) => `${part}${top + 1}`);
  const up = `δ${superscript(top + 1)}`;
  const right =
    above.length === 0
      ? ''
      : `${list(above)} ${above.length === 1 ? 'agrees' : 'agree'}, so ${up} is right; `;
  return [
    {
      tensors: [...here, ...below],
      explanation: `${right}${list(here)} ${here.length === 1 ? 'does' : 'do'} not: look at W${top + 1}ᵀ${up} and at the slope of layer ${top}${follows}`,
    },
  ];
}

const list = (names: readonly string[]): string =>
  names.length <= 1 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

const superscript = (l: number): string =>
  [...String(l)].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('');
