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
  readonly #start = Date.now(); // `performance` would take a start two milliseconds to load
  #last = this.#start;
  #shown = false;

  constructor(stderr: Output) {
    this.#stderr = stderr;
  }

  /** To be called after each step; resolves at once but for a short pause now and then. */
  async after(done: number, total: number, text: string): Promise<void> {
    if (this.tell(done, total, text)) await new Promise((resolve) => setImmediate(resolve));
  }

  /** To be called after each step of what cannot pause; returns whether it is time for a pause. */
  tell(done: number, total: number, text: string): boolean {
    const now = Date.now();
    if (now - this.#last < PAUSE) return false;
    this.#last = now;
    const elapsed = now - this.#start;
    if (this.#stderr.isTTY && elapsed > SILENCE && done > 0) {
      const left = (elapsed / done) * (total - done);
      this.#write(`${text}, about ${duration(left)} left`);
    }
    return true;
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
