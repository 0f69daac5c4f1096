// What others call the parameters of a network and their gradients: `fc1.weight`, `grad_W1`, `Theta2_grad`.

/** A weight or a bias, of a layer that counts from 1. */
export interface LayerName {
  /** as others call it */
  readonly from: string;
  readonly kind: 'W' | 'b';
  readonly layer: number;
}

/** Something that was read as something else. */
export interface ReadAs {
  readonly from: string;
  readonly to: string;
  readonly why: string;
}

/** Why a name is read as another: see {@link layersByName}. */
export const BY_NAME = 'by number and kind';

/** What a name says of an array. */
interface Said {
  readonly from: string;
  readonly kind: 'W' | 'b' | undefined;
  /** whether it says that this is a derivative */
  readonly isGradient: boolean;
  /** whether the number stands behind W or b, and so counts layers: `W2`, but not `2.weight` */
  readonly isPlain: boolean;
  readonly place: Place;
  /** what else stands in it, the same for all layers of a network */
  readonly stem: string;
}

/** Where a layer stands among the others. */
interface Place {
  /** of those that are called input or output, apart from all numbers */
  readonly end: -1 | 0 | 1;
  readonly numbers: readonly number[];
}

const KINDS: Readonly<Record<string, 'W' | 'b'>> = {
  w: 'W',
  weight: 'W',
  weights: 'W',
  kernel: 'W',
  theta: 'W',
  coef: 'W',
  coefs: 'W',
  b: 'b',
  bias: 'b',
  biases: 'b',
  intercept: 'b',
  intercepts: 'b',
};

/** The two layers of the many small networks that name them by what they join. */
const JOINED: Readonly<Record<string, readonly [kind: 'W' | 'b', end: -1 | 1]>> = {
  wih: ['W', -1],
  wxh: ['W', -1],
  wh: ['W', -1],
  bh: ['b', -1],
  who: ['W', 1],
  why: ['W', 1],
  wo: ['W', 1],
  bo: ['b', 1],
  by: ['b', 1],
};

const DERIVATIVES = new Set([
  'd',
  'g',
  'grad',
  'grads',
  'gradient',
  'gradients',
  'nabla',
  'delta',
  'derivative',
]);
/** `dw`, `dbias`, `gtheta`: written in one. */
const DERIVATIVE_OF = /^[dg](?=(w|weights?|kernel|theta|b|bias|biases|w[ho]|b[hoy]|wih|who|wxh|why)$)/;
const ENDS: Readonly<Record<string, -1 | 1>> = {
  input: -1,
  in: -1,
  first: -1,
  output: 1,
  out: 1,
  last: 1,
  final: 1,
};

/** A word or a number of a name. */
interface Word {
  readonly text: string;
  /** whether it may be what the array is: the first or the last word between dots and slashes */
  readonly isOuter: boolean;
}

/** What a name consists of, but for what says that it is a derivative: `layers.2.dW` → layers, 2, w. */
function wordsOf(name: string): { words: Word[]; isGradient: boolean } {
  let isGradient = false;
  const withoutDerivative = (word: string): string[] => {
    const text = DERIVATIVES.has(word) ? '' : word.replace(DERIVATIVE_OF, '');
    isGradient ||= text !== word;
    return text === '' ? [] : [text];
  };
  const parts = name
    .replace(/:\d+$/, '') // TensorFlow counts outputs so
    .replaceAll(/[∇∂]/g, ' d ')
    .replaceAll(/[θΘ]/g, ' theta ')
    .replaceAll(/d[JLEC][_/]?(?=d)/g, '') // dJ/dW1
    .split(/[./]/);
  const words = parts.flatMap((part) => {
    const found = part.match(/\d+|[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? [];
    const texts = found.flatMap((word) => withoutDerivative(word.toLowerCase()));
    const places = [...texts.keys()].filter((i) => !/^\d/.test(texts[i]!));
    return texts.map((text, i) => ({ text, isOuter: i === places[0] || i === places.at(-1) }));
  });
  return { words, isGradient };
}

function read(from: string): Said {
  const { words, isGradient } = wordsOf(from);
  const numbers: number[] = [];
  const stem: string[] = [];
  let kind: Said['kind'];
  let end: Place['end'] = 0;
  let isPlain = false;
  for (const [i, { text, isOuter }] of words.entries()) {
    if (/^\d/.test(text)) {
      numbers.push(Number(text));
      isPlain = isKind(words[i - 1]);
    } else if (isOuter && Object.hasOwn(JOINED, text)) [kind, end] = JOINED[text]!;
    else if (isKind(words[i])) {
      if (kind !== undefined) stem.push(kind);
      kind = KINDS[text]!;
      isPlain = false;
    } else if (Object.hasOwn(ENDS, text)) end = ENDS[text]!;
    else stem.push(text);
  }
  return { from, kind, isGradient, isPlain, place: { end, numbers }, stem: stem.join(' ') };
}

const isKind = (word: Word | undefined): boolean => word?.isOuter === true && Object.hasOwn(KINDS, word.text);

/** Whether the name of an array says that it is a weight or a bias, or the gradient of one, and which. */
export const kindOfName = (name: string): 'W' | 'b' | undefined =>
  MAY_SAY.test(name) ? read(name).kind : undefined;

/** What is in each word that says a kind: of most of very many other names no more needs to be read. */
const MAY_SAY = /[wbθ]|theta|kernel|coef|intercept/i;

/** Whether a name says that its array is a derivative: `dW1`, `fc1.weight.grad`, `Theta1_grad`. */
export const isGradientName = (name: string): boolean => read(name).isGradient;

/**
 * Which weight or bias each name means, by its number and its kind, where that is certain: those that are left out of
 * the answer are not understood.
 *
 * `W1`, `dw_2` count layers from 1 (from 0 where there is a 0). Other numbers, as of `0.weight` and `2.weight`,
 * `dense` and `dense_1`, only say an order, so that all layers must be there; a layer called input or output is the first
 * or the last.
 *
 * @param names of parameters, or of gradients: which of the two is not asked
 * @param layers how many there are, where that is known
 */
export function layersByName(names: readonly string[], layers?: number): LayerName[] {
  const said = names.map(read).filter(({ kind }) => kind !== undefined);
  const stems = [...new Set(said.filter(({ place }) => place.end === 0).map(({ stem }) => stem))];
  const answers = (stems.length === 0 ? [''] : stems)
    .map((stem) => layersOf(ofStem(said, stem), layers))
    .filter((answer) => answer.length > 0);
  const most = Math.max(0, ...answers.map(({ length }) => length));
  const best = answers.filter(({ length }) => length === most);
  // Beside W1 there may be m_W1 and v_W1 of an optimizer.
  const plain = stems.includes('') ? layersOf(ofStem(said, ''), layers) : [];
  if (plain.length === most) return plain;
  return best.length === 1 ? best[0]! : [];
}

/** The names that belong together: those of a stem, and the first and last layers that have none of their own. */
const ofStem = (said: readonly Said[], stem: string): Said[] =>
  said.filter((one) => one.stem === stem || one.place.end !== 0);

function layersOf(said: readonly Said[], layers: number | undefined): LayerName[] {
  const keys = said.map(({ kind, place }) => JSON.stringify([kind, place]));
  if (new Set(keys).size < keys.length) return []; // two names of one array
  if (said.every(({ isPlain, place }) => isPlain && place.end === 0)) return counted(said, layers);
  const places = [...new Map(said.map(({ place }) => [JSON.stringify(place), place])).values()];
  const isComplete = places.length === (layers ?? weightsOf(said).length);
  if (!isComplete || !areOrdered(places)) return [];
  const order = places.sort(comparePlaces).map((place) => JSON.stringify(place));
  return said.map(({ from, kind, place }) => ({
    from,
    kind: kind!,
    layer: order.indexOf(JSON.stringify(place)) + 1,
  }));
}

const weightsOf = (said: readonly Said[]): Said[] => said.filter(({ kind }) => kind === 'W');

/** Names whose numbers are those of the layers, from 1 or from 0. */
function counted(said: readonly Said[], layers: number | undefined): LayerName[] {
  const numberOf = ({ place }: Said): number => place.numbers.at(-1)!;
  const before = said.filter(({ place }) => place.numbers.length > 1);
  if (before.length > 0) return [];
  const start = said.some((one) => numberOf(one) === 0) ? 0 : 1;
  const found = said.map((one) => ({ from: one.from, kind: one.kind!, layer: numberOf(one) - start + 1 }));
  if (layers === undefined) return found;
  const isBeyond = found.some(({ layer }) => layer > layers);
  // From 0 to L there is one too many, and which it is nobody knows.
  return start === 0 && isBeyond ? [] : found.filter(({ layer }) => layer <= layers);
}

/** Whether places follow one another: at most one is called the input, and one the output, unless all are. */
function areOrdered(places: readonly Place[]): boolean {
  const [first, , last] = [-1, 0, 1].map((end) => places.filter((place) => place.end === end).length);
  return first === places.length || last === places.length || (first! <= 1 && last! <= 1);
}

function comparePlaces(a: Place, b: Place): number {
  if (a.end !== b.end) return a.end - b.end;
  const depth = a.numbers.findIndex((number, i) => number !== b.numbers[i]);
  if (depth < 0) return a.numbers.length - b.numbers.length;
  return a.numbers[depth]! - (b.numbers[depth] ?? -1);
}

/** What the loss is called besides, where it is one number: a list of that name may be one of all steps. */
const OTHER_LOSS_NAME = /^(?:cost|j)$/iu;

/** What of these names stands for the loss: `loss`, or the first that is it in another case, or is a number of another name of it. */
export const lossNameIn = (names: readonly string[], isNumber: (name: string) => boolean): string =>
  names.find((name) => name === 'loss') ??
  names.find((name) => name.toLowerCase() === 'loss') ??
  names.find((name) => OTHER_LOSS_NAME.test(name) && isNumber(name)) ??
  'loss';

/** Why a name was read as that of the loss. */
export const whyLoss = (name: string): string =>
  OTHER_LOSS_NAME.test(name) ? 'another name of it' : 'whatever its case';
