/** A cell of blessed's screen: attribute and character. The cell after a wide character holds NUL. */
export type Cell = [attribute: number, character: string];
export type Row = Cell[] & { dirty: boolean };

/** What we use of blessed's screen. Its published types lack the cells. */
export interface BlessedScreen {
  lines: Row[];
  olines: Row[];
  dattr: number;
  tput: { colors: number };
  program: {
    cols: number;
    rows: number;
    isAlt: boolean;
    flush(): void;
    bindMouse(): void;
    setMouse(options: { vt200Mouse: boolean; sgrMouse: boolean }, enable: boolean): void;
    on(event: 'mouse', listener: (data: { action: string; button: string; x: number; y: number }) => void): void;
    on(event: 'keypress', listener: (character: string | undefined, key: BlessedKey) => void): void;
  };
  on(event: 'resize', listener: () => void): void;
  append(element: unknown): void;
  remove(element: unknown): void;
  draw(from: number, to: number): void;
  alloc(): void;
  enter(): void;
  leave(): void;
  destroy(): void;
}

export interface BlessedKey {
  name?: string;
  ctrl?: boolean;
  meta?: boolean;
  shift?: boolean;
}
