import { be16, be32, join, text, u8 } from '../frames.ts';

/** A name on the wire: "www.example.com"; numbers in brackets are bytes: "a[27]b.example". */
export function wireName(name: string): Uint8Array {
  const labels = name.split('.').filter((label) => label !== '');
  const parts = labels.map((label) => {
    const bytes = join(
      ...label.split(/(\[\d+\])/).map((part) => (/^\[\d+\]$/.test(part) ? u8(Number(part.slice(1, -1))) : text(part))),
    );
    return join(u8(bytes.length), bytes);
  });
  return join(...parts, u8(0));
}

export const pointer = (to: number): Uint8Array => be16(0xc000 | to);

export interface RecordSpec {
  /** Text, or bytes as they shall stand. */
  name: string | Uint8Array;
  type: number;
  class?: number;
  ttl?: number;
  data: Uint8Array;
  /** RDLENGTH, where it shall be wrong. */
  length?: number;
}

export interface MessageSpec {
  id?: number;
  flags?: number;
  questions?: { name: string | Uint8Array; type: number; class?: number }[];
  answers?: RecordSpec[];
  authorities?: RecordSpec[];
  additionals?: RecordSpec[];
  /** Counts as the header says them, where they shall be wrong. */
  counts?: [number, number, number, number];
}

const name = (value: string | Uint8Array): Uint8Array => (typeof value === 'string' ? wireName(value) : value);

export function record(spec: RecordSpec): Uint8Array {
  return join(
    name(spec.name),
    be16(spec.type),
    be16(spec.class ?? 1),
    be32(spec.ttl ?? 300),
    be16(spec.length ?? spec.data.length),
    spec.data,
  );
}

/** A DNS message; the first question's name is at byte 12. */
export function message(spec: MessageSpec): Uint8Array {
  const { id = 1, flags = 0x0100, questions = [], answers = [], authorities = [], additionals = [] } = spec;
  const counts = spec.counts ?? [questions.length, answers.length, authorities.length, additionals.length];
  return join(
    be16(id),
    be16(flags),
    ...counts.map(be16),
    ...questions.map((q) => join(name(q.name), be16(q.type), be16(q.class ?? 1))),
    ...[...answers, ...authorities, ...additionals].map(record),
  );
}

export const query = (id: number, host: string, type = 1): Uint8Array => message({ id, questions: [{ name: host, type }] });

/** An answer with IPv4 addresses. */
export function answer(id: number, host: string, addresses: string[], more: MessageSpec = {}): Uint8Array {
  const answers = addresses.map((a) => ({ name: pointer(12), type: 1, data: Uint8Array.from(a.split('.').map(Number)) }));
  return message({ id, flags: 0x8180, questions: [{ name: host, type: 1 }], answers, ...more });
}

/** Small, seeded, and the same everywhere (mulberry32). */
export function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}
