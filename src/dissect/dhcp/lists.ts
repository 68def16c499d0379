import { type Fields, wrong } from '../fields.ts';
import { namesIn } from './names.ts';

/** Values that a list's text shows before it is cut. */
const SHOWN = 32;

/** Values of `size` bytes one behind the other; a rest that is none is left alone. */
export function each(length: number, size: number, add: (offset: number) => unknown): string {
  const list: unknown[] = [];
  for (let i = 0; i + size <= length; i += size) list.push(add(i));
  return list.length > SHOWN ? `${list.slice(0, SHOWN).join(', ')}, … (${list.length})` : list.join(', ');
}

/** A field for each domain name from `from` to `end` of the bytes. */
export function nameFields(f: Fields, name: string, label: string, from: number, end: number): string {
  const list = namesIn(f.bytes, from, end);
  for (const one of list) {
    const field = f.add(name, label, one.at - f.at, one.end - one.at, one.name);
    if (one.problem !== undefined) wrong(field, one.problem);
  }
  return list.map((one) => one.name).join(', ');
}
