const SPACE = /[ \t\r\n]*/y;
const SCALAR =
  /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const DEEPEST = 50;

/** Where a text stops being JSON (RFC 8259), as an offset: what `JSON.parse` says of it differs from engine to engine. */
export function jsonErrorAt(text: string): number {
  let at = 0;
  const skip = (what: RegExp): boolean => {
    what.lastIndex = at;
    const found = what.exec(text);
    if (found !== null) at += found[0].length;
    return found !== null && found[0] !== '';
  };
  const sign = (c: string): boolean => {
    skip(SPACE);
    if (text[at] !== c) return false;
    at++;
    skip(SPACE);
    return true;
  };
  /** False: here is the mistake. */
  const value = (depth: number): boolean => {
    if (depth > DEEPEST) return false;
    const close = sign('{') ? '}' : sign('[') ? ']' : undefined;
    if (close === undefined) return skip(SCALAR);
    if (sign(close)) return true;
    do {
      if (close === '}' && (text[at] !== '"' || !skip(SCALAR) || !sign(':'))) return false;
      if (!value(depth + 1)) return false;
    } while (sign(','));
    return sign(close);
  };
  skip(SPACE);
  if (value(0)) skip(SPACE);
  return at;
}
