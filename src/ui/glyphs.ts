/** Every drawing character of the screens, in one place: once for UTF-8 terminals, once for the others. One cell each. */
export interface Glyphs {
  /** Before the selected row, so that it is found without colour. */
  cursor: string;
  more: string;
  atLeast: string;
  across: string;
  down: string;
  tick: string;
  corners: [topLeft: string, topRight: string, bottomLeft: string, bottomRight: string];
  open: string;
  closed: string;
  leaf: string;
  child: string;
  between: string;
  to: string;
  range: string;
  earlier: string;
  later: string;
  warning: string;
  reference: string;
  bar: string;
}

export const UNICODE: Glyphs = {
  cursor: '>',
  more: '…',
  atLeast: '≥',
  across: '─',
  down: '│',
  tick: '┊',
  corners: ['┌', '┐', '└', '┘'],
  open: '▾',
  closed: '▸',
  leaf: ' ',
  child: '└',
  between: '·',
  to: '→',
  range: '–',
  earlier: '«',
  later: '»',
  warning: '!',
  reference: '↺',
  bar: '█',
};

export const ASCII: Glyphs = {
  cursor: '>',
  more: '~',
  atLeast: '>',
  across: '-',
  down: '|',
  tick: ':',
  corners: ['+', '+', '+', '+'],
  open: '-',
  closed: '+',
  leaf: ' ',
  child: '`',
  between: '-',
  to: '>',
  range: '-',
  earlier: '<',
  later: '>',
  warning: '!',
  reference: '<',
  bar: '#',
};
