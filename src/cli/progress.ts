import type { Output } from './io.ts';

/** A run that takes no longer than this says nothing of how far it is. */
const SILENCE = 2000;
/** Between two lines, and between two times that a run lets others (an interrupt) have their turn. */
const PAUSE = 100;

/**
 * How far a long run has come, on one line of standard error, where that is a terminal; the line is gone when the run
 * is over.
 */
export class ProgressLine {
  readonly #stderr: Output;
  readonly #start = performance.now();
  #last = this.#start;
  #shown = false;

  constructor(stderr: Output) {
    this.#stderr = stderr;
  }

  /** To be called after each step; resolves at once but for a short pause now and then. */
  async after(done: number, total: number, text: string): Promise<void> {
    const now = performance.now();
    if (now - this.#last < PAUSE) return;
    this.#last = now;
    const elapsed = now - this.#start;
    if (this.#stderr.isTTY && elapsed > SILENCE) {
      const left = (elapsed / done) * (total - done);
      this.#write(`${text}, about ${duration(left)} left`);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Takes the line away. */
  end(): void {
    if (this.#shown) this.#stderr.write('\r\u001b[K');
    this.#shown = false;
  }

  #write(line: string): void {
    this.#shown = true;
    this.#stderr.write(`\r\u001b[K${line.slice(0, (this.#stderr.columns ?? 80) - 1)}`);
  }
}

/** `45 s`, `3 min` */
export function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
