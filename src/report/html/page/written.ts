/** A figure as the page's script gets it. */
export interface Cells {
  readonly name: string;
  readonly shape: readonly number[];
  /** cells of the map; a vector is one row */
  readonly rows: number;
  readonly cols: number;
  /** how many rows and columns of entries one cell stands for: it shows the worst of them */
  readonly block: readonly [number, number];
  /** the entry that each cell shows, where a cell stands for several */
  readonly at?: string;
  /** whether all digits are there, or eight of those that differ much */
  readonly exact: boolean;
  readonly ours: { readonly label: string; readonly data: string };
  readonly others: readonly {
    readonly label: string;
    readonly data: string;
    readonly verdicts: string;
    readonly bar?: string;
  }[];
}
