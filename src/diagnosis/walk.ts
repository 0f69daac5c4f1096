import { backprop, type Context, type Rules, rules } from '../core/backprop.ts';
import type { Pass, Step } from '../core/forward.ts';
import {
  add,
  hadamard,
  largest,
  type Matrix,
  matrix,
  multiply,
  scale,
  subtract,
  transpose,
} from '../core/matrix.ts';
import type { Tensor } from '../core/network.ts';
import { sizeRules } from '../gradcheck/noise.ts';
import { throughUpdatedWeights } from '../mistakes/error-through-weights.ts';
import { constantsOf } from '../mistakes/slope.ts';
import { absolute } from '../mistakes/variants.ts';
import { alternativesAt } from './alternatives.ts';
import type { LayerEvidence } from './evidence.ts';
import { isSame, LayerMatcher, rowsOf } from './match.ts';
import { knownNumbers, shortest } from './numbers.ts';
import { type Choice, distinct, keyOf, rulesOf } from './path.ts';

/** A way through backprop that reproduces a reference. */
export interface Answer {
  readonly choices: readonly Choice[];
  /** its gradient */
  readonly gradient: readonly Tensor[];
}

/** How far a walk came: the layers whose tensors it explains, from the output down, and by what. */
export interface Furthest {
  /** the lowest layer that is explained; L + 1 where none is */
  readonly layer: number;
  readonly choices: readonly Choice[];
}

export interface Walked {
  readonly answers: readonly Answer[];
  readonly furthest: Furthest;
}

/** How many states are kept a layer. */
const BEAM = 80;
/** How many answers that cannot be told apart are looked for. */
const MOST_ALIKE = 8;
/** Answers of the same mistakes, made in so many more layers, are alike: their names decide. */
const ALIKE = 0.025;
const UNSEEN: LayerEvidence = { dW: undefined, db: undefined };
/** What a name must have beyond what the number of tries explains, in bits. */
const MARGIN = 10;

/**
 * Walks through backprop from the output down. At each layer the right rules are tried first, then each alternative of
 * the catalogue; what reproduces dWˡ and dbˡ is carried on to the layer below. Of all ways through, those with the
 * fewest different mistakes are the answer.
 *
 * @param most how many different mistakes there may be
 */
export function walk(pass: Pass, evidence: readonly LayerEvidence[], most: number): Walked {
  const known = knownNumbers(pass);
  const matchers = pass.steps.map((step, l) => new LayerMatcher(pass, step, evidence[l]!, known));
  const L = pass.steps.length;
  let furthest: Furthest = { layer: L + 1, choices: [] };
  for (let budget = 1; budget <= most; budget++) {
    const search = new Search(pass, matchers, budget);
    const answers = search.answers();
    const { layer, choices } = search.furthest;
    const shown = evidence.map((seen, l) => (l + 1 >= layer ? seen : UNSEEN));
    if (layer < furthest.layer && (choices.length === 0 || isTold(shown, choices, search.tried)))
      furthest = search.furthest;
    const told = answers.filter((choices) => isTold(evidence, choices, search.tried));
    const best = bestOf(told, (choices) => verify(pass, evidence, choices));
    if (best.length > 0) return { answers: best, furthest };
  }
  return { answers: [], furthest };
}

/** The error of a layer on the way down, where a reference has been explained so far. */
interface State {
  readonly l: number;
  readonly choices: readonly Choice[];
  /** δˡ at the rows of the layer's block */
  readonly delta: Matrix;
  /** δˡ, and what rules may need besides it */
  whole(): { readonly delta: Matrix; readonly context: Context };
}

class Search {
  tried = 0;
  furthest: Furthest;
  readonly #pass: Pass;
  readonly #matchers: readonly LayerMatcher[];
  readonly #budget: number;

  constructor(pass: Pass, matchers: readonly LayerMatcher[], budget: number) {
    this.#pass = pass;
    this.#matchers = matchers;
    this.#budget = budget;
    this.furthest = { layer: pass.steps.length + 1, choices: [] };
  }

  /** The choices of all ways through that explain every tensor. */
  answers(): (readonly Choice[])[] {
    const found: (readonly Choice[])[] = [];
    let states = this.#outputs();
    for (let l = this.#pass.steps.length; l >= 1; l--) {
      const matched = cheapest(states.flatMap((state) => this.#matched(state)));
      if (matched.length === 0) return [];
      if (this.#matchers[l - 1]!.isSeen) this.furthest = { layer: l, choices: matched[0]!.choices };
      if (l === 1) found.push(...matched.map(({ choices }) => choices));
      else states = matched.flatMap((state) => this.#down(state));
    }
    return found;
  }

  #outputs(): State[] {
    const L = this.#pass.steps.length;
    const step = this.#pass.steps[L - 1]!;
    const right = rules.outputError(this.#pass);
    const others = alternativesAt('output', step, this.#pass)
      .map((alternative) => ({ alternative, delta: alternative.apply(rules).outputError!(this.#pass) }))
      .filter(({ delta }) => !isSame(delta.data, right.data));
    return [
      this.#outputState([], right),
      ...others.map(({ alternative, delta }) =>
        this.#outputState([{ slot: 'output', layer: L, alternative }], delta),
      ),
    ];
  }

  #outputState(choices: readonly Choice[], delta: Matrix): State {
    const l = this.#pass.steps.length;
    return {
      l,
      choices,
      delta: rowsOf(delta, this.#matchers[l - 1]!.block.rows),
      whole: once(() => ({ delta, context: this.#context(l, choices, delta, delta, delta, undefined) })),
    };
  }

  /** The context of a layer; dW is only computed where a rule asks for it. */
  #context(
    l: number,
    choices: readonly Choice[],
    delta: Matrix,
    before: Matrix,
    output: Matrix,
    fromOutput: Matrix | undefined,
  ): Context {
    const pass = this.#pass;
    const step = pass.steps[l - 1]!;
    let dW: Matrix | undefined;
    return {
      before,
      output,
      fromOutput,
      get dW() {
        const own = rulesOf(choices, pass)(l);
        dW ??= add(own.weightGradient(delta, step, pass), own.regularization(step, pass));
        return dW;
      },
    };
  }

  /** The states that explain what is seen of this layer, with all that they chose in it. */
  #matched(state: State): State[] {
    const spare = this.#budget - distinct(state.choices);
    const matcher = this.#matchers[state.l - 1]!;
    this.tried++;
    // A mistake that was made above already is free here.
    const mayRepeat = state.choices.length > 0 ? 1 : 0;
    const found = matcher.match(state.delta, spare + mayRepeat, () => state.whole());
    return found.flatMap(({ choices, carried }) => {
      const all = [...state.choices, ...choices];
      if (distinct(all) > this.#budget) return [];
      if (carried === 1 && choices.length === 0) return [state];
      return [
        {
          l: state.l,
          choices: all,
          delta: carried === 1 ? state.delta : scale(carried, state.delta),
          whole: once(() => {
            const { delta, context } = state.whole();
            const scaled = carried === 1 ? delta : scale(carried, delta);
            // What depends on dW sees it as these choices make it.
            const output = state.l === this.#pass.steps.length ? scaled : context.output;
            return {
              delta: scaled,
              context: this.#context(state.l, all, scaled, context.before, output, context.fromOutput),
            };
          }),
        } satisfies State,
      ];
    });
  }

  /** The states of the layer below: each way down, and each slope. */
  #down(state: State): State[] {
    const { l } = state;
    const pass = this.#pass;
    const step = pass.steps[l - 1]!;
    const below = pass.steps[l - 2]!;
    const matcher = this.#matchers[l - 2]!;
    const { rows } = matcher.block;
    const mayChoose = distinct(state.choices) < this.#budget || state.choices.length > 0;
    const { delta, context } = state.whole();
    const ways: { choice: Choice | undefined; own: Rules }[] = [
      { choice: undefined, own: rules },
      ...(mayChoose ? alternativesAt('down', step, pass) : [])
        .filter(({ id }) => id !== 'updated-weights' && !(id === 'missing-weights' && matcher.showsNothing))
        .map((alternative) => ({
          choice: { slot: 'down', layer: l, alternative } as const,
          own: { ...rules, ...alternative.apply(restricted(rows)) },
        })),
    ];
    const right = restricted(rows).errorThroughWeights(delta, step, pass, context);
    const states: State[] = [];
    for (const { choice, own } of ways) {
      const da =
        choice === undefined ? right : rowsIfMore(own.errorThroughWeights(delta, step, pass, context), rows);
      if (choice !== undefined && isSame(da.data, right.data)) continue;
      states.push(...this.#slopes(state, choice, da, below, rows));
    }
    if (mayChoose) states.push(...this.#updated(state, right, below, rows));
    return states;
  }

  #slopes(state: State, way: Choice | undefined, da: Matrix, below: Step, rows: readonly number[]): State[] {
    const pass = this.#pass;
    const { l } = state;
    const own = way === undefined ? state.choices : [...state.choices, way];
    if (distinct(own) > this.#budget) return [];
    const here: Step = { ...below, z: rowsOf(below.z, rows), a: rowsOf(below.a, rows) };
    const slope = rules.slope(here, pass);
    const right = rules.errorThroughSlope(da, slope, here);
    const states = [this.#state(state, own, right)];
    for (const alternative of alternativesAt('slope', below, pass)) {
      if (alternative.id === 'slope-constant') continue; // fitted
      const choices: Choice[] = [...own, { slot: 'slope', layer: l - 1, alternative }];
      if (distinct(choices) > this.#budget) continue;
      const other: Rules = { ...rules, ...alternative.apply(rules) };
      const delta = other.errorThroughSlope(da, other.slope(here, pass), here);
      if (!isSame(delta.data, right.data)) states.push(this.#state(state, choices, delta));
    }
    return [...states, ...this.#constants(state, own, da, below, rows)];
  }

  /** The slope below 0 has another constant: fitted, as η of weights that were updated too early is. */
  #constants(
    state: State,
    own: readonly Choice[],
    da: Matrix,
    below: Step,
    rows: readonly number[],
  ): State[] {
    const pass = this.#pass;
    const l = below.layer.number;
    const alternative = alternativesAt('slope', below, pass).find(({ id }) => id === 'slope-constant');
    if (alternative === undefined) return [];
    const here: Step = { ...below, z: rowsOf(below.z, rows), a: rowsOf(below.a, rows) };
    const slope = rules.slope(here, pass);
    const right = hadamard(da, slope);
    return constantsOf(below).flatMap(({ alpha, wrong, by }) => {
      const less = this.#matchers[l - 1]!.rateOf(right, hadamard(da, by(here)));
      if (less === undefined) return [];
      const changed = (step: Step): Matrix => subtract(rules.slope(step, pass), scale(less, by(step)));
      const choice: Choice = {
        slot: 'slope',
        layer: l,
        alternative: { ...alternative, wrong, apply: () => ({ slope: changed }) },
        fitted: `α′ = ${shortest(alpha - less)}`,
      };
      const choices = [...own, choice];
      if (distinct(choices) > this.#budget) return [];
      return [this.#state(state, choices, hadamard(da, changed(here)))];
    });
  }

  /** The state below another: its whole error is only computed where it is asked for. */
  #state(above: State, choices: readonly Choice[], delta: Matrix): State {
    const pass = this.#pass;
    const l = above.l - 1;
    return {
      l,
      choices,
      delta,
      whole: once(() => {
        const { delta: from, context } = above.whole();
        const own = rulesOf(choices, pass);
        const [step, below] = [pass.steps[l]!, pass.steps[l - 1]!];
        const before = own(l + 1).errorThroughWeights(from, step, pass, context);
        const all = own(l).errorThroughSlope(before, own(l).slope(below, pass), below);
        const fromOutput = context.fromOutput ?? before;
        return { delta: all, context: this.#context(l, choices, all, before, context.output, fromOutput) };
      }),
    };
  }

  /** The weights were updated before the error went down: η by least squares, then the shortest decimal that is near. */
  #updated(state: State, da: Matrix, below: Step, rows: readonly number[]): State[] {
    const pass = this.#pass;
    const step = pass.steps[state.l - 1]!;
    const alternative = alternativesAt('down', step, pass).find(({ id }) => id === 'updated-weights');
    if (alternative === undefined) return [];
    const { delta, context } = state.whole();
    const { W } = step.layer;
    const dW = matrix(W.rows, W.cols, context.dW.data);
    const by = rowsOf(multiply(transpose(dW), delta), rows);
    const here: Step = { ...below, z: rowsOf(below.z, rows), a: rowsOf(below.a, rows) };
    const slope = rules.slope(here, pass);
    const rate = this.#matchers[state.l - 2]!.rateOf(
      rules.errorThroughSlope(da, slope, here),
      rules.errorThroughSlope(by, slope, here),
    );
    if (rate === undefined) return [];
    const choice: Choice = {
      slot: 'down',
      layer: state.l,
      alternative: { ...alternative, apply: (right) => throughUpdatedWeights(right, rate) },
      fitted: `η = ${shortest(rate)}`,
    };
    const choices = [...state.choices, choice];
    if (distinct(choices) > this.#budget) return [];
    const moved = add(da, scale(-rate, by));
    return [this.#state(state, choices, rules.errorThroughSlope(moved, slope, here))];
  }
}

/** The right rules, of which the way down computes only some rows. */
function restricted(rows: readonly number[]): Rules {
  return {
    ...rules,
    errorThroughWeights: (delta, { layer: { W } }) => multiply(rowsOf(transpose(W), rows), delta),
  };
}

/** The rows, of a matrix that has all of them. */
const rowsIfMore = (M: Matrix, rows: readonly number[]): Matrix =>
  M.rows === rows.length ? M : rowsOf(M, rows);

const cheapest = (states: readonly State[]): State[] =>
  [...states]
    .map((state) => ({ state, cost: rankOf(state.choices) }))
    .sort((a, b) => a.cost - b.cost)
    .slice(0, BEAM)
    .map(({ state }) => state);

/** The fewest different mistakes first; a number that was fitted is worth a quarter of one more, a place a hundredth. */
const rankOf = (choices: readonly Choice[]): number => {
  const fittedNumbers = new Set(choices.filter(isFitted).map(keyOf)).size;
  return distinct(choices) + 0.25 * fittedNumbers + 0.01 * choices.length;
};

const isFitted = (choice: Choice): boolean => choice.slot === 'factor' || choice.fitted !== undefined;

/** Those of the lowest rank that hold; the others are not asked for. */
function bestOf(
  answers: readonly (readonly Choice[])[],
  verified: (choices: readonly Choice[]) => Answer[],
): Answer[] {
  const sorted = [...answers].sort((a, b) => rankOf(a) - rankOf(b));
  const best: Answer[] = [];
  for (const choices of sorted) {
    const first = best[0];
    if (first !== undefined && (rankOf(choices) > rankOf(first.choices) + ALIKE || best.length >= MOST_ALIKE))
      break;
    best.push(...verified(choices));
  }
  return best;
}

/** What is computed when it is first asked for. */
function once<T>(compute: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
}

/** The answer with its gradient, if that is what the reference holds in all its entries. */
function verify(pass: Pass, evidence: readonly LayerEvidence[], choices: readonly Choice[]): Answer[] {
  const gradient = backprop(pass, rulesOf(choices, pass));
  const right = rulesOf(choices, pass, sizeRules);
  const sizes = backprop(pass, (l) => absolute(right(l)));
  const holds = evidence.every(({ dW, db }) =>
    [dW, db].every((one) => {
      if (one === undefined) return true;
      const at = gradient.findIndex(({ name }) => name === one.name);
      const [values, size] = [gradient[at]!.data, sizes[at]!.data];
      if (values.length !== one.given.data.length) return false;
      const N = pass.network.X.cols;
      // An unsummed db, H × N, which the reference may have as N × H.
      const isTurned = values.length !== one.right.data.length && one.given.shape[0] === N;
      const H = values.length / N;
      const place = (i: number): number => (isTurned ? (i % H) * N + Math.floor(i / H) : i);
      const most = one.name.startsWith('db') ? largest(size) : 0; // of sums that cancel
      return values.every((_, i) => one.matches(i, values[place(i)]!, Math.max(size[place(i)]!, most)));
    }),
  );
  return holds ? [{ choices, gradient }] : [];
}

/** Whether the wrong entries tell more than so many tries would hit by chance. */
function isTold(evidence: readonly LayerEvidence[], choices: readonly Choice[], tried: number): boolean {
  const fits = new Set(choices.filter(isFitted).map(keyOf)).size;
  const bits: number[] = [];
  for (const { dW, db } of evidence) {
    for (const one of [dW, db]) {
      if (one === undefined || !one.isWrong) continue;
      if (!one.fits) {
        bits.push(64); // another shape, reproduced
        continue;
      }
      const seen = new Set<string>(); // copies of one entry tell nothing more
      for (let i = 0; i < one.given.data.length && seen.size < 64; i++) {
        const key = `${Math.fround(one.given.data[i]!)} ${Math.fround(one.right.data[i]!)}`;
        if (seen.has(key)) continue;
        seen.add(key);
        bits.push(one.bits(i));
      }
    }
  }
  bits.sort((a, b) => b - a);
  return bits.slice(fits).reduce((sum, one) => sum + one, 0) >= Math.log2(Math.max(tried, 1)) + MARGIN;
}
