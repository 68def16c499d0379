import { safe } from './safe.ts';
import { cut, width } from './width.ts';

/** Text in lines of at most `cells` cells, broken at spaces where there are some. */
export function wrap(text: string, cells: number, most = 100): string[] {
  const lines: string[] = [];
  let rest = safe(text).trim();
  while (rest !== '' && lines.length < most) {
    if (width(rest) <= cells) {
      lines.push(rest);
      break;
    }
    let head = cut(rest, cells);
    if (head === '') break;
    const space = head.lastIndexOf(' ');
    if (rest[head.length] !== ' ' && space > head.length / 2) head = head.slice(0, space);
    lines.push(head.trimEnd());
    rest = rest.slice(head.length).trimStart();
  }
  return lines;
}
